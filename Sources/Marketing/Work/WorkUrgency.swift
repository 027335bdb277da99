/// How soon work is due: speed to lead decides (Oldroyd 2007: calling within 5 minutes against 30 gives 21 times
/// the odds of qualifying).
package struct WorkUrgency: Sendable, Hashable {
  /// From a lead's receipt to its triage.
  package var triage = Duration.seconds(60)
  /// From the receipt of a lead that marketing's campaigns want to the first contact.
  package var campaignQualified = Duration.seconds(5 * 60)
  /// From the receipt of a question to its answer.
  package var generalInquiry = Duration.seconds(60 * 60)
  /// From the receipt of a cold lead to the first contact.
  package var coldLead = Duration.days(1)

  /// The usual times.
  package init() {}

  /// When work is due.
  /// - Parameters:
  ///   - category: what triage made of the lead; `nil` where there is none.
  ///   - receivedAt: when the lead came in or wrote last.
  package func dueAt(
    _ kind: WorkKind, category: LeadCategory?, receivedAt: Timestamp
  ) -> Timestamp {
    if kind == .triageLead { return receivedAt + triage }
    switch category {
    case .campaignQualified: return receivedAt + campaignQualified
    case .coldLead: return receivedAt + coldLead
    // Of work without a lead nobody knows how urgent it is.
    case .generalInquiry, nil: return receivedAt + generalInquiry
    }
  }
}
