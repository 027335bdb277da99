package import Marketing

/// The ways of leads in SQLite.
package struct SQLiteJourneyStore: JourneyStore {
  let database: SQLiteDatabase

  package func journey(
    of id: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> Journey? {
    try database.readers.read { connection in
      try connection.reading {
        guard let stored = try LeadRow.find(id, in: workspace, connection) else { return nil }
        return Journey(
          of: stored.lead, recorded: try JourneyRow.steps(leadRow: stored.row, connection),
          triage: try TriageRow.find(of: id, in: workspace, connection),
          outcome: try OutcomeRow.latest(of: id, in: workspace, connection))
      }
    }
  }

  @discardableResult
  package func advance(
    _ id: LeadID, to stage: JourneyStage, reason: String?, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    let row = try database.row(of: event, in: workspace)
    let move = JourneyMove(to: stage, by: event, reason: reason)
    return try await database.writer.perform { connection in
      if try JourneyRow.advance(id, move, in: workspace, connection) {
        try row.append(to: connection)
        return true
      }
      guard try LeadRow.find(id, in: workspace, connection) != nil else {
        throw StoreError.noSuchLead(id)
      }
      return false
    }
  }
}
