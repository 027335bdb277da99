/// Imports files in bounded memory: bytes go in, steps for a `DatasetStore` come out.
///
/// For each chunk: `read` it, look up what is `wanted` and `answer`, store the steps that `convert` makes and
/// tell `stored` what became of each; where `resumeOffset` says so, go on there. At the end of the file do
/// the same once more behind `readEnd`.
package protocol FileImporter {
  /// The report on what has been read so far.
  var report: ImportReport { get }
  /// Whether the current file is no CSV file of its kind, so that reading it further is of no use.
  var hasFailed: Bool { get }
  /// Where in the file the next byte must stand, when that is not behind the last one.
  var resumeOffset: Int? { get }
  /// The keys of stored rows that the rows just read refer to, as far as they are not known, by table.
  var wanted: [DatasetTable: Set<String>] { get }

  /// Takes the next bytes of the current file.
  mutating func read(_ chunk: UnsafeRawBufferPointer)
  /// The current file ends here.
  mutating func readEnd()
  /// Says which of the keys that were wanted of a table are those of stored rows.
  mutating func answer(_ wanted: Set<String>, stored: Set<String>, of table: DatasetTable)
  /// The steps that are complete, to be stored in this order.
  mutating func convert() -> [ImportStep]
  /// Counts what the store made of a step of the current file.
  mutating func stored(_ result: ImportResult)
}

extension FileImporter {
  /// Takes the next bytes of the current file, with nothing to look up.
  /// - Returns: the steps that are complete, to be stored in this order.
  package mutating func feed(_ chunk: [UInt8]) -> [ImportStep] {
    chunk.withUnsafeBytes { read($0) }
    return convert()
  }

  /// The current file ends here.
  /// - Returns: the last steps, to be stored in this order.
  package mutating func end() -> [ImportStep] {
    readEnd()
    return convert()
  }
}
