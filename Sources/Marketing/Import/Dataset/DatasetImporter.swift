/// Imports the data set's tables. For each, in `DatasetTable.importOrder`: `begin` it, then read its file as
/// `FileImporter` says. A table whose file is absent is left out.
package struct DatasetImporter: FileImporter, Sendable {
  package var report: ImportReport {
    var report = finished
    if let current { report.tables.append(current.report) }
    return report
  }

  package var hasFailed: Bool { current?.report.failure != nil }
  package var resumeOffset: Int? { current?.resumeOffset }
  package var wanted: [DatasetTable: Set<String>] { current?.wanted ?? [:] }

  private let reading: Int64
  private let batchSize: Int
  private let identity: @Sendable (Lead) -> LeadIdentity
  private let memory: MemoryRows
  private var checker = ReferenceChecker()
  private var finished = ImportReport()
  private var current: FileImport<TableRows>?

  /// An importer.
  /// - Parameter reading: tells this import from every other one of the files, as `ImportSource` says.
  /// - Parameter batchSize: the most rows of a batch.
  /// - Parameter analyze: makes of a text what memory indexes of it.
  /// - Parameter identity: gives the normalized values by which duplicates of a lead are recognised.
  package init(
    reading: Int64, batchSize: Int = 1000,
    analyze: @escaping @Sendable (String) -> AnalyzedText,
    identity: @escaping @Sendable (Lead) -> LeadIdentity
  ) {
    memory = MemoryRows(time: Timestamp(milliseconds: reading), analyze: analyze)
    self.reading = reading
    self.batchSize = batchSize
    self.identity = identity
  }

  /// Adds keys of rows that are stored already. Without them and without an `answer`, interactions and
  /// conversions whose lead is not in this import are refused.
  package mutating func register(_ keys: some Sequence<String>, of table: DatasetTable) {
    checker.register(keys, of: table)
  }

  /// Starts the file of a table. A file that has not been ended is given up.
  /// - Parameter file: the name to report; the table's own where there is none.
  package mutating func begin(_ table: DatasetTable, file: String? = nil) {
    giveUp()
    let rows = TableRows(
      table: table, checker: checker, batchSize: batchSize, memory: memory, identity: identity)
    // The checker lives in the file's converter until the file ends: a second owner would have its
    // sets copied at the first change.
    checker = ReferenceChecker()
    current = FileImport(
      table: table.name, source: ImportSource(file: file ?? table.fileName, reading: reading),
      delimiter: nil, rows: rows)
  }

  package mutating func read(_ chunk: UnsafeRawBufferPointer) { current?.read(chunk) }

  package mutating func readEnd() { current?.readEnd() }

  package mutating func answer(
    _ wanted: Set<String>, stored: Set<String>, of table: DatasetTable
  ) { current?.rows.answer(wanted, stored: stored, of: table) }

  package mutating func convert() -> [ImportStep] { current?.convert() ?? [] }

  /// Counts what the store made of a step of the current file, until the next one begins. Leads that were
  /// refused own no rows of the tables that follow.
  package mutating func stored(_ result: ImportResult) {
    current?.add(result)
    if !result.refusedLeads.isEmpty { current?.rows.disown(result.refusedLeads) }
  }

  private mutating func giveUp() {
    guard let file = current else { return }
    finished.tables.append(file.report)
    checker = file.rows.checker
    current = nil
  }
}
