package import Marketing

/// The append-only log of events in SQLite.
package struct SQLiteEventLog: EventLog {
  let database: SQLiteDatabase

  package func latestSequence() throws(StoreError) -> Int64 {
    try database.readers.read { try EventRow.latestSequence(in: $0) }
  }

  package func events(
    after sequence: Int64, limit: Int
  ) throws(StoreError) -> [LoggedEvent] {
    try database.readers.read { try EventRow.events(after: sequence, limit: limit, in: $0) }
  }

  package func events(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> [LoggedEvent] {
    try database.readers.read { connection in
      try connection.reading {
        let key = try LeadKey.find(for: id, in: workspace, ring: database.keyRing, connection)
        return try EventRow.events(of: id, limit: limit, in: workspace, connection).map {
          logged, personal in
          var event = logged.event
          event.personal = try personal.flatMap { try key?.open($0, of: event.id) }
          return LoggedEvent(sequence: logged.sequence, workspace: workspace, event: event)
        }
      }
    }
  }

  package func changes() -> AsyncStream<Int64> { database.feed.changes() }
}
