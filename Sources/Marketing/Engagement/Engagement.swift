import JSONRPC

/// What is done to win one lead: a plan of steps, and how far it has come.
package struct Engagement: Sendable, Hashable {
  /// Where it stands.
  package enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// The steps are planned; nothing is sent.
    case planned
    /// Its messages are in the outbox.
    case running
    /// What was not sent was taken back; executing it again plans the rest anew.
    case paused
    /// Its steps are done, or what ends it happened.
    case completed
    /// Somebody ended it.
    case cancelled

    /// Whether nothing more comes of it.
    package var isOver: Bool { self == .completed || self == .cancelled }
  }

  /// The engagement's name.
  package var id: EngagementID
  /// Whom it is to win.
  package var leadID: LeadID
  /// The handoff that it follows; no second engagement follows the same.
  package var handoffID: HandoffID?
  /// The campaign it counts for.
  package var campaignID: CampaignID?
  /// The category that the strategy was chosen by.
  package var category: LeadCategory
  /// The version of its strategy.
  package var strategy: String
  /// Where it stands.
  package var state = State.planned
  /// What ended it early; `nil` when nothing did.
  package var exit: EngagementStrategy.Exit?
  /// Why it was paused or cancelled, or what is missing of one that is completed.
  package var endReason: String?
  /// Rises with every change: who has read an older one must read again.
  package var number = 1
  /// The plan.
  package var steps: [EngagementStep]
  /// When it was planned first.
  package var createdAt: Timestamp
  /// When it was executed first.
  package var startedAt: Timestamp?
  /// When it came to its end.
  package var endedAt: Timestamp?
  /// When it changed last.
  package var updatedAt: Timestamp

  /// A new plan.
  package init(
    id: EngagementID, leadID: LeadID, category: LeadCategory, strategy: String,
    steps: [EngagementStep], at now: Timestamp
  ) {
    self.id = id
    self.leadID = leadID
    self.category = category
    self.strategy = strategy
    self.steps = steps
    createdAt = now
    updatedAt = now
  }
}

/// A step of an engagement as it was planned.
package struct EngagementStep: Sendable, Hashable, Codable {
  /// That a gate keeps the step back.
  package struct Refusal: Sendable, Hashable, Codable {
    /// The first gate that does.
    package var gate: OutreachGate
    /// Why, without personal data.
    package var reason: String

    /// A refusal.
    package init(gate: OutreachGate, reason: String) {
      self.gate = gate
      self.reason = reason
    }
  }

  /// Its place in the strategy, from 0 on.
  package var index: Int
  /// The step's name within its strategy.
  package var name: String
  /// What it is for, in one sentence.
  package var about: String
  /// What the message is for.
  package var purpose: OutreachPurpose
  /// The template's name.
  package var template: String
  /// The variant of the experiment that it counts for.
  package var variantID: String?
  /// The experiment; `nil` where it is not one of those that are kept here.
  package var experimentID: ExperimentID?
  /// The channel; `nil` when the lead can be reached on none of the step's.
  package var channel: OutreachChannel?
  /// When it goes out; `nil` when it does not.
  package var at: Timestamp?
  /// What keeps it back for good.
  package var refusal: Refusal?
  /// The gates that put it off, in their order.
  package var deferredBy: [OutreachGate]
  /// Why this channel and this time.
  package var reasons: [String]
  /// Its message; `nil` until it is in the outbox.
  package var messageID: MessageID?

  /// A step as the planner planned it.
  package init(_ planned: PlannedStep, index: Int) {
    self.index = index
    name = planned.step.id
    about = planned.step.about
    purpose = planned.step.purpose
    template = planned.step.template
    channel = planned.channel
    at = planned.at
    refusal = planned.refusal.map { Refusal(gate: $0.gate, reason: $0.reason) }
    var gates: [OutreachGate] = []
    for deferral in planned.deferrals where gates.last != deferral.gate {
      gates.append(deferral.gate)
    }
    deferredBy = gates
    reasons = planned.reasons
  }
}

