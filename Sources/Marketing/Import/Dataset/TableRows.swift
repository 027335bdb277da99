import JSONRPC

/// Turns the rows of a table of the data set into values, checks their keys and references.
struct TableRows: RowConverter {
  let table: DatasetTable
  /// Knows the keys of the tables before, and those of this one once it is complete.
  private(set) var checker: ReferenceChecker
  private var pending: PendingRows
  private let memory: MemoryRows
  private var columns = ColumnPlaces([], in: [])
  private var keyPlaces: [Int] = []
  private var references: [(reference: DatasetTable.Reference, place: Int)] = []
  private var header: [String] = []
  private var leadPlace: Int?
  private var jsonPlaces: Set<Int> = []
  /// The columns in an order that the file's own does not change.
  private var contentPlaces: [Int] = []
  private var keys: Set<UInt64> = []
  private var occurrences = OccurrenceCounter()
  private var dangling: [DanglingReference] = []
  private var unchecked: Set<String> = []

  init(
    table: DatasetTable, checker: ReferenceChecker, batchSize: Int, memory: MemoryRows,
    identity: @escaping @Sendable (Lead) -> LeadIdentity
  ) {
    self.table = table
    self.checker = checker
    self.checker.begin(table)
    self.memory = memory
    self.pending = PendingRows(batchSize: batchSize, identity: identity)
  }

  mutating func begin(columns names: [String]) throws(CellProblem) {
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() { places[name] = place }
    let missing = table.columns.filter { places[$0] == nil }
    guard missing.isEmpty else {
      throw CellProblem(
        column: nil,
        reason: "the header lacks \(missing.joined(separator: ", ")); "
          + "\(table.fileName) needs the columns \(table.columns.joined(separator: ", "))")
    }
    header = names
    columns = ColumnPlaces(table.columns + table.optionalColumns, in: names)
    if case .columns(let keyColumns) = table.key {
      keyPlaces = keyColumns.compactMap { places[$0] }
    }
    references = table.references.compactMap { reference in
      places[reference.column].map { (reference, $0) }
    }
    dangling = references.map {
      DanglingReference(column: $0.reference.column, refersTo: $0.reference.table)
    }
    leadPlace = places["lead_id"]
    jsonPlaces = Set(names.indices.filter { names[$0].hasSuffix("_json") })
    contentPlaces =
      table.columns.compactMap { places[$0] }
      + columns.extras.sorted { $0.name < $1.name }.map(\.place)
  }

  mutating func add(_ row: CSVRow) throws(CellProblem) {
    let key = try key(of: row)
    let cells = Cells(row: row, columns: columns)
    switch table {
    case .leads:
      let lead = try TypedRows.lead(cells)
      try admit(row, key)
      pending.add(lead, line: row.line)
    case .interactions:
      let interaction = try TypedRows.interaction(cells)
      try admit(row, key)
      pending.add(interaction, line: row.line)
    case .conversions:
      let outcome = try TypedRows.outcome(cells)
      try admit(row, key)
      pending.add(outcome, line: row.line)
    case .campaigns:
      let campaign = try TypedRows.campaign(cells)
      try admit(row, key)
      pending.add(campaign, line: row.line)
    case .campaignDaily:
      var raw = try rawRow(row)
      let metric = try TypedRows.campaignMetric(cells)
      try admit(row, key)
      raw.key = keyText(of: row)
      pending.add(ReportedRow(row: raw, metric: metric), of: table, line: row.line)
    case .semanticTriples:
      var raw = try rawRow(row)
      raw.key = contentKey(of: row)
      pending.add(
        TripleRow(row: raw, relation: try TripleRows.relation(cells, key: raw.key)),
        line: row.line)
    case .memoryShortTerm, .memoryLongTerm, .memoryEpisodic:
      var raw = try rawRow(row)
      raw.key = keyText(of: row)
      let remembered = try memory.remembered(raw, of: table, cells)
      try admit(row, key)
      pending.add(remembered, of: table, line: row.line)
    default:
      var raw = try rawRow(row)
      try admit(row, key)
      raw.key = key.map { _ in keyText(of: row) } ?? contentKey(of: row)
      pending.add(raw, of: table, line: row.line)
    }
  }

  func unknownReferences(of row: CSVRow) -> [(table: DatasetTable, key: String)] {
    var unknown: [(table: DatasetTable, key: String)] = []
    for (reference, place) in references {
      let field = row[place].trimmingASCIISpace
      if checker.isOpen(field, in: reference.table) {
        unknown.append((reference.table, String(decoding: field, as: UTF8.self)))
      }
    }
    return unknown
  }

