/// Turns the rows of one kind of file into what is stored.
protocol RowConverter: Sendable {
  /// Takes the header, before any row.
  /// - Throws: `CellProblem` when a file with these columns cannot be imported.
  mutating func begin(columns: [String]) throws(CellProblem)

  /// The keys of other tables' rows that a row refers to and that are not known.
  func unknownReferences(of row: CSVRow) -> [(table: DatasetTable, key: String)]

  /// Takes a row.
  /// - Throws: `CellProblem` when the row cannot be imported; then nothing of it is kept.
  mutating func add(_ row: CSVRow) throws(CellProblem)

  /// Batches that are full.
  mutating func takeFull() -> [PendingRows.Batch]

  /// All batches that are left.
  mutating func takeAll() -> [PendingRows.Batch]

  /// Puts what only the converter knows into the report.
  func complete(_ report: inout ImportReport.Table)
}

/// Reads one file through a converter and keeps its part of the report: `read` takes bytes, `convert` makes
/// steps of the rows that are complete. Between the two the rows' references can be looked up.
struct FileImport<Rows: RowConverter>: Sendable {
  /// The most rows of a file that are put in quarantine one by one; the others are only counted.
  static var quarantineLimit: Int { 100_000 }
  /// So many bad rows are a step by themselves.
  private static var quarantineBatch: Int { 1000 }

  private(set) var report: ImportReport.Table
  var rows: Rows
  /// The keys that rows refer to and that are not known, by table.
  private(set) var wanted: [DatasetTable: Set<String>] = [:]

  private let source: ImportSource
  private var reader: CSVReader?
  /// The file's first bytes, until they are enough to tell its delimiter.
  private var head: [UInt8] = []
  private var columns: [String] = []
  private var elements: [CSVElement] = []
  private var quarantined: [QuarantinedRow] = []
  private var listed = 0
  private var firstUnlisted: Int?
  private var hasBegun = false
  private var isAtEnd = false

  /// - Parameter delimiter: what separates fields; `nil` to find it out.
  init(table: String, source: ImportSource, delimiter: UInt8?, rows: Rows) {
    self.report = ImportReport.Table(table: table, file: source.file)
    self.source = source
    self.rows = rows
    self.reader = delimiter.map { CSVReader(delimiter: $0) }
  }

  /// Where in the file the next byte must stand, when that is not behind the last one.
  var resumeOffset: Int? { report.failure == nil ? reader?.resumeOffset : nil }

  /// Takes the next bytes of the file.
  mutating func read(_ chunk: UnsafeRawBufferPointer) {
    guard report.failure == nil else { return }
    if reader == nil {
      head.append(contentsOf: chunk)
      guard head.count >= CSVSniffer.enoughBytes else { return }
      startReader(isWholeFile: false)
    } else {
      reader?.push(chunk)
    }
    drain()
  }

  /// The file ends here; when reading has to go on elsewhere, it will end again.
  mutating func readEnd() {
    if report.failure == nil {
      if reader == nil { startReader(isWholeFile: true) }
      reader?.finish()
      drain()
    }
    isAtEnd = resumeOffset == nil
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
          for (table, key) in rows.unknownReferences(of: row) {
            wanted[table, default: []].insert(key)
          }
          elements.append(element)
        case .problem: elements.append(element)
        }
      }
    } catch {
      convertRows()
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
}

extension FileImport {
  /// Makes steps of the rows that are complete; behind the end of the file of all that is left. The last
  /// step comes even when nothing is left, so that every file begins its quarantine anew.
  mutating func convert() -> [ImportStep] {
    convertRows()
    wanted = [:]
    var steps: [ImportStep] = []
    if report.failure == nil {
      for batch in isAtEnd ? rows.takeAll() : rows.takeFull() {
        steps.append(step(batch))
      }
    }
    if isAtEnd {
      rows.complete(&report)
      noteUnlisted()
    }
    let isWorthAStep = quarantined.count >= Self.quarantineBatch
    if isWorthAStep || isAtEnd && (!quarantined.isEmpty || !hasBegun) { steps.append(step(nil)) }
    return steps
  }

  /// Counts what the store made of a step.
  mutating func add(_ result: ImportResult) {
    report.stored = report.stored + result.rows
    if result.conversions != ImportCount() {
      report.conversions = (report.conversions ?? ImportCount()) + result.conversions
    }
    report.quarantined += result.refused.count
    let room = max(0, Self.quarantineLimit - listed)
    if result.refused.count > room { firstUnlisted = firstUnlisted ?? result.refused[room].line }
    listed += min(room, result.refused.count)
  }

  private mutating func convertRows() {
    for element in elements {
      report.rowsRead += 1
      switch element {
      case .header: break
      case .row(let row):
        do throws(CellProblem) {
          try rows.add(row)
        } catch {
          quarantine(line: row.line, column: error.column, reason: error.reason)
        }
      case .problem(let problem):
        let column = problem.column.flatMap { columns.indices.contains($0) ? columns[$0] : nil }
        quarantine(line: problem.line, column: column, reason: problem.message)
      }
    }
    elements.removeAll(keepingCapacity: true)
  }

  /// A step with all that waits for the quarantine.
  private mutating func step(_ batch: PendingRows.Batch?) -> ImportStep {
    var step = ImportStep(source: source, rows: batch?.rows, lines: batch?.lines ?? [])
    step.isFirst = !hasBegun
    step.quarantined = quarantined
    step.quarantineRoom = max(0, Self.quarantineLimit - listed)
    hasBegun = true
    quarantined = []
    return step
  }

  private mutating func quarantine(line: Int, column: String?, reason: String) {
    report.quarantined += 1
    guard listed < Self.quarantineLimit else {
      firstUnlisted = firstUnlisted ?? line
      return
    }
    listed += 1
    quarantined.append(
      QuarantinedRow(file: report.file, line: line, column: column, reason: reason))
  }

  private mutating func noteUnlisted() {
    guard let line = firstUnlisted else { return }
    let unlisted = report.quarantined - Self.quarantineLimit
    quarantined.append(
      QuarantinedRow(
        file: report.file, line: line, column: nil,
        reason: "from here on \(unlisted) more rows could not be imported; they are not listed"))
  }
}
