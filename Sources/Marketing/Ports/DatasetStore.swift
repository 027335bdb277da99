package import JSONRPC

/// Takes imported tables. Storing the same rows again changes nothing.
package protocol DatasetStore: Sendable {
  /// Stores a batch of rows of one import in one transaction, with one `dataset.imported` event for
  /// the batch. Rows that are there already with the same content are counted as unchanged; with other
  /// content they replace what was imported before.
  func importRows(
    _ rows: ImportBatch, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ImportCount

  /// Keeps the rows that could not be imported, replacing earlier ones of the same file.
  func quarantine(
    _ rows: [QuarantinedRow], ofFile file: String, in workspace: WorkspaceID
  ) async throws(StoreError)

  /// What has been imported, by table in the order of their names.
  func summary(in workspace: WorkspaceID) async throws(StoreError) -> DatasetSummary
}

/// Rows of one table, ready to be stored.
package enum ImportBatch: Sendable {
  case leads([(lead: Lead, identity: LeadIdentity)])
  case interactions([Interaction])
  case outcomes([Outcome])
  case campaigns([Campaign])
  /// Rows of a table that has no type of its own yet, as they stand in the file.
  case raw(table: String, rows: [RawRow])
}

/// A row kept losslessly.
package struct RawRow: Sendable, Hashable {
  /// What names the row within its table: its key column, else its line's number.
  package var key: String
  /// The lead it refers to, if any.
  package var leadID: LeadID?
  /// The columns in their order; cells are strings, quoted JSON cells are trees.
  package var cells: JSONObject

  /// A row.
  package init(key: String, leadID: LeadID?, cells: JSONObject) {
    self.key = key
    self.leadID = leadID
    self.cells = cells
  }
}

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

/// What became of a batch.
package struct ImportCount: Sendable, Hashable, Codable {
  /// Rows that were not there before.
  package var added: Int
  /// Rows that were there with other content.
  package var changed: Int
  /// Rows that were there already.
  package var unchanged: Int

  /// A count.
  package init(added: Int = 0, changed: Int = 0, unchanged: Int = 0) {
    self.added = added
    self.changed = changed
    self.unchanged = unchanged
  }

  /// The sum of two counts.
  package static func + (left: Self, right: Self) -> Self {
    Self(
      added: left.added + right.added, changed: left.changed + right.changed,
      unchanged: left.unchanged + right.unchanged)
  }
}

/// What a workspace holds.
package struct DatasetSummary: Sendable, Hashable, Codable {
  /// Rows by table.
  package var tables: [Table]
  /// Rows in quarantine.
  package var quarantined: Int
  /// Leads by category; leads without one are not counted.
  package var categories: [String: Int]
  /// When the earliest lead came in.
  package var firstLeadAt: Timestamp?
  /// When the latest lead came in.
  package var lastLeadAt: Timestamp?

  /// One table's count.
  package struct Table: Sendable, Hashable, Codable {
    /// The table's name.
    package var name: String
    /// Its rows.
    package var rows: Int

    /// A count.
    package init(name: String, rows: Int) {
      self.name = name
      self.rows = rows
    }
  }

  /// A summary.
  package init(
    tables: [Table], quarantined: Int, categories: [String: Int], firstLeadAt: Timestamp?,
    lastLeadAt: Timestamp?
  ) {
    self.tables = tables
    self.quarantined = quarantined
    self.categories = categories
    self.firstLeadAt = firstLeadAt
    self.lastLeadAt = lastLeadAt
  }
}