  /// Takes the answer to a look-up of keys that rows refer to.
  mutating func answer(_ wanted: Set<String>, stored: Set<String>, of table: DatasetTable) {
    checker.answer(wanted, stored: stored, of: table)
  }

  /// Says that the stored leads of these names are not those of this import.
  mutating func disown(_ leads: Set<LeadID>) { checker.disown(leads) }

  mutating func takeFull() -> [PendingRows.Batch] { pending.takeFull() }

  mutating func takeAll() -> [PendingRows.Batch] {
    if DatasetTable.referred.contains(table) { checker.insert(keys, of: table) }
    keys = []
    return pending.takeAll()
  }

  func complete(_ report: inout ImportReport.Table) {
    report.dangling = dangling.filter { $0.count > 0 }
    report.uncheckedReferences = unchecked.sorted()
    if table == .campaigns || table == .conversions {
      report.ignoredColumns = columns.extras.map(\.name)
    }
  }
}

extension TableRows {
  /// The fingerprint of the row's key; `nil` where the whole content is the key.
  private func key(of row: CSVRow) throws(CellProblem) -> UInt64? {
    guard !keyPlaces.isEmpty else { return nil }
    var fingerprint = Fingerprint()
    for place in keyPlaces {
      let field = row[place].trimmingASCIISpace
      guard !field.isEmpty else {
        throw CellProblem(
          column: header[place], reason: "the cell is empty, each row needs a value that names it")
      }
      fingerprint.add(field: field)
    }
    return fingerprint.folded
  }

  /// Checks a row that is right in itself against the others. Only then does its key count as taken.
  private mutating func admit(_ row: CSVRow, _ key: UInt64?) throws(CellProblem) {
    if let key, keys.contains(key) {
      let names = keyPlaces.map { header[$0] }.joined(separator: ", ")
      throw CellProblem(
        column: keyPlaces.count == 1 ? names : nil,
        reason: "an earlier row has the same \(names), each row needs its own")
    }
    var lead = ReferenceChecker.Finding.found
    for (index, (reference, place)) in references.enumerated() {
      let field = row[place].trimmingASCIISpace
      guard !field.isEmpty else { continue }
      let finding = checker.check(field, in: reference.table)
      switch finding {
      case .found: break
      case .dangling, .disowned: dangling[index].add(line: row.line)
      case .unknownTable: unchecked.insert(reference.column)
      }
      if table.isTyped, reference.table == .leads { lead = finding }
    }
    switch lead {
    case .found: break
    case .disowned:
      throw CellProblem(
        column: "lead_id",
        reason: "names a lead whose own row was refused, as another person is stored under its name"
      )
    case .dangling, .unknownTable:
      throw CellProblem(
        column: "lead_id",
        reason:
          "names no lead that was imported, accepted are the lead_id of good rows of leads.csv "
          + "and those of stored leads")
    }
    if let key { keys.insert(key) }
  }

  private func rawRow(_ row: CSVRow) throws(CellProblem) -> RawRow {
    var cells = JSONObject()
    cells.reserveCapacity(header.count)
    for (place, name) in header.enumerated() {
      let bytes = row[place]
      if !bytes.isEmpty, jsonPlaces.contains(place) {
        cells[name] = try Cells.json(bytes, column: name)
      } else {
        cells[name] = .string(String(decoding: bytes, as: UTF8.self))
      }
    }
    let leadID = leadPlace.flatMap {
      LeadID(checking: String(decoding: row[$0].trimmingASCIISpace, as: UTF8.self))
    }
    return RawRow(key: "", leadID: leadID, cells: cells)
  }

  /// The key columns' values; several are joined by `|`, which is escaped within them.
  private func keyText(of row: CSVRow) -> String {
    let values = keyPlaces.map { String(decoding: row[$0].trimmingASCIISpace, as: UTF8.self) }
    if values.count == 1 { return values[0] }
    return values.map { value in
      var escaped = ""
      for character in value.unicodeScalars {
        if character == "|" || character == "\\" { escaped.unicodeScalars.append("\\") }
        escaped.unicodeScalars.append(character)
      }
      return escaped
    }.joined(separator: "|")
  }

  /// A key made from all cells, and for the second of equal rows on from its number among them.
  private mutating func contentKey(of row: CSVRow) -> String {
    var fingerprint = Fingerprint()
    for place in contentPlaces {
      fingerprint.add(field: header[place].utf8)
      fingerprint.add(field: row[place])
    }
    let count = occurrences.count(fingerprint)
    return count == 1 ? fingerprint.text : "\(fingerprint.text)-\(count)"
  }
}
