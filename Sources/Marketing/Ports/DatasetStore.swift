package import JSONRPC

/// Takes imported tables. Storing the same rows again changes nothing.
package protocol DatasetStore: Sendable {
  /// Stores a step of a file's import in one transaction, with one `dataset.imported` event when it
  /// changed anything: good rows, and the bad ones beside them in the file's quarantine.
  ///
  /// A lead's row is merged into what is stored by the rules of `LeadMerge`; a conversion gives way to a
  /// later outcome that contradicts it, as `ConversionRule` says, and one that was stored once is no news
  /// when its row is read again, whatever was recorded since. Rows of other tables replace what was
  /// imported before when their content is another. A row that cannot be stored beside what is there is
  /// put in quarantine and takes no other with it.
  func importRows(
    _ step: ImportStep, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ImportResult

  /// Which of some keys name a stored row of a table: the names of leads and campaigns, and the keys of
  /// the tables that are kept as raw rows.
  func storedKeys(
    among keys: Set<String>, of table: DatasetTable, in workspace: WorkspaceID
  ) async throws(StoreError) -> Set<String>

  /// The files that have rows in quarantine, by name.
  func quarantinedFiles(in workspace: WorkspaceID) async throws(StoreError) -> [QuarantinedFile]

  /// A file's rows in quarantine in the order in which they were put there.
  /// - Parameter skipping: how many rows to pass over, for the next page.
  func quarantinedRows(
    of file: String, skipping: Int, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [QuarantinedRow]

  /// The rows that name a lead among those that are kept as they are, in the order of their tables and keys.
  func rows(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [(table: String, row: RawRow)]

  /// What has been imported, by table in the order of their names.
  func summary(in workspace: WorkspaceID) async throws(StoreError) -> DatasetSummary
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
