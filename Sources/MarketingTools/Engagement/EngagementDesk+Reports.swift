import JSONRPC
package import Marketing

extension EngagementDesk {
  /// What became of reports.
  package struct Reported: Sendable, Hashable {
    /// How many are new.
    package var accepted = 0
    /// How many were stored before.
    package var known = 0
    /// The messages that are not there, or not any more; each once.
    package var unknown: [MessageID] = []
    /// The reports that are not believed.
    package var ignored: [Ignored] = []
  }

  /// A report of a message that nobody can have.
  package struct Ignored: Sendable, Hashable {
    /// The report's name.
    package let id: String
    /// The message.
    package let messageID: MessageID
    /// Where it stands.
    package let state: OutboxEntry.State
  }

  /// Takes in what is reported of messages. The same report again changes nothing; one of a message that is not
  /// there, or has not left, keeps no others from being taken in.
  package func report(
    _ reports: [DeliveryReport], by actor: String, in workspace: WorkspaceID
  ) async throws(StoreError) -> Reported {
    var reported = Reported()
    for var report in reports {
      guard let entry = try outbox.entry(report.messageID, in: workspace),
        let lead = try leads.lead(entry.message.leadID, in: workspace)
      else {
        if !reported.unknown.contains(report.messageID) {
          reported.unknown.append(report.messageID)
        }
        continue
      }
      let time = now()
      // Other clocks are wrong now and then: nothing happened before the message was, nor later than now.
      report.at = max(entry.message.createdAt, min(report.at, time))
      let effects = try await effects(of: report, entry, lead, by: actor, in: workspace)
      switch try await store.record(report, effects: effects, at: time, in: workspace) {
      case .new: reported.accepted += 1
      case .known: reported.known += 1
      case .notSent(let state):
        reported.ignored.append(
          Ignored(id: report.id, messageID: report.messageID, state: state))
      }
    }
    return reported
  }

  /// Has a person not contacted any more who said so, and ends what was planned for it.
  /// - Parameter reason: why: it unsubscribed or complained.
  package func optOut(
    _ lead: Lead, because reason: Suppression.Reason, by actor: String, in workspace: WorkspaceID
  ) async throws(StoreError) {
    let time = now()
    let suppression = Suppression(channel: nil, reason: reason, actor: actor, since: time)
    let event = Event(
      id: WorkDesk.newName("evt_", at: time), kind: .contactSuppressed, leadID: lead.id,
      occurredAt: time, actor: actor,
      facts: ["channel": "all", "reason": .string(reason.rawValue)])
    _ = try await consents.suppress(
      addresses(of: lead).map { SuppressionEntry(.address($0), suppression) },
      event: { added in
        var event = event
        event.facts["addresses"] = JSONValue(added)
        return event
      }, in: workspace)
    try await exit(
      reason == .complaint ? .complaint : .unsubscribe,
      ofAllWith: LeadIdentity(of: lead, keepsPlusTags: keepsPlusTags), by: actor, in: workspace)
  }

