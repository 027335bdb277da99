/// Imports the data set's tables in bounded memory: bytes of files go in as chunks, batches for a
/// `DatasetStore` come out.
///
/// For each table, in `DatasetTable.importOrder`: `begin` it, `feed` its bytes and store the batches
/// that come back, `end` it and store the last batches and the quarantine; tell `stored` what the store
/// made of each batch. A table whose file is absent is left out.
package struct DatasetImporter: Sendable {
  /// The report on what has been read so far.
  package var report: ImportReport {
    var report = finished
    if let current { report.tables.append(current.report) }
    return report
  }

  /// Whether the current file is no CSV file of its table, so that reading it further is of no use.
  package var hasFailed: Bool { current?.report.failure != nil }

  private let batchSize: Int
  private let identity: @Sendable (Lead) -> LeadIdentity
  private var checker = ReferenceChecker()
  private var finished = ImportReport()
  private var current: FileImport<TableRows>?

  /// An importer.
  /// - Parameter batchSize: the most rows of a batch.
  /// - Parameter identity: gives the normalized values by which duplicates of a lead are recognised.
  package init(
    batchSize: Int = 1000, identity: @escaping @Sendable (Lead) -> LeadIdentity
  ) {
    self.batchSize = batchSize
    self.identity = identity
  }

  /// Adds keys of rows that are stored already, so that a table imported without the tables it refers
  /// to is checked against them. Without them, interactions and conversions whose lead is not in this
  /// import are refused.
  package mutating func register(_ keys: some Sequence<String>, of table: DatasetTable) {
    checker.register(keys, of: table)
  }

  /// Starts the file of a table. A file that has not been ended is given up.
  /// - Parameter file: the name to report; the table's own where there is none.
  package mutating func begin(_ table: DatasetTable, file: String? = nil) {
    giveUp()
    let rows = TableRows(
      table: table, checker: checker, batchSize: batchSize, identity: identity)
    // The checker lives in the file's converter until the file ends: a second owner would have its
    // sets copied at the first change.
    checker = ReferenceChecker()
    current = FileImport(
      table: table.name, file: file ?? table.fileName, delimiter: nil, rows: rows)
  }

  /// Takes the next bytes of the current file.
  /// - Returns: the batches that are full, to be stored in this order.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer) -> [ImportBatch] {
    current?.feed(chunk) ?? []
  }

  /// Takes the next bytes of the current file.
  /// - Returns: the batches that are full, to be stored in this order.
  package mutating func feed(_ chunk: [UInt8]) -> [ImportBatch] {
    chunk.withUnsafeBytes { current?.feed($0) ?? [] }
  }

  /// The current file has ended. `stored` still counts for it until the next one begins.
  package mutating func end() -> FileEnd {
    current?.finish() ?? FileEnd(batches: [], quarantined: [])
  }

  /// Counts what the store made of a batch of the current file.
  package mutating func stored(_ count: ImportCount) { current?.add(count) }

  private mutating func giveUp() {
    guard let file = current else { return }
    finished.tables.append(file.report)
    checker = file.rows.checker
    current = nil
  }
}
