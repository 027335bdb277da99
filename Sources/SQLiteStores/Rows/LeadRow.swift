import JSONRPC
import Marketing

/// A lead as its table keeps it.
struct LeadRow {
  var row: Int64
  var lead: Lead
  var identity: IdentityHashes
  /// How often the lead converted.
  var conversions: Int64
  /// The digest of what an import stored last; `nil` when no import did.
  var imported: [UInt8]?

  static let leadColumns = """
    id, created_at, last_active_at, status, score, category, source, industry, company_size, persona, \
    region, campaign_id, preferred_channel, has_consent, assigned_agent, name, email, phone, \
    job_title, time_zone, company, domain, message, attributes
    """
  private static let ownColumns = """
    \(leadColumns), email_hash, phone_hash, name_hash, account_hash
    """

  private static let selectByID = """
    SELECT \(ownColumns), row, conversions, imported FROM leads WHERE id = ? AND workspace = ?
    """
  private static let selectByRow = """
    SELECT \(ownColumns), row, conversions, imported FROM leads WHERE row = ?
    """

  private static let selectWithTriage = """
    SELECT \(qualified(leadColumns, "l")), \(qualified(TriageRow.columns, "t"))
    FROM leads AS l LEFT JOIN triages AS t ON t.lead_row = l.row
    WHERE l.id = ? AND l.workspace = ?
    """

  private static func qualified(_ columns: String, _ table: String) -> String {
    columns.split(separator: ", ").map { "\(table).\($0)" }.joined(separator: ", ")
  }

