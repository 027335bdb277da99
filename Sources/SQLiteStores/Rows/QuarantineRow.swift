import Marketing

/// A row in quarantine as its table keeps it.
enum QuarantineRow {
  static func remove(
    _ file: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var delete = try connection.prepare("DELETE FROM quarantine WHERE file = ? AND workspace = ?")
    delete.bind(file)
    delete.bind(workspace)
    try delete.run()
  }

  static func insert(
    _ rows: [QuarantinedRow], of file: String, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    guard !rows.isEmpty else { return }
    var insert = try connection.prepare(
      "INSERT INTO quarantine (workspace, file, line, column_name, reason) VALUES (?, ?, ?, ?, ?)")
    for row in rows {
      insert.bind(workspace)
      insert.bind(file)
      insert.bind(row.line)
      insert.bind(row.column)
      insert.bind(row.reason)
      try insert.run()
    }
  }

  static func files(
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [QuarantinedFile] {
    var select = try connection.prepare(
      "SELECT file, count(*) FROM quarantine WHERE workspace = ? GROUP BY file ORDER BY file")
    select.bind(workspace)
    var files: [QuarantinedFile] = []
    while try select.step() {
      files.append(QuarantinedFile(file: select.text(), rows: Int(select.integer())))
    }
    return files
  }

  static func rows(
    of file: String, skipping: Int, limit: Int, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [QuarantinedRow] {
    var select = try connection.prepare(
      """
      SELECT line, column_name, reason FROM quarantine WHERE file = ? AND workspace = ?
      ORDER BY row LIMIT ? OFFSET ?
      """)
    select.bind(file)
    select.bind(workspace)
    select.bind(max(0, limit))
    select.bind(max(0, skipping))
    var rows: [QuarantinedRow] = []
    while try select.step() {
      rows.append(
        QuarantinedRow(
          file: file, line: Int(select.integer()), column: select.optionalText(),
          reason: select.text()))
    }
    return rows
  }
}
