extension InMemoryStores: JourneyStore {
  package func journey(
    of id: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> Journey? {
    read(in: workspace) { content in
      content.leads[id].map {
        Journey(
          of: $0.lead, recorded: content.journeys[id] ?? [], triage: content.triages[id],
          outcome: content.latestOutcome(of: id))
      }
    }
  }

  @discardableResult
  package func advance(
    _ id: LeadID, to stage: JourneyStage, reason: String?, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try write(in: workspace) { (content) throws(StoreError) in
      guard content.leads[id] != nil else { throw .noSuchLead(id) }
      let isTaken = content.advance(id, JourneyMove(to: stage, by: event, reason: reason))
      return (isTaken, isTaken ? [event] : [])
    }
  }
}

extension InMemoryWorkspace {
  /// Takes a step of a stored lead, where it can be taken.
  /// - Returns: whether it was taken.
  @discardableResult
  mutating func advance(_ id: LeadID, _ move: JourneyMove) -> Bool {
    guard leads[id] != nil, move.isPossible(from: journeys[id]?.last?.stage) else { return false }
    journeys[id, default: []].append(move.step)
    return true
  }
}
