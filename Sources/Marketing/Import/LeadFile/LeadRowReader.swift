import JSONRPC

/// Reads the fields of one lead from a row.
struct LeadRowReader {
  let row: CSVRow
  let header: [String]
  let places: [LeadColumn: Int]
  let inferred: Set<LeadColumn>
  let mapping: ColumnMapping
  let missing: Set<String>
  /// What has been kept as attributes so far.
  private(set) var attributes = JSONObject()

  init(
    row: CSVRow, header: [String], places: [LeadColumn: Int], inferred: Set<LeadColumn>,
    mapping: ColumnMapping, missing: Set<String>
  ) {
    self.row = row
    self.header = header
    self.places = places
    self.inferred = inferred
    self.mapping = mapping
    self.missing = missing
  }

  /// The lead. Without an identifier's column it is named `unnamed`, to be named by its content.
  /// - Parameter receivedAt: when it came in, where the file does not say.
  mutating func lead(receivedAt: Timestamp) throws(CellProblem) -> Lead {
    var lead = Lead(id: try id(), createdAt: try moment(.createdAt) ?? receivedAt)
    lead.lastActiveAt = try moment(.lastActiveAt)
    lead.contact.name = text(.name) ?? joined(.firstName, .lastName)
    lead.contact.email = text(.email)
    lead.contact.phone = text(.phone)
    lead.contact.jobTitle = text(.jobTitle)
    lead.contact.timeZone = text(.timeZone)
    lead.account.company = text(.company)
    lead.account.domain = text(.domain).map(Self.domain)
    lead.account.industry = text(.industry)
    lead.account.companySize = text(.companySize)
    lead.source = text(.source)
    lead.persona = text(.persona)
    lead.region = text(.region)
    lead.message = text(.message)
    lead.assignedAgent = text(.assignedAgent)
    lead.campaignID = try value(
      .campaignID, accepted: "1 to 64 letters, digits, '_' and '-'", CampaignID.init(checking:))
    lead.preferredChannel = try value(
      .preferredChannel,
      accepted: "one of " + Channel.allCases.map(\.rawValue).joined(separator: ", ")
    ) { CellText.channel($0.utf8) }
    lead.hasConsent = try flag(.hasConsent)
    lead.category = try choice(.category)
    lead.score = try value(.score, accepted: "a number from 0 to 100") { text in
      CellText.decimal(text).flatMap { (0...100).contains($0) ? $0 : nil }
    }
    lead.status = try choice(.status) ?? .new
    if try flag(.converted) == true { lead.status = .converted }
    return lead
  }

  /// The conversion, when the file says that the lead converted.
  mutating func outcome(of lead: Lead) throws(CellProblem) -> Outcome? {
    let converted = try flag(.converted)
    let convertedAt = try moment(.convertedAt)
    guard converted ?? (convertedAt != nil) else { return nil }
    let amount = try value(.conversionValueUSD, accepted: "a number such as 1234.5") {
      CellText.decimal($0)
    }
    return Outcome(
      leadID: lead.id, disposition: .converted,
      occurredAt: convertedAt ?? lead.lastActiveAt ?? lead.createdAt, campaignID: lead.campaignID,
      value: amount.map { Money(amount: $0, currency: "USD") })
  }

  /// Keeps a cell as an attribute under its column's name: numbers as numbers, other text as text,
  /// nothing when it is missing.
  mutating func keepAsAttribute(_ place: Int) {
    guard let text = text(at: place) else { return }
    attributes[header[place]] = Self.inferred(text)
  }

  private func text(at place: Int) -> String? {
    let text = String(decoding: row[place].trimmingASCIISpace, as: UTF8.self)
    return missing.contains(text) || missing.contains(text.lowercased()) || text.isEmpty
      ? nil : text
  }

  private func text(_ field: LeadColumn) -> String? {
    places[field].flatMap { text(at: $0) } ?? mapping.constants[field]
  }

  private func joined(_ first: LeadColumn, _ second: LeadColumn) -> String? {
    let parts = [text(first), text(second)].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  private mutating func id() throws(CellProblem) -> LeadID {
    guard let place = places[.id] else { return LeadID(rawValue: "unnamed") }
    guard let text = text(at: place) else {
      throw CellProblem(
        column: header[place], reason: "the cell is empty, each row needs a value that names it")
    }
    if let id = LeadID(checking: text) { return id }
    keepAsAttribute(place)
    var fingerprint = Fingerprint()
    fingerprint.add(field: text.utf8)
    return LeadID(rawValue: "lead_\(fingerprint.text)")
  }

  /// A field's value. A cell that does not fit refuses the row when the mapping named the column, and
  /// becomes an attribute when the column was only recognised by its header.
  private mutating func value<Value>(
    _ field: LeadColumn, accepted: String, _ read: (String) -> Value?
  ) throws(CellProblem) -> Value? {
    guard let text = text(field) else { return nil }
    if let value = read(text) { return value }
    guard let place = places[field] else {
      throw CellProblem(
        column: nil,
        reason: "the mapping's constant for '\(field.rawValue)' does not fit: \(accepted)")
    }
    if inferred.contains(field), field != .createdAt {
      keepAsAttribute(place)
      return nil
    }
    throw CellProblem(
      column: header[place], reason: "found \(CellText.described(text)), expected \(accepted)")
  }

  private mutating func choice<Value: RawRepresentable & CaseIterable>(
    _ field: LeadColumn
  ) throws(CellProblem) -> Value? where Value.RawValue == String {
    let accepted = "one of " + Value.allCases.map(\.rawValue).joined(separator: ", ")
    return try value(field, accepted: accepted) { Value(rawValue: CellText.folded($0.utf8)) }
  }

  private mutating func flag(_ field: LeadColumn) throws(CellProblem) -> Bool? {
    try value(field, accepted: "true, false, yes, no, 1 or 0", CellText.flag)
  }

  private mutating func moment(_ field: LeadColumn) throws(CellProblem) -> Timestamp? {
    let order = mapping.dates
    var accepted = "a date and time such as 2025-07-15T11:13:15"
    switch order {
    case .iso: accepted += "; for others set \"dates\" in the mapping to \"dmy\" or \"mdy\""
    case .dmy: accepted += " or 15/07/2025 11:13"
    case .mdy: accepted += " or 07/15/2025 11:13"
    }
    return try value(field, accepted: accepted) {
      Timestamp(iso8601: $0) ?? LocalDate.timestamp($0, order: order)
    }
  }

  /// The domain of a web address, in lower case: `https://www.acme.example/team` is `acme.example`.
  private static func domain(_ text: String) -> String {
    var rest = text.lowercased()[...]
    if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
    if rest.hasPrefix("www.") { rest = rest.dropFirst(4) }
    return String(rest.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
  }

  /// Text that is a JSON number as a number, unless it is long or padded like an identifier.
  private static func inferred(_ text: String) -> JSONValue {
    let utf8 = text.utf8
    let looksNumeric =
      utf8.count <= 15
      && utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D }
    if looksNumeric, let number = try? JSONParser().parse(text) { return number }
    return .string(text)
  }
}
