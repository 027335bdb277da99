/// A row that could not be imported.
package struct QuarantinedRow: Sendable, Hashable, Codable {
  /// The file's name.
  package var file: String
  /// The line the row starts on, from 1.
  package var line: Int
  /// The column's name; `nil` when the whole row is wrong.
  package var column: String?
  /// What was found and what would be accepted, without the value itself.
  package var reason: String

  /// A row.
  package init(file: String, line: Int, column: String?, reason: String) {
    self.file = file
    self.line = line
    self.column = column
    self.reason = reason
  }
}

/// A file with rows in quarantine.
package struct QuarantinedFile: Sendable, Hashable, Codable {
  /// The file's name.
  package var file: String
  /// How many of its rows are in quarantine.
  package var rows: Int

  /// A file.
  package init(file: String, rows: Int) {
    self.file = file
    self.rows = rows
  }
}
