import JSONRPC

/// Turns the rows of a lead file into leads, and into outcomes where it says which converted.
struct LeadFileRows: RowConverter {
  private let mapping: ColumnMapping
  private let receivedAt: Timestamp
  private let identity: @Sendable (Lead) -> LeadIdentity
  private let missing: Set<String>
  private var pending: PendingRows
  private var header: [String] = []
  private var places: [LeadColumn: Int] = [:]
  /// Fields whose column was recognised and not named by the mapping: a value that does not fit
  /// them is kept as an attribute.
  private var inferred: Set<LeadColumn> = []
  private var attributePlaces: [Int] = []
  private var keys: Set<UInt64> = []
  private var contents: Set<UInt64> = []

  init(
    mapping: ColumnMapping, receivedAt: Timestamp, batchSize: Int,
    identity: @escaping @Sendable (Lead) -> LeadIdentity
  ) {
    self.mapping = mapping
    self.receivedAt = receivedAt
    self.identity = identity
    self.missing = Set(mapping.missing.map { $0.lowercased() })
    self.pending = PendingRows(batchSize: batchSize)
  }

  mutating func begin(columns names: [String]) throws(CellProblem) {
    header = names
    var open = Set(names.indices)
    for (name, target) in mapping.columns.sorted(by: { $0.key < $1.key }) {
      let place = try place(of: name)
      open.remove(place)
      switch target {
      case .field(let field):
        guard places.updateValue(place, forKey: field) == nil else {
          throw CellProblem(
            column: nil, reason: "the mapping names two columns for '\(field.rawValue)'")
        }
      case .attribute: attributePlaces.append(place)
      case .ignore: break
      }
    }
    if let name = mapping.idColumn {
      let place = try place(of: name)
      open.remove(place)
      places[.id] = place
    }
    if mapping.infer {
      let found = LeadColumn.infer(names, taken: Set(places.keys), among: open.sorted())
      for (field, place) in found where open.contains(place) {
        places[field] = place
        inferred.insert(field)
        open.remove(place)
      }
    }
    guard places.keys.contains(where: { $0 != .createdAt }) else {
      throw CellProblem(
        column: nil,
        reason: "none of the \(names.count) names in the header is a known lead column; "
          + "expected a header such as 'email,company,source', or a mapping that names the columns")
    }
    attributePlaces = (attributePlaces + open).sorted()
  }

  private func place(of name: String) throws(CellProblem) -> Int {
    if let place = header.firstIndex(of: name) { return place }
    throw CellProblem(
      column: nil,
      reason: "the mapping names the column '\(name.shortened(to: 40))', which the header lacks")
  }

  mutating func add(_ row: CSVRow) throws(CellProblem) {
    var content = Fingerprint()
    for place in 0..<row.count { content.add(field: row[place]) }
    var reader = LeadRowReader(
      row: row, header: header, places: places, inferred: inferred, mapping: mapping,
      missing: missing)
    var lead = try reader.lead(receivedAt: receivedAt)
    var outcome = try reader.outcome(of: lead)
    for place in attributePlaces { reader.keepAsAttribute(place) }
    lead.attributes = reader.attributes
    var identity = identity(lead)
    if places[.id] == nil {
      guard contents.insert(content.folded).inserted else {
        throw CellProblem(column: nil, reason: "an earlier row is the same in every cell")
      }
      lead.id = madeID(of: row, email: identity.email ?? lead.contact.email)
      // An identity may depend on the lead's name.
      identity = self.identity(lead)
    }
    var key = Fingerprint()
    key.add(field: lead.id.rawValue.utf8)
    guard keys.insert(key.folded).inserted else {
      throw CellProblem(
        column: places[.id].map { header[$0] },
        reason: "an earlier row has the same identifier, each row needs its own")
    }
    pending.add(lead, identity: identity)
    outcome?.leadID = lead.id
    if let outcome { pending.add(outcome) }
  }

  mutating func takeFull() -> [ImportBatch] { pending.takeFull() }

  mutating func takeAll() -> [ImportBatch] { pending.takeAll() }

  func complete(_ report: inout ImportReport.Table) {
    report.mappedColumns = [:]
    for (field, place) in places { report.mappedColumns?[header[place]] = field }
    let attributes = Set(attributePlaces)
    report.ignoredColumns = header.indices
      .filter { !attributes.contains($0) && !places.values.contains($0) }
      .map { header[$0] }
  }

  /// A name for a lead that has none, the same whenever the file is read again: from the e-mail
  /// address, and for a second row with the same address, or none, from the row's content.
  private func madeID(of row: CSVRow, email: String?) -> LeadID {
    if let email {
      var fingerprint = Fingerprint()
      fingerprint.add(field: "email".utf8)
      fingerprint.add(field: email.lowercased().utf8)
      let id = LeadID(rawValue: "lead_\(fingerprint.text)")
      var key = Fingerprint()
      key.add(field: id.rawValue.utf8)
      if !keys.contains(key.folded) { return id }
    }
    var fingerprint = Fingerprint()
    for place in header.indices.sorted(by: { header[$0] < header[$1] }) {
      fingerprint.add(field: header[place].utf8)
      fingerprint.add(field: row[place])
    }
    return LeadID(rawValue: "lead_\(fingerprint.text)")
  }
}