  /// What follows from a report.
  private func effects(
    of report: DeliveryReport, _ entry: OutboxEntry, _ lead: Lead, by actor: String,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> OutreachEffects {
    let message = entry.message
    var effects = OutreachEffects()
    effects.addresses = addresses(of: message, lead)
    if let touch = report.kind.touch {
      effects.touch = ContactTouch(
        leadID: lead.id, kind: touch, channel: message.channel, campaignID: message.campaignID,
        at: report.at)
    }
    effects.suppressions = suppressions(by: report, message, lead)
    if let (kind, outcome) = report.kind.interaction(on: message.channel) {
      let interaction = interaction(
        message, kind, name: "\(message.id.rawValue)_\(report.kind.rawValue)",
        metadata: ["messageID": .string(message.id.rawValue)], outcome: outcome, at: report.at)
      effects.interaction = interaction
      effects.memory =
        await memory.analyzed([InteractionMemory.record(of: interaction, recordedAt: now())]).first
      effects.events.append(recorded(interaction, at: report.at))
    }
    if let exit = report.exit, try ends(message, on: exit, in: workspace) {
      effects.exit = exit
      // What is said of one message ends what that was a step of; what a person wants holds for all.
      if exit == .bounce || exit == .reply { effects.engagementID = message.engagementID }
      effects.ended = event(.engagementCompleted, by: actor, at: report.at)
    }
    effects.counts = PerformanceCount.counts(
      of: message, strategy: strategy(of: message, in: workspace),
      hour: entry.settledAt.flatMap { hour(at: $0, of: lead) }, report.kind.counted, at: report.at)
    effects.events.append(
      Event(
        id: WorkDesk.newName("evt_", at: report.at), kind: .deliveryReported, leadID: lead.id,
        campaignID: message.campaignID, occurredAt: report.at, actor: actor,
        facts: [
          "messageID": .string(message.id.rawValue), "kind": .string(report.kind.rawValue),
          "channel": .string(message.channel.rawValue),
        ]))
    return effects
  }

  private func suppressions(
    by report: DeliveryReport, _ message: OutboundMessage, _ lead: Lead
  ) -> [SuppressionEntry] {
    switch report.kind {
    case .bounced where report.isPermanent:
      suppressions(
        of: message, lead, because: .bounced, on: message.channel.governing, at: report.at)
    case .complained: suppressions(of: message, lead, because: .complaint, on: nil, at: report.at)
    case .unsubscribed:
      suppressions(
        of: message, lead, because: .unsubscribed, on: message.channel.governing, at: report.at)
    case .bounced, .delivered, .opened, .clicked, .replied, .meeting: []
    }
  }

  /// Ends a lead's open engagement because of what happened, where its strategy has that end it.
  /// - Parameter moment: when it happened; what was planned later is not ended. `nil` for now.
  package func exit(
    _ exit: EngagementStrategy.Exit, of lead: LeadID, at moment: Timestamp? = nil,
    by actor: String, in workspace: WorkspaceID
  ) async throws(StoreError) {
    guard let engagement = try store.latestEngagement(of: lead, in: workspace),
      !engagement.state.isOver, ends(engagement, on: exit),
      engagement.state != .planned || exit != .reply,
      moment.map({ engagement.createdAt <= $0 }) ?? true
    else { return }
    let time = now()
    _ = try await store.end(
      engagement.id, .exited(exit), at: time,
      event: event(.engagementCompleted, by: actor, at: time), in: workspace)
  }

  /// Ends the open engagements of a person, by whichever of its addresses its leads are known.
  package func exit(
    _ exit: EngagementStrategy.Exit, ofAllWith identity: LeadIdentity, by actor: String,
    in workspace: WorkspaceID
  ) async throws(StoreError) {
    let known = try leads.history(
      of: nil, identity: LeadIdentity(email: identity.email, phone: identity.phone),
      in: workspace
    ).duplicates
    for lead in known { try await self.exit(exit, of: lead.leadID, by: actor, in: workspace) }
  }

  /// Pauses or cancels an engagement.
  package func end(
    _ id: EngagementID, _ ending: EngagementEnding, by actor: String, in workspace: WorkspaceID
  ) async throws(StoreError) -> Engagement {
    let time = now()
    let kind: Event.Kind =
      switch ending {
      case .paused: .engagementPaused
      case .cancelled: .engagementCancelled
      case .exited: .engagementCompleted
      }
    return try await store.end(
      id, ending, at: time, event: event(kind, by: actor, at: time), in: workspace)
  }

  /// Completes engagements of which nothing is waiting to be sent any more.
  /// - Returns: how many there were.
  package func completeFinished(limit: Int) async throws(StoreError) -> Int {
    let time = now()
    return try await store.completeFinished(at: time, limit: limit) { engagement in
      event(.engagementCompleted, by: "upkeep", at: time)(engagement)
    }
  }
}

extension DeliveryReport {
  /// What it ends.
  fileprivate var exit: EngagementStrategy.Exit? {
    switch kind {
    case .replied: .reply
    case .meeting: .meeting
    case .bounced: isPermanent ? .bounce : nil
    case .complained: .complaint
    case .unsubscribed: .unsubscribe
    case .delivered, .opened, .clicked: nil
    }
  }
}

extension DeliveryReport.Kind {
  /// What caps and fatigue count it as.
  fileprivate var touch: ContactTouch.Kind? {
    switch self {
    case .clicked, .replied, .meeting: .response
    case .complained: .complaint
    case .delivered, .opened, .bounced, .unsubscribed: nil
    }
  }

  /// What is recorded with the lead.
  fileprivate func interaction(
    on channel: OutreachChannel
  ) -> (InteractionKind, InteractionOutcome)? {
    switch self {
    case .opened: (.emailOpen, .none)
    case .clicked: (.emailClick, .none)
    case .replied:
      switch channel.interaction {
      case .call: (.callAnswered, .none)
      case .sms: (.smsReply, .none)
      default: (.reply, .none)
      }
    case .meeting: (.meeting, .positive)
    case .bounced: (.bounce, .none)
    case .complained: (.complaint, .negative)
    case .unsubscribed: (.reply, .unsubscribe)
    case .delivered: nil
    }
  }

  fileprivate var counted: PerformanceCount.Kind {
    switch self {
    case .delivered: .delivered
    case .opened: .opened
    case .clicked: .clicked
    case .replied: .replied
    case .meeting: .meeting
    case .bounced: .bounced
    case .complained: .complained
    case .unsubscribed: .unsubscribed
    }
  }
}
