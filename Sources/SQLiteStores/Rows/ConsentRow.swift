import Marketing

/// A statement about being contacted in its table.
enum ConsentRow {
  static let columns = "id, lead_id, channel, purpose, state, source, wording_version, at"

  /// - Returns: whether it is new.
  static func insert(
    _ consent: Consent, hash: Int64?, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    var select = try connection.prepare(
      "SELECT \(columns), hash FROM consents WHERE id = ? AND workspace = ?")
    select.bind(consent.id)
    select.bind(workspace)
    if try select.step() {
      let known = try Consent(reading: &select)
      guard known == consent, select.optionalInteger() == hash else {
        throw StoreError.taken(consent.id)
      }
      return false
    }
    var insert = try connection.prepare(
      """
      INSERT INTO consents (\(columns), hash, workspace) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    insert.bind(consent.id)
    insert.bind(consent.leadID)
    insert.bind(consent.channel)
    insert.bind(consent.purpose)
    insert.bind(consent.state)
    insert.bind(consent.source)
    insert.bind(consent.wordingVersion)
    insert.bind(consent.at)
    insert.bind(hash)
    insert.bind(workspace)
    try insert.run()
    return true
  }

  /// In the order they were recorded. One query for each, as none could use the indexes for all.
  /// - Parameter withdrawn: of these only what was taken back.
  static func all(
    of lead: LeadID?, hashes: [Int64], withdrawn: [Int64], in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [Consent] {
    var found: [Int64: Consent] = [:]
    if let lead {
      var select = try connection.prepare(
        "SELECT \(columns), row FROM consents WHERE lead_id = ? AND workspace = ?")
      select.bind(lead)
      select.bind(workspace)
      while try select.step() {
        let consent = try Consent(reading: &select)
        found[select.integer()] = consent
      }
    }
    for (place, hash) in (hashes + withdrawn).enumerated() {
      var select = try connection.prepare(
        "SELECT \(columns), row FROM consents WHERE hash = ?1 AND ifnull(state = ?2, 1)")
      select.bind(hash)
      let state: Consent.State? = place < hashes.count ? nil : .withdrawn
      select.bind(state)
      while try select.step() {
        let consent = try Consent(reading: &select)
        found[select.integer()] = consent
      }
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Erases what a lead said, also what is known by its addresses alone.
  static func erase(
    _ lead: LeadID, hashes: [Int64], in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> LeadErasure.Place {
    var delete = try connection.prepare("DELETE FROM consents WHERE lead_id = ? AND workspace = ?")
    delete.bind(lead)
    delete.bind(workspace)
    try delete.run()
    var erased = connection.changedRows
    for hash in hashes {
      var delete = try connection.prepare(
        "DELETE FROM consents WHERE hash = ? AND lead_id IS NULL")
      delete.bind(hash)
      try delete.run()
      erased += connection.changedRows
    }
    var select = try connection.prepare(
      "SELECT count(*) FROM consents WHERE lead_id = ? AND workspace = ?")
    select.bind(lead)
    select.bind(workspace)
    return LeadErasure.Place(
      name: "consents", erased: erased,
      remaining: try select.step() ? Int(select.integer()) : 0)
  }
}

extension Consent {
  fileprivate init(reading statement: inout SQLStatement) throws {
    let id = statement.identifier(ConsentID.self)
    let lead = statement.optionalIdentifier(LeadID.self)
    let channel = try statement.choice(OutreachChannel.self)
    let purpose = try statement.choice(OutreachPurpose.self)
    let state = try statement.choice(Consent.State.self)
    let source = statement.text()
    self.init(
      id: id, leadID: lead, channel: channel, purpose: purpose, state: state, source: source,
      wordingVersion: statement.optionalText(), at: statement.timestamp())
  }
}
