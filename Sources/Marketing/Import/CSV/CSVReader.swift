/// Reads CSV (RFC 4180) from a byte stream in bounded memory. Lines end with LF, CRLF or CR, also
/// mixed; fields may be quoted and then hold line ends, delimiters and doubled quotes; a UTF-8 byte
/// order mark and empty lines are skipped.
///
/// Push chunks of any size and take what `next()` finds until it returns `nil`; call `finish()` behind
/// the last chunk and take the rest. A bad row is one `problem` and never stops the file.
///
/// A quoted field that is too long is read on to its closing quote without being kept: its lines are
/// content, whatever they look like. Where a quoted field that runs over several lines turns out to be
/// broken (text stands behind a quote, or the file ends), its first quote is one too many, and reading goes
/// on at the field's second line: a stray quote costs one row and not the rest of the file. When that line
/// is not in memory any more, `resumeOffset` says where to push from. A quote that content holds is doubled,
/// so nothing that stands within a field can bring this about.
///
/// It is one state machine over one set of private state, which is why it stands in one long file.
package struct CSVReader: Sendable {
  /// What bounds a reader's memory.
  package struct Limits: Sendable, Hashable {
    /// The longest field, in bytes.
    package var fieldBytes = 1 << 20
    /// The longest row, in bytes.
    package var rowBytes = 8 << 20
    /// The most columns that a header may name.
    package var columns = 4096

    /// 1 MiB a field, 8 MiB a row, 4,096 columns.
    package init() {}
  }

  private enum State {
    case rowStart, fieldStart, unquoted, quoted, quoteInQuoted
  }

  /// A NUL byte among this many first bytes means a binary file.
  private static let textProbe = 8000

  private let delimiter: UInt8
  private let highestSpecial: UInt8
  private let limits: Limits

  /// Bytes not yet consumed, and behind a line end within quotes all since then.
  private var input: [UInt8] = []
  /// How many bytes of the file stand before `input`.
  private var base = 0
  private var at = 0
  private var isAtEnd = false
  private var isAtFileStart = true
  private var failure: CSVFileError?

  /// Where in the file the next pushed byte must stand, in bytes, when that is not behind the last one
  /// pushed. To be looked at whenever `next()` returns `nil`, also behind the end of the file, which
  /// `finish()` must then announce again.
  package private(set) var resumeOffset: Int?

  /// The line that the header stands on, from 1; of use once it has been read.
  package private(set) var headerLine = 1
  private var columns: Int?
  private var state = State.rowStart
  private var line = 1
  private var endedWithCR = false

  private var rowLine = 1
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var fields = 0
  private var highBits: UInt8 = 0
  private var problem: CSVProblem.Reason?
  private var problemField = 0
  /// Whether the row is too long to be kept.
  private var isDiscarding = false
  /// Where the second line of the quoted field that is being read starts in the file.
  private var secondLine: (offset: Int, line: Int, isBehindCR: Bool)?
  /// The line that the row ended on.
  private var lastLine = 1

  /// A reader.
  /// - Parameter delimiter: what separates fields; ASCII, no quote and no line end.
  package init(delimiter: UInt8 = UInt8(ascii: ","), limits: Limits = Limits()) {
    self.delimiter = delimiter
    self.limits = limits
    self.highestSpecial = max(delimiter, UInt8(ascii: "\""))
  }

  /// Takes the next bytes of the file.
  package mutating func push(_ chunk: UnsafeRawBufferPointer) {
    discardConsumed()
    resumeOffset = nil
    input.append(contentsOf: chunk)
  }

  /// Takes the next bytes of the file.
  package mutating func push(_ chunk: some Sequence<UInt8>) {
    discardConsumed()
    resumeOffset = nil
    input.append(contentsOf: chunk)
  }

  /// Says that no more bytes will come.
  package mutating func finish() { isAtEnd = true }

  /// What stands next in the file; `nil` when that depends on bytes that have not come yet, or when
  /// there is nothing more.
  /// - Throws: `CSVFileError` when this is no CSV file: no header, a header that names a column twice
  ///   or is no text, a NUL byte among the first 8,000 bytes. Every later call throws the same.
  package mutating func next() throws(CSVFileError) -> CSVElement? {
    if let failure { throw failure }
    guard resumeOffset == nil else { return nil }
    guard skipByteOrderMark() else { return nil }
    let source = input
    do throws(CSVFileError) {
      let found = source.withUnsafeBytes { bytes in
        Result { () throws(CSVFileError) -> Bool in try scan(bytes) }
      }
      guard try found.get() else {
        guard isAtEnd, columns == nil else { return nil }
        throw CSVFileError(
          line: 1, message: "the file is empty, expected a header row with the columns' names")
      }
      return try takeRow()
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func discardConsumed() {
    // A field that is kept may have to be read again from its second line.
    let consumed = isDiscarding ? at : secondLine.map { $0.offset - base } ?? at
    guard consumed > 0 else { return }
    input.removeFirst(consumed)
    base += consumed
    at -= consumed
  }

  /// - Returns: whether reading can go on.
  private mutating func skipByteOrderMark() -> Bool {
    guard isAtFileStart else { return true }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if !isAtEnd, input.count < mark.count, mark.starts(with: input) { return false }
    if input.starts(with: mark) { at = mark.count }
    isAtFileStart = false
    return true
  }
}

extension CSVReader {
  /// Reads on to the end of a row.
  /// - Returns: whether there is one; otherwise the input is used up.
  private mutating func scan(_ input: UnsafeRawBufferPointer) throws(CSVFileError) -> Bool {
    while true {
      guard at < input.count else { return isAtEnd && endAtEndOfFile() }
      switch state {
      case .rowStart: startRow(input[at])
      case .fieldStart:
        if input[at] == UInt8(ascii: "\"") {
          state = .quoted
          at += 1
        } else {
          state = .unquoted
        }
      case .unquoted:
        if try scanUnquoted(input) { return true }
      case .quoted:
        if try scanQuoted(input) { return true }
      case .quoteInQuoted:
        if scanBehindQuote(input[at]) { return true }
      }
    }
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// Skips an empty line, or begins a row without consuming anything.
  private mutating func startRow(_ byte: UInt8) {
    if isLineEnd(byte) {
      consumeLineEnd(byte)
    } else {
      // A line feed right behind the last row's carriage return has been skipped by now.
      endedWithCR = false
      beginRow()
    }
  }

  private mutating func beginRow() {
    rowLine = line
    // Where the last row is still held, keeping the capacity means allocating it anew.
    bytes.removeAll(keepingCapacity: bytes.capacity <= 16 << 10)
    ends.removeAll(keepingCapacity: true)
    fields = 0
    highBits = 0
    problem = nil
    isDiscarding = false
    state = .fieldStart
  }

  private mutating func scanUnquoted(
    _ input: UnsafeRawBufferPointer
  ) throws(CSVFileError) -> Bool {
    let start = at
    var end = at
    var seen: UInt8 = 0
    while end < input.count {
      let byte = input[end]
      if byte <= highestSpecial,
        byte == delimiter || byte == 0x22 || byte == 0x0A || byte == 0x0D || byte == 0
      {
        break
      }
      seen |= byte
      end += 1
    }
    highBits |= seen
    append(input, start..<end)
    at = end
    discardIfTooLong()
    guard end < input.count else { return false }
    switch input[end] {
    case delimiter:
      endField()
      at += 1
    case 0x22:
      note(.strayQuote)
      at += 1
    case 0:
      try noteNUL()
    default:
      endField()
      return endRow(input[end])
    }
    return false
  }

  private mutating func scanQuoted(_ input: UnsafeRawBufferPointer) throws(CSVFileError) -> Bool {
    let start = at
    var end = at
    var seen: UInt8 = 0
    while end < input.count {
      let byte = input[end]
      if byte <= 0x22, byte == 0x22 || byte == 0x0A || byte == 0x0D || byte == 0 { break }
      seen |= byte
      end += 1
    }
    highBits |= seen
    append(input, start..<end)
    if end > start { endedWithCR = false }
    at = end
    discardIfTooLong()
    guard end < input.count else { return false }
    switch input[end] {
    case 0x22:
      endedWithCR = false
      state = .quoteInQuoted
      at += 1
    case 0: try noteNUL()
    case let byte:
      append(byte)
      consumeLineEnd(byte)
      if secondLine == nil { secondLine = (base + at, line, byte == 0x0D) }
    }
    return false
  }

  private mutating func scanBehindQuote(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22:
      append(byte)
      state = .quoted
      at += 1
    case delimiter:
      endField()
      at += 1
    case 0x0A, 0x0D:
      endField()
      return endRow(byte)
    default:
      if secondLine != nil { return goBack(.unclosedQuote) }
      note(.strayQuote)
      state = .unquoted
    }
    return false
  }

  /// The file ends here.
  /// - Returns: whether a row ends with it.
  private mutating func endAtEndOfFile() -> Bool {
    switch state {
    case .rowStart: return false
    case .quoted:
      if secondLine != nil { return goBack(.unclosedQuote) }
      note(.unclosedQuote)
    case .fieldStart, .unquoted, .quoteInQuoted: endField()
    }
    lastLine = line
    leaveRow()
    return true
  }

  private mutating func append(_ input: UnsafeRawBufferPointer, _ range: Range<Int>) {
    guard !range.isEmpty, !isDiscarding else { return }
    bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[range]))
  }

  private mutating func append(_ byte: UInt8) {
    if !isDiscarding { bytes.append(byte) }
  }

  private mutating func endField() {
    secondLine = nil
    // Fields beyond the header's are only counted: such a row is refused.
    if fields < columns ?? limits.columns { ends.append(bytes.count) }
    fields += 1
    state = .fieldStart
  }

  private mutating func endRow(_ lineEnd: UInt8) -> Bool {
    lastLine = line
    consumeLineEnd(lineEnd)
    leaveRow()
    return true
  }

  private mutating func leaveRow() {
    state = .rowStart
    secondLine = nil
  }

  private mutating func consumeLineEnd(_ byte: UInt8) {
    if !(byte == 0x0A && endedWithCR) { line += 1 }
    endedWithCR = byte == 0x0D
    at += 1
  }

  private mutating func note(_ reason: CSVProblem.Reason) {
    guard problem == nil else { return }
    problem = reason
    problemField = fields
  }

  private mutating func noteNUL() throws(CSVFileError) {
    guard columns != nil, base + at >= Self.textProbe else {
      throw CSVFileError(
        line: line,
        message: "found a NUL byte: this is a binary file or not UTF-8, expected CSV text in UTF-8")
    }
    note(.nul)
    at += 1
  }

  private mutating func discardIfTooLong() {
    guard !isDiscarding else { return }
    let isFieldTooLong = bytes.count - (ends.last ?? 0) > limits.fieldBytes
    guard isFieldTooLong || bytes.count > limits.rowBytes else { return }
    note(
      bytes.count > limits.rowBytes
        ? .rowSize(limit: limits.rowBytes, lastLine: rowLine)
        : .fieldSize(limit: limits.fieldBytes, lastLine: rowLine))
    isDiscarding = true
    bytes = []
    ends = []
  }

  /// Ends the row with a problem and goes on at the second line of the field that is broken.
  private mutating func goBack(_ reason: CSVProblem.Reason) -> Bool {
    guard let second = secondLine else { return false }
    if isDiscarding { problem = nil }
    note(reason)
    line = second.line
    endedWithCR = second.isBehindCR
    if second.offset >= base {
      at = second.offset - base
    } else {
      resumeOffset = second.offset
      input = []
      base = second.offset
      at = 0
      isAtEnd = false
    }
    leaveRow()
    return true
  }
}

