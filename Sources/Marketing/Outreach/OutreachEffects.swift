/// What follows from a message that was sent, or from what is reported of one: stored in one transaction with it.
package struct OutreachEffects: Sendable {
  /// The contact that caps and fatigue count.
  package var touch: ContactTouch?
  /// What the person is reached by.
  package var addresses: [ContactAddress] = []
  /// Who is not contacted any more.
  package var suppressions: [SuppressionEntry] = []
  /// What is recorded with the lead.
  package var interaction: Interaction?
  /// What is remembered of it.
  package var memory: AnalyzedMemory?
  /// What ends an engagement.
  package var exit: EngagementStrategy.Exit?
  /// The engagement that it ends; `nil` for the lead's open one, whatever that is.
  package var engagementID: EngagementID?
  /// The event that the engagement was ended, of the engagement as it is then.
  package var ended: (@Sendable (Engagement) -> Event)?
  /// The step that it is on the lead's way.
  package var move: JourneyMove?
  /// What the sums of what came of messages count it as.
  package var counts: [PerformanceCount] = []
  /// What is logged.
  package var events: [Event] = []
  /// What a person has to decide when this attempt was the message's last one; nothing else follows then. One that is
  /// open about the same already will do.
  package var escalation: Opening?

  /// An escalation with the event that it was opened.
  package struct Opening: Sendable, Hashable {
    /// The escalation.
    package var escalation: Escalation
    /// The event.
    package var event: Event

    /// An escalation that may be opened.
    package init(_ escalation: Escalation, event: Event) {
      self.escalation = escalation
      self.event = event
    }
  }

  /// Nothing.
  package init() {}
}

/// What sums of messages are kept by.
package enum PerformanceDimension: String, Sendable, Hashable, Codable, CaseIterable {
  case campaign, variant, channel, strategy
  /// The hour of the week, 0–167, by the recipient's clock when it was sent.
  case hour
}

/// One thing that a sum counts.
package struct PerformanceCount: Sendable, Hashable {
  /// By what.
  package var dimension: PerformanceDimension
  /// Of which value: a campaign's name, a channel.
  package var value: String
  /// What happened.
  package var kind: Kind
  /// When.
  package var at: Timestamp

  /// What is counted.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case sent, delivered, opened, clicked, replied, meeting, bounced, complained, unsubscribed
  }

  /// A count.
  package init(
    _ dimension: PerformanceDimension, _ value: String, _ kind: Kind, at time: Timestamp
  ) {
    self.dimension = dimension
    self.value = value
    self.kind = kind
    at = time
  }

  /// The beginning of its hour.
  package var hour: Timestamp {
    let hour: Int64 = 3_600_000
    let within = (at.milliseconds % hour + hour) % hour
    return Timestamp(milliseconds: at.milliseconds - within)
  }

  /// What a message counts for: its campaign, variant, channel, strategy and hour, as far as it has them.
  /// - Parameter hour: of the week, by the recipient's clock when it was sent.
  package static func counts(
    of message: OutboundMessage, strategy: String?, hour: Int?, _ kind: Kind, at time: Timestamp
  ) -> [PerformanceCount] {
    let values: [(PerformanceDimension, String?)] = [
      (.campaign, message.campaignID?.rawValue), (.variant, message.variantID),
      (.channel, message.channel.rawValue), (.strategy, strategy), (.hour, hour.map { "\($0)" }),
    ]
    return values.compactMap { dimension, value in
      value.map { PerformanceCount(dimension, $0, kind, at: time) }
    }
  }
}

/// What was sent for one value of a dimension, and what came of it.
package struct PerformanceRecord: Sendable, Hashable {
  /// The value: a campaign's name, a channel.
  package var value: String
  /// How often each thing happened.
  package var counts: [PerformanceCount.Kind: Int]

  /// A record.
  package init(value: String, counts: [PerformanceCount.Kind: Int]) {
    self.value = value
    self.counts = counts
  }

  /// How often something happened.
  package subscript(kind: PerformanceCount.Kind) -> Int { counts[kind] ?? 0 }

  /// How many messages out of those that were sent something happened to, with its interval.
  package func rate(of kind: PerformanceCount.Kind) -> RateInterval? {
    RateInterval.wilson(
      successes: min(self[kind], self[.sent]), trials: self[.sent], z: RateInterval.z95)
  }
}
