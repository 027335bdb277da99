/// Turns the rows of one kind of file into what is stored.
protocol RowConverter: Sendable {
  /// Takes the header, before any row.
  /// - Throws: `CellProblem` when a file with these columns cannot be imported.
  mutating func begin(columns: [String]) throws(CellProblem)

  /// Takes a row.
  /// - Throws: `CellProblem` when the row cannot be imported; then nothing of it is kept.
  mutating func add(_ row: CSVRow) throws(CellProblem)

  /// Batches that are full.
  mutating func takeFull() -> [ImportBatch]

  /// All batches that are left.
  mutating func takeAll() -> [ImportBatch]

  /// Puts what only the converter knows into the report.
  func complete(_ report: inout ImportReport.Table)
}

/// What is left when a file has been read.
package struct FileEnd: Sendable {
  /// The last batches, to be stored like those before.
  package let batches: [ImportBatch]
  /// The file's rows that could not be imported, in their order, one that says what the others are
  /// when there were too many to list. For a file that is no CSV file the last one says why.
  package let quarantined: [QuarantinedRow]
}

/// Reads one file through a converter and keeps its part of the report.
struct FileImport<Rows: RowConverter>: Sendable {
  /// The most rows of a file that are put in quarantine one by one; the others are only counted.
  static var quarantineLimit: Int { 100_000 }

  private(set) var report: ImportReport.Table
  private(set) var rows: Rows
  private var reader: CSVReader?
  /// The file's first bytes, until they are enough to tell its delimiter.
  private var head: [UInt8] = []
  private var columns: [String] = []
  private var quarantined: [QuarantinedRow] = []
  private var firstUnlisted: Int?

  /// - Parameter delimiter: what separates fields; `nil` to find it out.
  init(table: String, file: String, delimiter: UInt8?, rows: Rows) {
    self.report = ImportReport.Table(table: table, file: file)
    self.rows = rows
    self.reader = delimiter.map { CSVReader(delimiter: $0) }
  }

  mutating func add(_ count: ImportCount) { report.stored = report.stored + count }

  mutating func feed(_ chunk: UnsafeRawBufferPointer) -> [ImportBatch] {
    guard report.failure == nil else { return [] }
    if reader == nil {
      head.append(contentsOf: chunk)
      guard head.count >= CSVSniffer.enoughBytes else { return [] }
      startReader(isWholeFile: false)
    } else {
      reader?.push(chunk)
    }
    drain()
    return report.failure == nil ? rows.takeFull() : []
  }

  mutating func finish() -> FileEnd {
    if report.failure == nil {
      if reader == nil { startReader(isWholeFile: true) }
      reader?.finish()
      drain()
    }
    let batches = report.failure == nil ? rows.takeAll() : []
    rows.complete(&report)
    if let line = firstUnlisted {
      let unlisted = report.quarantined - quarantined.count
      quarantined.append(
        QuarantinedRow(
          file: report.file, line: line, column: nil,
          reason: "from here on \(unlisted) more rows could not be imported; they are not listed"))
    }
    return FileEnd(batches: batches, quarantined: quarantined)
  }

  private mutating func startReader(isWholeFile: Bool) {
    let delimiter = head.withUnsafeBytes { CSVSniffer.delimiter(of: $0, isWholeFile: isWholeFile) }
    var reader = CSVReader(delimiter: delimiter)
    reader.push(head)
    self.reader = reader
    head = []
  }

  private mutating func drain() {
    do throws(CSVFileError) {
      while let element = try reader?.next() {
        switch element {
        case .header(let names): try begin(names)
        case .row(let row):
          report.rowsRead += 1
          do throws(CellProblem) {
            try rows.add(row)
          } catch {
            quarantine(line: row.line, column: error.column, reason: error.reason)
          }
        case .problem(let problem):
          report.rowsRead += 1
          let column = problem.column.flatMap { columns.indices.contains($0) ? columns[$0] : nil }
          quarantine(line: problem.line, column: column, reason: problem.message)
        }
      }
    } catch {
      report.failure = error.description
      quarantined.append(
        QuarantinedRow(file: report.file, line: error.line, column: nil, reason: error.message))
    }
  }

  private mutating func begin(_ names: [String]) throws(CSVFileError) {
    columns = names
    do throws(CellProblem) {
      try rows.begin(columns: names)
    } catch {
      throw CSVFileError(line: reader?.headerLine ?? 1, message: error.reason)
    }
  }

  private mutating func quarantine(line: Int, column: String?, reason: String) {
    report.quarantined += 1
    guard quarantined.count < Self.quarantineLimit else {
      firstUnlisted = firstUnlisted ?? line
      return
    }
    quarantined.append(
      QuarantinedRow(file: report.file, line: line, column: column, reason: reason))
  }
}
