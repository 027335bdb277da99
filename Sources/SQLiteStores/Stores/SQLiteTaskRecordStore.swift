package import Marketing

/// Long-running tool calls in SQLite.
package struct SQLiteTaskRecordStore: TaskRecordStore {
  let database: SQLiteDatabase

  private static let columns =
    "id, workspace, principal, has_ended, touched_at, expires_at, content"

  @discardableResult
  package func save(
    _ record: TaskRecord, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try await database.writer.perform { connection in
      var replace = try connection.prepare(
        """
        INSERT INTO tasks (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id, workspace) DO UPDATE SET
          principal = excluded.principal, has_ended = excluded.has_ended,
          touched_at = excluded.touched_at, expires_at = excluded.expires_at,
          content = excluded.content
        WHERE tasks.has_ended = 0
        """)
      replace.bind(record.id)
      replace.bind(workspace)
      replace.bind(record.principal)
      replace.bind(record.hasEnded)
      replace.bind(record.touchedAt)
      replace.bind(record.expiresAt)
      replace.bind(record.content)
      try replace.run()
      return connection.changedRows > 0
    }
  }

  package func record(
    _ id: String, at now: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> TaskRecord? {
    try database.readers.read { connection in
      var select = try connection.prepare(
        "SELECT \(Self.columns) FROM tasks WHERE id = ? AND workspace = ?")
      select.bind(id)
      select.bind(workspace)
      guard try select.step() else { return nil }
      let record = TaskRecord.reading(&select).record
      return record.hasExpired(at: now) ? nil : record
    }
  }

  package func removeExpired(at now: Timestamp) async throws(StoreError) {
    try await database.writer.perform { connection in
      var delete = try connection.prepare("DELETE FROM tasks WHERE expires_at <= ?")
      delete.bind(now)
      try delete.run()
    }
  }

  package func abandoned(
    before time: Timestamp
  ) throws(StoreError) -> [(WorkspaceID, TaskRecord)] {
    try database.readers.read { connection in
      var select = try connection.prepare(
        """
        SELECT \(Self.columns) FROM tasks WHERE has_ended = 0 AND touched_at < ?
        ORDER BY touched_at, id
        """)
      select.bind(time)
      var records: [(WorkspaceID, TaskRecord)] = []
      while try select.step() {
        let (record, workspace) = TaskRecord.reading(&select)
        records.append((workspace, record))
      }
      return records
    }
  }
}

extension TaskRecord {
  fileprivate static func reading(
    _ statement: inout SQLStatement
  ) -> (record: TaskRecord, workspace: WorkspaceID) {
    let id = statement.text()
    let workspace = statement.identifier(WorkspaceID.self)
    let record = TaskRecord(
      id: id, principal: statement.text(), hasEnded: statement.integer() != 0,
      touchedAt: statement.timestamp(), expiresAt: statement.optionalTimestamp(),
      content: statement.text())
    return (record, workspace)
  }
}
