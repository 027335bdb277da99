import JSONRPC

/// Why a cell does not fit its column. Names no personal value.
struct CellProblem: Error, Hashable {
  /// The column; `nil` when the row as a whole is wrong.
  let column: String?
  /// What was found and what would be accepted.
  let reason: String
}

/// The columns of one file and where they stand.
struct ColumnPlaces: Sendable {
  /// The names that the places belong to.
  let names: [String]
  /// For each name its place in a row; `nil` for a column that the file does not have.
  let places: [Int?]
  /// The columns of the file beyond the names.
  let extras: [(name: String, place: Int)]

  /// Finds names in a header.
  init(_ names: [String], in header: [String]) {
    var found: [String: Int] = [:]
    for (place, name) in header.enumerated() { found[name] = place }
    self.names = names
    self.places = names.map { found[$0] }
    let known = Set(names)
    self.extras = header.enumerated().compactMap { place, name in
      known.contains(name) ? nil : (name, place)
    }
  }
}

/// One row, read by the position of a column among the names that are wanted.
struct Cells {
  let row: CSVRow
  let columns: ColumnPlaces

  /// The cell's bytes without the spaces around them; empty for an absent column.
  func bytes(_ column: Int) -> ArraySlice<UInt8> {
    guard let place = columns.places[column] else { return [] }
    return row[place].trimmingASCIISpace
  }

  /// The cell as text; `nil` when it is empty.
  func text(_ column: Int) -> String? {
    let bytes = bytes(column)
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// A value that must be there.
  func required<Value>(_ value: Value?, _ column: Int) throws(CellProblem) -> Value {
    if let value { return value }
    throw problem(column, "the cell is empty, a value is needed")
  }

  /// An identifier; `nil` when the cell is empty.
  func identifier<Entity>(_ column: Int) throws(CellProblem) -> Identifier<Entity>? {
    guard let text = text(column) else { return nil }
    guard let id = Identifier<Entity>(checking: text) else {
      throw problem(
        column,
        "found \(text.utf8.count) bytes with other characters or more than 64, "
          + "accepted are 1 to 64 letters, digits, '_' and '-'")
    }
    return id
  }

  /// A moment; `nil` when the cell is empty.
  func timestamp(_ column: Int) throws(CellProblem) -> Timestamp? {
    guard let text = text(column) else { return nil }
    guard let moment = Timestamp(iso8601: text) else {
      throw problem(
        column,
        "found \(CellText.described(text)), "
          + "expected an existing date and time such as 2025-07-15T11:13:15 (UTC unless a zone is given)"
      )
    }
    return moment
  }

  /// A finite decimal number; `nil` when the cell is empty.
  func number(
    _ column: Int, in range: ClosedRange<Double>? = nil
  ) throws(CellProblem) -> Double? {
    guard let text = text(column) else { return nil }
    guard let number = CellText.decimal(text) else {
      throw problem(column, "found \(CellText.described(text)), expected a number such as 1234.5")
    }
    if let range, !range.contains(number) {
      throw problem(
        column, "found a number outside \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A count of things; 0 when the cell is empty.
  func count(_ column: Int) throws(CellProblem) -> Int {
    guard let number = try number(column) else { return 0 }
    let largest = CampaignMetricCheck.largestCount
    guard number >= 0, number <= Double(largest), number == number.rounded() else {
      throw problem(
        column,
        "found \(CellText.described("\(number)")), expected a whole number of 0 to \(largest)")
    }
    return Int(number)
  }

  /// An amount of money that is not below nothing; `nil` when the cell is empty.
  func amount(_ column: Int) throws(CellProblem) -> Double? {
    try number(column, in: 0...CampaignMetricCheck.largestAmount)
  }

  /// An amount in US dollars; `nil` when the cell is empty.
  func dollars(_ column: Int) throws(CellProblem) -> Money? {
    try number(column).map { Money(amount: $0, currency: "USD") }
  }

  /// A flag; `nil` when the cell is empty.
  func flag(_ column: Int) throws(CellProblem) -> Bool? {
    guard let text = text(column) else { return nil }
    guard let flag = CellText.flag(text) else {
      throw problem(
        column, "found \(CellText.described(text)), accepted are true, false, yes, no, 1 and 0")
    }
    return flag
  }

  /// One of a type's values, in any case and with spaces or hyphens for underscores; `nil` when the
  /// cell is empty.
  func choice<Value: RawRepresentable & CaseIterable>(
    _ column: Int, _ type: Value.Type = Value.self
  ) throws(CellProblem) -> Value? where Value.RawValue == String {
    let bytes = bytes(column)
    guard !bytes.isEmpty else { return nil }
    if let value = Value(rawValue: CellText.folded(bytes)) { return value }
    throw problem(
      column,
      "found \(CellText.described(String(decoding: bytes, as: UTF8.self))), accepted are "
        + Value.allCases.map(\.rawValue).joined(separator: ", "))
  }

  /// A channel in words; `nil` when the cell is empty.
  func channel(_ column: Int) throws(CellProblem) -> Channel? {
    let bytes = bytes(column)
    guard !bytes.isEmpty else { return nil }
    if let channel = CellText.channel(bytes) { return channel }
    throw unknownChannel(column, String(decoding: bytes, as: UTF8.self))
  }

  /// A complaint about a word that should be a channel.
  func unknownChannel(_ column: Int, _ word: String) -> CellProblem {
    problem(
      column,
      "found \(CellText.described(word)), accepted are "
        + Channel.allCases.map(\.rawValue).joined(separator: ", "))
  }

  /// A JSON value; `nil` when the cell is empty.
  func json(_ column: Int) throws(CellProblem) -> JSONValue? {
    let bytes = bytes(column)
    guard !bytes.isEmpty else { return nil }
    return try Self.json(bytes, column: columns.names[column])
  }

  /// JSON from a cell that is not empty.
  static func json(_ bytes: ArraySlice<UInt8>, column: String) throws(CellProblem) -> JSONValue {
    do {
      return try JSONParser().parse(bytes)
    } catch {
      throw CellProblem(
        column: column,
        reason: "found no valid JSON at byte \(error.offset), expected JSON (RFC 8259)")
    }
  }

  /// A complaint about a column.
  func problem(_ column: Int, _ reason: String) -> CellProblem {
    CellProblem(column: columns.names[column], reason: reason)
  }
}
