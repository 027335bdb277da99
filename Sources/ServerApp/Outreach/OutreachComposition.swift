package import Logging
package import Marketing
package import Outreach

/// Puts together what sends messages, for a plan.
package struct OutreachComposition: Sendable {
  /// The name under which it is logged that a mail waits for its link.
  private static let linkGate = "unsubscribe_link"
  /// So long it waits: the gateway says within moments where it listens.
  private static let linkPause = Duration.seconds(2)

  private let plan: OutreachPlan
  private let links: UnsubscribeLinks
  private let mark: OutreachMark
  private let logger: Logger
  private let now: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - links: end marketing mails.
  ///   - mark: tells whether another process sends for real.
  package init(
    _ plan: OutreachPlan, links: UnsubscribeLinks, mark: OutreachMark, logger: Logger,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.plan = plan
    self.links = links
    self.mark = mark
    self.logger = logger
    self.now = now
  }

  /// The ways on which messages leave. Those that are not set up lead to a dry run.
  package func channels() -> ChannelSet {
    var channels = ChannelSet(fallback: DryRunChannel(logger: logger))
    if let mail = plan.mail {
      var settings = mail.settings
      settings.unsubscribeURL = { [links] in links.link(for: $0) }
      let mails = SMTPChannel(mail.server, mail: settings, now: now)
      channels.set(mails, for: .email, limits: mail.limits)
      channels.set(
        CalendarChannel(over: mails, settings: settings), for: .calendar, limits: mail.limits)
    }
    if let webhook = plan.webhook {
      let posts = WebhookChannel(webhook.settings, now: now)
      for kind in webhook.channels { channels.set(posts, for: kind, limits: webhook.limits) }
    }
    return channels
  }

  /// A gate that also keeps marketing mails until they can say how to end them.
  package func gate(behind gate: @escaping SendGate) -> SendGate {
    guard plan.mail != nil else { return gate }
    return { [links] attempt, now in
      if UnsubscribeLinks.isNeeded(for: attempt.message), links.link(for: attempt) == nil {
        return .postpone(until: now + Self.linkPause, gate: Self.linkGate)
      }
      return await gate(attempt, now)
    }
  }

  /// What empties the outbox.
  /// - Parameters:
  ///   - gate: asked for each message before it is sent.
  ///   - effects: asked what follows from each message that was delivered or refused.
  package func worker(
    _ store: any OutboxStore, log: any EventLog, gate: @escaping SendGate,
    effects: @escaping DeliveryEffects = { _, _, _ in nil }
  ) -> OutboxWorker {
    let hold = plan.isReal ? mark.hold(plan.realChannels) : nil
    if plan.isReal, hold == nil {
      logger.warning(
        "other processes on the database may take messages for sent",
        metadata: ["missing": "\(mark.path)"])
    }
    logger.info("how messages leave", metadata: ["ways": "\(plan.summary)"])
    let waiting = Set(OutreachChannel.allCases).subtracting(plan.claimedChannels(besides: mark))
    if !waiting.isEmpty {
      logger.warning(
        "messages wait for a process that has ways set up",
        metadata: [
          "channels": "\(waiting.map(\.rawValue).sorted().joined(separator: ", "))",
          "mark": "\(mark.path)",
        ])
    }
    return OutboxWorker(
      store, log: log, channels: channels(), settings: OutboxWorkerSettings(lease: plan.lease),
      gate: self.gate(behind: gate), effects: effects,
      mayClaim: { [plan, mark] in
        // With the worker goes the hold.
        withExtendedLifetime(hold) { plan.claimedChannels(besides: mark) }
      },
      logger: logger, now: now)
  }
}
