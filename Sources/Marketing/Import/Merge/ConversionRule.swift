/// What to do with an imported outcome beside those that are stored. As when one is recorded, a lead is
/// either won or lost: of two that contradict each other the later stands.
package enum ConversionRule: Sendable, Hashable {
  /// Nothing contradicts it.
  case store
  /// It is later than all that contradict it, which it replaces; the lead's status follows.
  case replace
  /// A contradicting one is as late or later, or this one has no time to compare.
  case refuse(reason: String)

  /// Decides.
  /// - Parameter contradictedAt: the latest time of a stored outcome of another disposition.
  package init(_ outcome: Outcome, isDated: Bool, contradictedAt: Timestamp?) {
    guard let contradictedAt else {
      self = .store
      return
    }
    if isDated, outcome.occurredAt > contradictedAt {
      self = .replace
      return
    }
    let found = outcome.disposition == .converted ? "a conversion" : "a loss"
    let recorded = outcome.disposition == .converted ? "lost" : "won"
    let place = isDated ? "at or after that time" : "and the row does not say when it converted"
    self = .refuse(
      reason: "\(found) of a lead that is recorded as \(recorded) \(place); "
        + "record the outcome anew, replacing the stored one, if the file is right")
  }
}
