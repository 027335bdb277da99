package import Marketing

extension SQLiteDatasetStore {
  package func rows(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [(table: String, row: RawRow)] {
    try await database.pooled.read { connection in
      var select = try connection.prepare(
        """
        SELECT table_name, key, cells FROM raw_rows WHERE lead_id = ? AND workspace = ?
        ORDER BY table_name, key LIMIT ?
        """)
      select.bind(id)
      select.bind(workspace)
      select.bind(max(0, limit))
      var rows: [(table: String, row: RawRow)] = []
      while try select.step() {
        let (table, key) = (select.text(), select.text())
        rows.append((table, RawRow(key: key, leadID: id, cells: try select.object())))
      }
      return rows
    }
  }

  package func summary(in workspace: WorkspaceID) async throws(StoreError) -> DatasetSummary {
    try await database.pooled.read { connection in
      var rows: [String: Int] = [:]
      // The names are this list's own, not input.
      for table in ["leads", "interactions", "outcomes", "campaigns"] {
        rows[table] = try count("SELECT count(*) FROM \(table)", workspace, connection)
      }
      for (table, count) in try counts(
        "SELECT table_name, count(*) FROM raw_rows WHERE workspace = ? GROUP BY table_name",
        workspace, connection)
      {
        rows[table, default: 0] += count
      }
      let tables = rows.filter { $0.value > 0 }.sorted { $0.key < $1.key }
      let (first, last) = try leadTimes(workspace, connection)
      return DatasetSummary(
        tables: tables.map { DatasetSummary.Table(name: $0.key, rows: $0.value) },
        quarantined: try count("SELECT count(*) FROM quarantine", workspace, connection),
        categories: try counts(
          """
          SELECT category, count(*) FROM leads WHERE workspace = ? AND category IS NOT NULL
          GROUP BY category
          """, workspace, connection),
        firstLeadAt: first, lastLeadAt: last)
    }
  }

  private func count(
    _ sql: String, _ workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Int {
    var select = try connection.prepare("\(sql) WHERE workspace = ?")
    select.bind(workspace)
    return try select.step() ? Int(select.integer()) : 0
  }

  private func counts(
    _ sql: String, _ workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [String: Int] {
    var select = try connection.prepare(sql)
    select.bind(workspace)
    var counts: [String: Int] = [:]
    while try select.step() { counts[select.text()] = Int(select.integer()) }
    return counts
  }

  private func leadTimes(
    _ workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> (first: Timestamp?, last: Timestamp?) {
    var select = try connection.prepare(
      "SELECT min(created_at), max(created_at) FROM leads WHERE workspace = ?")
    select.bind(workspace)
    guard try select.step() else { return (nil, nil) }
    return (select.optionalTimestamp(), select.optionalTimestamp())
  }
}
