/// Imports any single lead CSV. The delimiter is found out; the columns are read by a mapping or recognised
/// by their header, as the report's `mappedColumns` says; bad rows are put in quarantine.
package struct LeadFileImporter: FileImporter, Sendable {
  package var report: ImportReport {
    var report = ImportReport()
    report.tables = [file.report]
    return report
  }

  package var hasFailed: Bool { file.report.failure != nil }
  package var resumeOffset: Int? { file.resumeOffset }
  package var wanted: [DatasetTable: Set<String>] { [:] }

  private var file: FileImport<LeadFileRows>

  /// An importer of one file.
  /// - Parameter source: the file and this reading of it.
  /// - Parameter receivedAt: when leads come in that the file has no time for and that are new.
  /// - Parameter batchSize: the most rows of a batch.
  /// - Parameter identity: gives the normalized values by which duplicates of a lead are recognised.
  package init(
    source: ImportSource, mapping: ColumnMapping = ColumnMapping(), receivedAt: Timestamp,
    batchSize: Int = 1000, identity: @escaping @Sendable (Lead) -> LeadIdentity
  ) {
    self.file = FileImport(
      table: DatasetTable.leads.name, source: source, delimiter: mapping.delimiter,
      rows: LeadFileRows(
        mapping: mapping, receivedAt: receivedAt, batchSize: batchSize, identity: identity))
  }

  package mutating func read(_ chunk: UnsafeRawBufferPointer) { file.read(chunk) }

  package mutating func readEnd() { file.readEnd() }

  package mutating func answer(
    _ wanted: Set<String>, stored: Set<String>, of table: DatasetTable
  ) {}

  package mutating func convert() -> [ImportStep] { file.convert() }

  package mutating func stored(_ result: ImportResult) { file.add(result) }
}
