/// What an import read, stored and refused.
package struct ImportReport: Sendable, Hashable, Encodable {
  /// The files in the order in which they were read.
  package var tables: [Table] = []
  /// Files of the folder that are no table of the data set, by name; nothing of them was read.
  package var notRead: [String] = []
  /// How long it took; filled in by whoever runs the import.
  package var durationMilliseconds: Int64?

  /// One file's part.
  package struct Table: Sendable, Hashable, Encodable {
    /// The table that the rows belong to.
    package var table: String
    /// The file's name as its quarantine is kept under.
    package var file: String
    /// Rows behind the header, good and bad; empty lines are not counted.
    package var rowsRead = 0
    /// What the store made of the good rows.
    package var stored = ImportCount()
    /// What became of the conversions that rows of leads told of; `nil` when none did.
    package var conversions: ImportCount?
    /// Rows that were refused, each with its reason in the quarantine.
    package var quarantined = 0
    /// References that lead nowhere, by column. Rows of interactions and conversions whose lead is
    /// missing are in quarantine too; other rows are kept.
    package var dangling: [DanglingReference] = []
    /// Columns whose references could not be checked, as the table they refer to was not read.
    package var uncheckedReferences: [String] = []
    /// Columns of the file that the table has no place for.
    package var ignoredColumns: [String] = []
    /// For a lead file: which column was read as which field of a lead.
    package var mappedColumns: [String: LeadColumn]?
    /// For a campaign report: which column was read as what.
    package var readColumns: [String: String]?
    /// Why the file is no CSV file of this table, with the first bad line. Then nothing of it was kept.
    package var failure: String?

    /// A file of which nothing has been read yet.
    package init(table: String, file: String) {
      self.table = table
      self.file = file
    }

    private enum CodingKeys: String, CodingKey {
      case table, file, rowsRead, added, changed, unchanged, merged, outcomes, quarantined
      case dangling, uncheckedReferences, ignoredColumns, mappedColumns
      case readColumns, failure
    }

    /// Writes the counts flat, and lists and notes only where they hold something.
    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(table, forKey: .table)
      try container.encode(file, forKey: .file)
      try container.encode(rowsRead, forKey: .rowsRead)
      try container.encode(stored.added, forKey: .added)
      try container.encode(stored.changed, forKey: .changed)
      try container.encode(stored.unchanged, forKey: .unchanged)
      if stored.merged > 0 { try container.encode(stored.merged, forKey: .merged) }
      try container.encodeIfPresent(conversions, forKey: .outcomes)
      try container.encode(quarantined, forKey: .quarantined)
      if !dangling.isEmpty { try container.encode(dangling, forKey: .dangling) }
      if !uncheckedReferences.isEmpty {
        try container.encode(uncheckedReferences, forKey: .uncheckedReferences)
      }
      if !ignoredColumns.isEmpty { try container.encode(ignoredColumns, forKey: .ignoredColumns) }
      if let mappedColumns {
        let names = mappedColumns.mapValues(\.rawValue)
        try container.encode(names, forKey: .mappedColumns)
      }
      try container.encodeIfPresent(readColumns, forKey: .readColumns)
      try container.encodeIfPresent(failure, forKey: .failure)
    }
  }

  /// A report of nothing.
  package init() {}

  /// Rows read from all files.
  package var rowsRead: Int { tables.reduce(0) { $0 + $1.rowsRead } }
  /// What the store made of all good rows.
  package var stored: ImportCount { tables.reduce(ImportCount()) { $0 + $1.stored } }
  /// What became of the conversions that rows of leads told of, over all files.
  package var conversions: ImportCount? {
    tables.reduce(nil) { sum, table in
      table.conversions.map { (sum ?? ImportCount()) + $0 } ?? sum
    }
  }
  /// Rows refused from all files.
  package var quarantined: Int { tables.reduce(0) { $0 + $1.quarantined } }
  /// References that lead nowhere, over all files.
  package var dangling: Int {
    tables.reduce(0) { $0 + $1.dangling.reduce(0) { $0 + $1.count } }
  }
  /// Files that could not be read at all.
  package var failures: Int { tables.count { $0.failure != nil } }

  private enum CodingKeys: String, CodingKey {
    case tables, rowsRead, added, changed, unchanged, outcomes, quarantined, dangling
    case failures, notRead, durationMilliseconds
  }

  /// Writes the totals, then the files.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rowsRead, forKey: .rowsRead)
    try container.encode(stored.added, forKey: .added)
    try container.encode(stored.changed, forKey: .changed)
    try container.encode(stored.unchanged, forKey: .unchanged)
    try container.encodeIfPresent(conversions, forKey: .outcomes)
    try container.encode(quarantined, forKey: .quarantined)
    try container.encode(dangling, forKey: .dangling)
    try container.encode(failures, forKey: .failures)
    if !notRead.isEmpty { try container.encode(notRead, forKey: .notRead) }
    try container.encodeIfPresent(durationMilliseconds, forKey: .durationMilliseconds)
    try container.encode(tables, forKey: .tables)
  }
}