extension CSVReader {
  private mutating func takeRow() throws(CSVFileError) -> CSVElement {
    guard let columns else { return .header(try header()) }
    if problem == nil, fields != columns {
      return .problem(
        CSVProblem(
          line: rowLine, column: nil, reason: .fieldCount(found: fields, expected: columns)))
    }
    let row = CSVRow(line: rowLine, bytes: bytes, ends: ends)
    if problem == nil, highBits >= 0x80,
      let bad = (0..<row.count).first(where: { !isUTF8(row[$0]) })
    {
      problem = .encoding
      problemField = bad
    }
    guard let problem else { return .row(row) }
    return .problem(
      CSVProblem(line: rowLine, column: problemField, reason: ending(problem)))
  }

  /// The reason with the line that the row ends on, for one that is too long.
  private func ending(_ reason: CSVProblem.Reason) -> CSVProblem.Reason {
    switch reason {
    case .fieldSize(let limit, _): .fieldSize(limit: limit, lastLine: lastLine)
    case .rowSize(let limit, _): .rowSize(limit: limit, lastLine: lastLine)
    default: reason
    }
  }

  private func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
    (try? UTF8Span(validating: bytes.span)) != nil
  }

  private mutating func header() throws(CSVFileError) -> [String] {
    if let problem {
      throw fileError(CSVProblem(line: rowLine, column: problemField, reason: problem).message)
    }
    guard fields <= limits.columns else {
      throw fileError("the header names \(fields) columns, at most \(limits.columns) are accepted")
    }
    let row = CSVRow(line: rowLine, bytes: bytes, ends: ends)
    var names: [String] = []
    var known: [String: Int] = [:]
    for index in 0..<row.count {
      guard isUTF8(row[index]) else {
        throw fileError(
          "column \(index + 1) of the header is not UTF-8 text; save the file as CSV in UTF-8")
      }
      let trimmed = row[index].trimmingASCIISpace
      let name =
        trimmed.isEmpty ? "column_\(index + 1)" : String(decoding: trimmed, as: UTF8.self)
      // Where there is no header this is a row of data, of which nothing may be repeated.
      if let first = known.updateValue(index, forKey: name) {
        throw fileError(
          "columns \(first + 1) and \(index + 1) of the header have one name twice, "
            + "each name is accepted once")
      }
      names.append(name)
    }
    columns = names.count
    headerLine = rowLine
    return names
  }

  private func fileError(_ message: String) -> CSVFileError {
    CSVFileError(line: rowLine, message: message)
  }
}
