/// A lead with its past, as one view of a store shows it.
package struct LeadProfile: Sendable, Hashable, Codable {
  /// The lead.
  package var lead: Lead
  /// Its latest triage; `nil` when there is none.
  package var triage: TriageRecord?
  /// Its latest interactions, the latest first.
  package var interactions: [Interaction]
  /// Its latest outcome; `nil` when there is none.
  package var outcome: Outcome?

  /// A profile.
  package init(
    lead: Lead, triage: TriageRecord?, interactions: [Interaction], outcome: Outcome?
  ) {
    self.lead = lead
    self.triage = triage
    self.interactions = interactions
    self.outcome = outcome
  }
}
