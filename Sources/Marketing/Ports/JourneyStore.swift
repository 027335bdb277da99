/// Keeps the ways of leads. Triages and outcomes take their steps in the transaction that stores them
/// (`LeadStore`).
package protocol JourneyStore: Sendable {
  /// A lead's way so far; `nil` when there is no such lead.
  func journey(of id: LeadID, in workspace: WorkspaceID) throws(StoreError) -> Journey?

  /// Takes a step and logs the event that makes it. Where the stages' table does not allow the step, neither is
  /// done.
  /// - Returns: whether the step was taken.
  /// - Throws: `.notFound` when there is no such lead.
  @discardableResult
  func advance(
    _ id: LeadID, to stage: JourneyStage, reason: String?, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool
}
