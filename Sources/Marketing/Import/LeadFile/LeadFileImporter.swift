/// Imports any single lead CSV in bounded memory: bytes go in as chunks, batches for a `DatasetStore`
/// come out. The delimiter is found out; the columns are read by a mapping or recognised by their
/// header, as the report's `mappedColumns` says; bad rows are put in quarantine.
package struct LeadFileImporter: Sendable {
  /// The report on what has been read so far.
  package var report: ImportReport {
    var report = ImportReport()
    report.tables = [file.report]
    return report
  }

  /// Whether this is no CSV file of leads, so that reading it further is of no use.
  package var hasFailed: Bool { file.report.failure != nil }

  private var file: FileImport<LeadFileRows>

  /// An importer of one file.
  /// - Parameter file: its name, for the report and the quarantine.
  /// - Parameter receivedAt: when leads came in that the file has no time for. It must be the same when
  ///   the file is imported again, such as the file's own time, or every lead counts as changed.
  /// - Parameter batchSize: the most rows of a batch.
  /// - Parameter identity: gives the normalized values by which duplicates of a lead are recognised.
  package init(
    file: String, mapping: ColumnMapping = ColumnMapping(), receivedAt: Timestamp,
    batchSize: Int = 1000, identity: @escaping @Sendable (Lead) -> LeadIdentity
  ) {
    self.file = FileImport(
      table: DatasetTable.leads.name, file: file, delimiter: mapping.delimiter,
      rows: LeadFileRows(
        mapping: mapping, receivedAt: receivedAt, batchSize: batchSize, identity: identity))
  }

  /// Takes the next bytes of the file.
  /// - Returns: the batches that are full, to be stored in this order.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer) -> [ImportBatch] { file.feed(chunk) }

  /// Takes the next bytes of the file.
  /// - Returns: the batches that are full, to be stored in this order.
  package mutating func feed(_ chunk: [UInt8]) -> [ImportBatch] {
    chunk.withUnsafeBytes { file.feed($0) }
  }

  /// The file has ended.
  package mutating func end() -> FileEnd { file.finish() }

  /// Counts what the store made of a batch.
  package mutating func stored(_ count: ImportCount) { file.add(count) }
}