// The rules that both backends keep.
extension Engagement {
  /// Looks at whether this plan may follow a handoff: who plans has accepted the lead by it.
  /// - Parameter handoff: the one that it names, as it is stored.
  /// - Throws: `.notFound` when there is none; `.conflict` when it is of another lead, or nobody has accepted it.
  package func checkFollows(_ handoff: Handoff?) throws(StoreError) {
    guard let handoffID else { return }
    guard let handoff else {
      throw StoreError(
        .notFound, "handoffID: there is no handoff '\(handoffID)': find it with list_handoffs")
    }
    guard handoff.leadID == leadID else {
      throw StoreError(
        .conflict,
        "handoffID: handoff '\(handoffID)' is of another lead than '\(leadID)': find its own with "
          + "list_handoffs")
    }
    guard handoff.state == .accepted else {
      throw StoreError(
        .conflict,
        "handoffID: handoff '\(handoffID)' is \(handoff.state.rawValue), expected one that is accepted: "
          + "accept it with accept_handoff once it is offered")
    }
  }

  /// Whether a new plan takes this one's place; else this one is what the new plan would be, or stands in its way.
  /// - Returns: whether it is replaced; when not, it is the answer.
  /// - Throws: `.conflict` when it is at work for something else.
  package func isReplaced(by plan: Engagement) throws(StoreError) -> Bool {
    // Planned a second time for the same handoff, by an agent that did not see the first answer.
    let isSame = handoffID != nil && handoffID == plan.handoffID
    switch state {
    case .planned: return true
    case .running, .paused:
      guard isSame else {
        throw StoreError(
          .conflict,
          "Lead '\(leadID)' has the engagement '\(id)', which is \(state.rawValue): pause_engagement and "
            + "execute_engagement with resume plan the rest of it anew, cancel_engagement ends it")
      }
      return false
    case .completed, .cancelled: return false
    }
  }

  /// This plan under the name of one that it takes the place of.
  package func replacing(_ other: Engagement) -> Engagement {
    var plan = self
    plan.id = other.id
    plan.createdAt = other.createdAt
    plan.number = other.number + 1
    return plan
  }

  /// Has its messages sent.
  /// - Parameter steps: with the messages' names.
  package mutating func start(_ steps: [EngagementStep], at now: Timestamp) {
    self.steps = steps
    state = .running
    startedAt = startedAt ?? now
    endReason = nil
    touch(now)
  }

  /// Takes back what was not sent.
  /// - Returns: whether it changed.
  /// - Throws: `.conflict` when it is not running.
  package mutating func pause(
    because reason: String?, at now: Timestamp
  ) throws(StoreError) -> Bool {
    switch state {
    case .paused: return false
    case .running: break
    case .planned, .completed, .cancelled:
      throw StoreError(
        .conflict, "Engagement '\(id)' is \(state.rawValue); only a running one can be paused")
    }
    state = .paused
    endReason = reason
    touch(now)
    return true
  }

  /// Ends it for good.
  /// - Returns: whether it changed.
  /// - Throws: `.conflict` when it has come to its end by itself.
  package mutating func cancel(
    because reason: String?, at now: Timestamp
  ) throws(StoreError) -> Bool {
    switch state {
    case .cancelled: return false
    case .planned, .running, .paused: break
    case .completed:
      throw StoreError(.conflict, "Engagement '\(id)' is completed already")
    }
    state = .cancelled
    endReason = reason
    endedAt = now
    touch(now)
    return true
  }

  /// Ends it because of what happened, or because its steps are done.
  /// - Parameter dead: a message of it that was given up.
  /// - Returns: whether it changed.
  package mutating func complete(
    by exit: EngagementStrategy.Exit? = nil, dead: MessageID? = nil, at now: Timestamp
  ) -> Bool {
    guard !state.isOver, exit != nil || state == .running else { return false }
    state = .completed
    self.exit = exit
    if let dead { endReason = "message \(dead.rawValue) was given up" }
    endedAt = now
    touch(now)
    return true
  }

  private mutating func touch(_ now: Timestamp) {
    number += 1
    updatedAt = now
  }
}