  /// A lead with its latest triage.
  static func withTriage(
    _ id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> (lead: Lead, triage: TriageRecord?)? {
    var select = try connection.prepare(selectWithTriage)
    select.bind(id)
    select.bind(workspace)
    guard try select.step() else { return nil }
    return (try Lead(reading: &select), try TriageRow.read(of: id, &select))
  }

  static func find(
    _ id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> LeadRow? {
    var select = try connection.prepare(selectByID)
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? LeadRow(reading: &select) : nil
  }

  static func find(row: Int64, in connection: SQLConnection) throws -> LeadRow? {
    var select = try connection.prepare(selectByRow)
    select.bind(row)
    return try select.step() ? LeadRow(reading: &select) : nil
  }

  private init(reading statement: inout SQLStatement) throws {
    lead = try Lead(reading: &statement)
    identity = IdentityHashes(reading: &statement)
    row = statement.integer()
    conversions = statement.integer()
    imported = statement.optionalBlob()
  }
}

extension IdentityHashes {
  /// What duplicates are found by; the account is shared by colleagues.
  var ofPerson: [Int64] { [email, phone, name].compactMap(\.self) }

  /// The first rows of leads that the table of identities has under each of them. One more than are
  /// looked at, for one may be the lead's own; a lead may have changed since it was indexed.
  func indexedRows(_ connection: SQLConnection) throws -> [Int64] {
    var rows: [Int64] = []
    for hash in ofPerson {
      var select = try connection.prepare(
        "SELECT lead_row FROM lead_identities WHERE hash = ? ORDER BY lead_row LIMIT ?")
      select.bind(hash)
      select.bind(LeadHistory.maximumDuplicates + 1)
      while try select.step() { rows.append(select.integer()) }
    }
    return rows
  }

  init(reading statement: inout SQLStatement) {
    email = statement.optionalInteger()
    phone = statement.optionalInteger()
    name = statement.optionalInteger()
    account = statement.optionalInteger()
  }

  func bind(to statement: inout SQLStatement) {
    statement.bind(email)
    statement.bind(phone)
    statement.bind(name)
    statement.bind(account)
  }
}

extension Lead {
  /// Reads `LeadRow.leadColumns`.
  init(reading statement: inout SQLStatement) throws {
    self.init(id: statement.identifier(), createdAt: statement.timestamp())
    lastActiveAt = statement.optionalTimestamp()
    status = try statement.choice()
    score = statement.optionalDouble()
    category = try statement.optionalChoice()
    source = statement.optionalText()
    account.industry = statement.optionalText()
    account.companySize = statement.optionalText()
    persona = statement.optionalText()
    region = statement.optionalText()
    campaignID = statement.optionalIdentifier()
    preferredChannel = try statement.optionalChoice()
    hasConsent = statement.optionalBool()
    assignedAgent = statement.optionalText()
    contact.name = statement.optionalText()
    contact.email = statement.optionalText()
    contact.phone = statement.optionalText()
    contact.jobTitle = statement.optionalText()
    contact.timeZone = statement.optionalText()
    account.company = statement.optionalText()
    account.domain = statement.optionalText()
    message = statement.optionalText()
    attributes = try statement.object()
  }

  /// Binds the values of `LeadRow.leadColumns`.
  /// - Parameter attributes: the lead's attributes as JSON.
  func bind(attributes: [UInt8], to statement: inout SQLStatement) {
    statement.bind(id)
    statement.bind(createdAt)
    statement.bind(lastActiveAt)
    statement.bind(status)
    statement.bind(score)
    statement.bind(category)
    statement.bind(source)
    statement.bind(account.industry)
    statement.bind(account.companySize)
    statement.bind(persona)
    statement.bind(region)
    statement.bind(campaignID)
    statement.bind(preferredChannel)
    statement.bind(hasConsent)
    statement.bind(assignedAgent)
    statement.bind(contact.name)
    statement.bind(contact.email)
    statement.bind(contact.phone)
    statement.bind(contact.jobTitle)
    statement.bind(contact.timeZone)
    statement.bind(account.company)
    statement.bind(account.domain)
    statement.bind(message)
    statement.bind(text: attributes)
  }

  /// The digest by which an import recognises what it stored before: of everything but the name.
  func digestBytes(attributes: [UInt8], identity: LeadIdentity) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    func add(_ text: String?) {
      // As in hashes: an absent text is not an empty one, and the end is no byte of UTF-8.
      if let text { bytes.append(contentsOf: text.utf8) } else { bytes.append(0xFE) }
      bytes.append(0xFF)
    }
    add(String(createdAt.milliseconds))
    add(lastActiveAt.map { String($0.milliseconds) })
    add(score.map { String($0) })
    add(hasConsent.map { $0 ? "1" : "0" })
    for text in [
      status.rawValue, category?.rawValue, preferredChannel?.rawValue, campaignID?.rawValue, source,
      account.industry, account.companySize, persona, region, assignedAgent, contact.name,
      contact.email, contact.phone, contact.jobTitle, contact.timeZone, account.company,
      account.domain, message, identity.email, identity.phone, identity.companyAndName,
      identity.account,
    ] { add(text) }
    return bytes + attributes
  }
}

extension JSONObject {
  /// The object as compact UTF-8.
  var jsonBytes: [UInt8] {
    if isEmpty { return [UInt8(ascii: "{"), UInt8(ascii: "}")] }
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }
}

extension SQLStatement {
  /// What a column holds was written here and may nest as deep as the row's memory allows.
  private static var parser: JSONParser { JSONParser(maximumDepth: 512, maximumBytes: 64 << 20) }

  /// A JSON object.
  /// - Throws: `.corrupt` for anything else.
  mutating func object() throws -> JSONObject {
    let object = withText { bytes -> JSONObject? in
      if bytes.count == 2 { return JSONObject() }
      return (try? Self.parser.parse(bytes))?.objectValue
    }
    guard case let object?? = object else {
      throw StoreError(.corrupt, "The database holds malformed JSON")
    }
    return object
  }

  /// A JSON array.
  /// - Throws: `.corrupt` for anything else.
  mutating func array() throws -> [JSONValue] {
    guard let array = withText({ (try? Self.parser.parse($0))?.arrayValue }) ?? nil else {
      throw StoreError(.corrupt, "The database holds malformed JSON")
    }
    return array
  }
}
