import Marketing

/// A raw row ready for its table.
struct RawRowWrite: Sendable {
  let row: RawRow
  let cells: [UInt8]

  func store(
    table: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> ImportChange {
    var insert = try connection.prepare(
      """
      INSERT INTO raw_rows (table_name, key, workspace, lead_id, cells) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """)
    bind(table, workspace, to: &insert)
    try insert.run()
    if connection.changedRows > 0 { return .added }
    var update = try connection.prepare(
      """
      UPDATE raw_rows SET lead_id = ?4, cells = ?5, is_told = 0
      WHERE table_name = ?1 AND key = ?2 AND workspace = ?3 AND NOT (lead_id IS ?4 AND cells IS ?5)
      """)
    bind(table, workspace, to: &update)
    try update.run()
    return connection.changedRows > 0 ? .changed : .unchanged
  }

  /// Whether all that the row says has been told to memory or to the graph.
  func isTold(
    table: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    var select = try connection.prepare(
      "SELECT is_told FROM raw_rows WHERE table_name = ? AND key = ? AND workspace = ?")
    select.bind(table)
    select.bind(row.key)
    select.bind(workspace)
    return try select.step() && select.integer() != 0
  }

  /// Whether the row is stored as it is, and all that it says has been told.
  func isKnown(
    table: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    var select = try connection.prepare(
      """
      SELECT 1 FROM raw_rows WHERE table_name = ?1 AND key = ?2 AND workspace = ?3
        AND lead_id IS ?4 AND cells IS ?5 AND is_told <> 0
      """)
    bind(table, workspace, to: &select)
    return try select.step()
  }

  /// Notes that it has been.
  func noteTold(
    table: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      "UPDATE raw_rows SET is_told = 1 WHERE table_name = ? AND key = ? AND workspace = ?")
    update.bind(table)
    update.bind(row.key)
    update.bind(workspace)
    try update.run()
  }

  private func bind(
    _ table: String, _ workspace: WorkspaceID, to statement: inout SQLStatement
  ) {
    statement.bind(table)
    statement.bind(row.key)
    statement.bind(workspace)
    statement.bind(row.leadID)
    statement.bind(text: cells)
  }
}
