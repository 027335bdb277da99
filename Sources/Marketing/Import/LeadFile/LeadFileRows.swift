import JSONRPC

/// Turns the rows of a lead file into leads, with their conversions where it says which converted.
struct LeadFileRows: RowConverter {
  private let mapping: ColumnMapping
  private let receivedAt: Timestamp
  private let identity: @Sendable (Lead) -> LeadIdentity
  private let missing: Set<String>
  private var pending: PendingRows
  private var header: [String] = []
  private var places = LeadColumnPlaces()
  private var attributePlaces: [Int] = []
  /// Names of leads that rows have had, and the contents of rows that their content names.
  private var keys: Set<UInt64> = []

  init(
    mapping: ColumnMapping, receivedAt: Timestamp, batchSize: Int,
    identity: @escaping @Sendable (Lead) -> LeadIdentity
  ) {
    self.mapping = mapping
    self.receivedAt = receivedAt
    self.identity = identity
    self.missing = Set(mapping.missing.map { $0.lowercased() })
    self.pending = PendingRows(batchSize: batchSize, identity: identity)
  }

  mutating func begin(columns names: [String]) throws(CellProblem) {
    header = names
    places = try LeadColumnPlaces(names, mapping: mapping)
    attributePlaces = places.attributes
  }

  func unknownReferences(of row: CSVRow) -> [(table: DatasetTable, key: String)] { [] }

  mutating func add(_ row: CSVRow) throws(CellProblem) {
    var reader = LeadRowReader(
      row: row, header: header, places: places, mapping: mapping, missing: missing)
    var imported = try reader.lead(receivedAt: receivedAt)
    for place in attributePlaces { reader.keepAsAttribute(place) }
    imported.lead.attributes = reader.attributes
    if imported.hasOwnName {
      guard take(imported.lead.id) else {
        throw CellProblem(
          column: places.fields[.id].map { header[$0] },
          reason: "an earlier row has the same identifier, each row needs its own")
      }
    } else {
      let email = identity(imported.lead).email ?? imported.lead.contact.email
      imported.lead.id = email.map(Self.name(ofEmail:)) ?? name(ofContent: row)
      imported.repeatsRow = !take(imported.lead.id)
      if email == nil, imported.repeatsRow {
        throw CellProblem(column: nil, reason: "an earlier row is the same in every cell")
      }
    }
    imported.conversion?.outcome.leadID = imported.lead.id
    pending.add(imported, line: row.line)
  }

  mutating func takeFull() -> [PendingRows.Batch] { pending.takeFull() }

  mutating func takeAll() -> [PendingRows.Batch] { pending.takeAll() }

  func complete(_ report: inout ImportReport.Table) {
    report.mappedColumns = [:]
    for (field, place) in places.fields { report.mappedColumns?[header[place]] = field }
    for place in places.refusals { report.mappedColumns?[header[place]] = .doNotContact }
    let used = Set(attributePlaces).union(places.fields.values).union(places.refusals)
    report.ignoredColumns = header.indices.filter { !used.contains($0) }.map { header[$0] }
  }

  /// - Returns: whether no earlier row has the name.
  private mutating func take(_ id: LeadID) -> Bool {
    var key = Fingerprint()
    key.add(field: id.rawValue.utf8)
    return keys.insert(key.folded).inserted
  }

  /// A name for a lead that has none, the same in every file and whatever else stands in the row.
  private static func name(ofEmail email: String) -> LeadID {
    var fingerprint = Fingerprint()
    fingerprint.add(field: "email".utf8)
    fingerprint.add(field: email.lowercased().utf8)
    return LeadID(rawValue: "lead_\(fingerprint.text)")
  }

  /// A name for a lead that has neither a name nor an e-mail address, the same whenever the file is read.
  private func name(ofContent row: CSVRow) -> LeadID {
    var fingerprint = Fingerprint()
    for place in header.indices.sorted(by: { header[$0] < header[$1] }) {
      fingerprint.add(field: header[place].utf8)
      fingerprint.add(field: row[place])
    }
    return LeadID(rawValue: "lead_\(fingerprint.text)")
  }
}
