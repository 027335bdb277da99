import JSONRPC

/// Reads the fields of one lead from a row.
struct LeadRowReader {
  let row: CSVRow
  let header: [String]
  let places: LeadColumnPlaces
  let mapping: ColumnMapping
  let missing: Set<String>
  /// What has been kept as attributes so far.
  private(set) var attributes = JSONObject()

  init(
    row: CSVRow, header: [String], places: LeadColumnPlaces, mapping: ColumnMapping,
    missing: Set<String>
  ) {
    self.row = row
    self.header = header
    self.places = places
    self.mapping = mapping
    self.missing = missing
  }

  /// What the row says of the lead. Without an identifier's column it is named `unnamed`, to be named by
  /// its content.
  /// - Parameter receivedAt: when it came in, where the file does not say.
  mutating func lead(receivedAt: Timestamp) throws(CellProblem) -> ImportedLead {
    let createdAt = try moment(.createdAt)
    var lead = Lead(id: try id(), createdAt: createdAt ?? receivedAt)
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
    lead.hasConsent = try consent()
    lead.category = try choice(.category)
    lead.score = try value(.score, accepted: "a number from 0 to 100") { text in
      CellText.decimal(text).flatMap { (0...100).contains($0) ? $0 : nil }
    }
    let status: LeadStatus? = try choice(.status)
    lead.status = status ?? .new
    var imported = ImportedLead(lead)
    imported.conversion = try conversion(of: lead)
    if try flag(.converted) == true { imported.lead.status = .converted }
    imported.saysTime = createdAt != nil
    imported.saysStatus = status != nil || imported.lead.status == .converted
    imported.hasOwnName = places.fields[.id] != nil
    return imported
  }

  /// The conversion, when the file says that the lead converted.
  private mutating func conversion(of lead: Lead) throws(CellProblem) -> ImportedLead.Conversion? {
    let converted = try flag(.converted)
    let convertedAt = try moment(.convertedAt)
    guard converted ?? (convertedAt != nil) else { return nil }
    let amount = try value(.conversionValueUSD, accepted: "a number such as 1234.5") {
      CellText.decimal($0)
    }
    let place = places.fields[.converted] ?? places.fields[.convertedAt]
    return ImportedLead.Conversion(
      outcome: Outcome(
        leadID: lead.id, disposition: .converted,
        occurredAt: convertedAt ?? lead.lastActiveAt ?? lead.createdAt,
        campaignID: lead.campaignID, value: amount.map { Money(amount: $0, currency: "USD") }),
      isDated: convertedAt != nil, column: place.map { header[$0] })
  }

  /// Whether the person agreed: not when any column says that they refused.
  private mutating func consent() throws(CellProblem) -> Bool? {
    let consent = try flag(.hasConsent)
    var isRefused = mapping.constants[.doNotContact].flatMap(Self.refusal) ?? false
    for place in places.refusals {
      guard let text = text(at: place) else { continue }
      if let refusal = Self.refusal(text) {
        if refusal { isRefused = true }
      } else if !places.inferred.contains(place) {
        throw unfitting(place, text, accepted: "true, false, yes, no, 1, 0 or the time of refusal")
      }
    }
    return isRefused ? false : consent
  }

  /// What a cell of a column of refusals says: a flag, a cross, or when it was.
  private static func refusal(_ text: String) -> Bool? {
    if let flag = CellText.flag(text) { return flag }
    return text.lowercased() == "x" || Timestamp(iso8601: text) != nil ? true : nil
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
    places.fields[field].flatMap { text(at: $0) } ?? mapping.constants[field]
  }

  private func joined(_ first: LeadColumn, _ second: LeadColumn) -> String? {
    let parts = [text(first), text(second)].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  private mutating func id() throws(CellProblem) -> LeadID {
    guard let place = places.fields[.id] else { return LeadID(rawValue: "unnamed") }
    guard let text = text(at: place) else {
      throw CellProblem(
        column: header[place], reason: "the cell is empty, each row needs a value that names it")
    }
    let prefix = mapping.idPrefix ?? ""
    if let id = LeadID(checking: prefix + text) { return id }
    keepAsAttribute(place)
    var fingerprint = Fingerprint()
    fingerprint.add(field: text.utf8)
    return LeadID(rawValue: "\(prefix)lead_\(fingerprint.text)")
  }

  /// A field's value. A cell that does not fit refuses the row when the mapping named the column, and
  /// becomes an attribute when the column was only recognised by its header.
  private mutating func value<Value>(
    _ field: LeadColumn, accepted: String, _ read: (String) -> Value?
  ) throws(CellProblem) -> Value? {
    guard let text = text(field) else { return nil }
    if let value = read(text) { return value }
    guard let place = places.fields[field] else {
      throw CellProblem(
        column: nil,
        reason: "the mapping's constant for '\(field.rawValue)' does not fit: \(accepted)")
    }
    if places.inferred.contains(place), field != .createdAt {
      keepAsAttribute(place)
      return nil
    }
    throw unfitting(place, text, accepted: accepted)
  }

  private func unfitting(_ place: Int, _ text: String, accepted: String) -> CellProblem {
    CellProblem(
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
