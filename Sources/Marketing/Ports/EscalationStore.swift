/// Keeps what people have to decide. Every method is one transaction and sees and touches one workspace only;
/// what a method has returned from is durable.
package protocol EscalationStore: Sendable {
  /// Stores an escalation with its event.
  /// - Throws: `.conflict` when the name is taken by another one; the same one again changes nothing.
  func open(
    _ escalation: Escalation, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError)

  /// Notes what was decided. A handoff that it is about may be offered then. Resolving it again changes
  /// nothing.
  /// - Parameter event: makes the event that is logged when it was open.
  /// - Returns: the escalation as it is stored.
  /// - Throws: `.notFound`.
  func resolve(
    _ id: EscalationID, with resolution: String, by person: String, at now: Timestamp,
    event: @escaping @Sendable (Escalation) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Escalation

  /// The escalation; `nil` when there is none of this name. Read in place.
  func escalation(_ id: EscalationID, in workspace: WorkspaceID) throws(StoreError) -> Escalation?

  /// Escalations that match, the one that was opened last first.
  func escalations(
    _ query: EscalationQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> HandoffPage<Escalation>
}

/// Which escalations to list. All conditions must hold; an absent one holds always.
package struct EscalationQuery: Sendable, Hashable {
  /// Where they stand.
  package var state: Escalation.State?
  /// Who is to decide.
  package var owner: String?
  /// The lead.
  package var leadID: LeadID?
  /// What they are about.
  package var subject: String?
  /// Where the page before ended.
  package var after: HandoffPlace?
  /// How many at most.
  package var limit: Int

  /// A query of everything.
  package init(limit: Int = 20) { self.limit = limit }

  /// Whether an escalation is meant, its place left aside.
  func matches(_ escalation: Escalation) -> Bool {
    (state == nil || state == escalation.state) && (owner == nil || owner == escalation.owner)
      && (leadID == nil || leadID == escalation.leadID)
      && (subject == nil || subject == escalation.subject)
  }
}

extension Escalation: HandoffListed {
  package var place: HandoffPlace { HandoffPlace(time: openedAt, id: id.rawValue) }
}
