/// When it became clear whether a lead converted.
package struct LeadDecision: Sendable, Hashable {
  /// Whether it did.
  package var isConverted: Bool
  /// When that was.
  package var time: Timestamp
  /// Whether that time is known.
  package var isDated: Bool

  /// What one outcome decides.
  /// - Parameter isDated: whether somebody said when it happened.
  package init(_ outcome: Outcome, isDated: Bool) {
    self.init(
      isConverted: outcome.disposition == .converted, time: outcome.occurredAt, isDated: isDated)
  }

  fileprivate init(isConverted: Bool, time: Timestamp, isDated: Bool) {
    self.isConverted = isConverted
    self.time = time
    self.isDated = isDated
  }

  /// What decides of two: a conversion rather than a loss, then the earlier one. Of two at the same time
  /// the one whose time is known.
  package func orStronger(_ other: LeadDecision?) -> LeadDecision {
    guard let other else { return self }
    if isConverted != other.isConverted { return isConverted ? self : other }
    if time != other.time { return time < other.time ? self : other }
    return isDated ? self : other
  }
}

extension LabelledLeadQuery {
  /// What is decided of a lead without an outcome: lost once its time is over.
  /// - Parameter createdAt: when it came in.
  /// - Returns: `nil` while it may still convert.
  package func loss(ofLeadFrom createdAt: Timestamp) -> LeadDecision? {
    guard let lostAfter else { return nil }
    let end = createdAt + lostAfter
    return end < now ? LeadDecision(isConverted: false, time: end, isDated: true) : nil
  }
}

extension LabelledLead {
  /// A lead as it was decided, of whose interactions nothing is counted yet.
  package init(_ lead: Lead, _ decision: LeadDecision) {
    self.init(
      lead: lead, isConverted: decision.isConverted, decidedAt: decision.time,
      isDated: decision.isDated)
    note(activityAt: lead.lastActiveAt)
  }

  /// Counts an interaction, provided that it came before the decision: what comes with it or later is
  /// part of what shall be predicted.
  package mutating func add(
    _ kind: InteractionKind, _ outcome: InteractionOutcome, at time: Timestamp
  ) {
    guard time < decidedAt else { return }
    past.append(PastInteraction(kind: kind, outcome: outcome, occurredAt: time))
    if kind.isFromLead { note(activityAt: time) }
  }

  private mutating func note(activityAt time: Timestamp?) {
    guard let time, time < decidedAt else { return }
    lastActivity = max(lastActivity ?? time, time)
  }

  /// The order in which leads came in, ties by name.
  package static func cameInBefore(_ left: LabelledLead, _ right: LabelledLead) -> Bool {
    (left.lead.createdAt, left.lead.id) < (right.lead.createdAt, right.lead.id)
  }
}
