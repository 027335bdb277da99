/// Imports a report of an ad platform. The delimiter is found out; the columns are read by a mapping or recognised
/// by their header, as the report's `readColumns` says; bad rows are put in quarantine.
package struct MetricFileImporter: FileImporter, Sendable {
  package var report: ImportReport {
    var report = ImportReport()
    report.tables = [file.report]
    return report
  }

  package var hasFailed: Bool { file.report.failure != nil }
  package var resumeOffset: Int? { file.resumeOffset }
  package var wanted: [DatasetTable: Set<String>] { [:] }

  private var file: FileImport<MetricFileRows>

  /// An importer of one file.
  /// - Parameters:
  ///   - source: the file and this reading of it.
  ///   - now: no row is of a day that begins after tomorrow has begun.
  ///   - batchSize: the most rows of a batch.
  package init(
    source: ImportSource, mapping: MetricMapping, now: Timestamp, batchSize: Int = 1000
  ) {
    file = FileImport(
      table: MetricMapping.table, source: source, delimiter: mapping.delimiter,
      rows: MetricFileRows(mapping: mapping, now: now, batchSize: batchSize))
  }

  package mutating func read(_ chunk: UnsafeRawBufferPointer) { file.read(chunk) }

  package mutating func readEnd() { file.readEnd() }

  package mutating func answer(
    _ wanted: Set<String>, stored: Set<String>, of table: DatasetTable
  ) {}

  package mutating func convert() -> [ImportStep] { file.convert() }

  package mutating func stored(_ result: ImportResult) { file.add(result) }
}
