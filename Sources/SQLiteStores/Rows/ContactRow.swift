import Marketing

/// A contact with somebody in its table.
enum ContactRow {
  private static let columns = "lead_id, kind, channel, campaign_id, at"

  /// - Parameter hash: of the address that the channel leads to.
  static func insert(
    _ touch: ContactTouch, hash: Int64?, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      "INSERT INTO contacts (\(columns), hash, workspace) VALUES (?, ?, ?, ?, ?, ?, ?)")
    insert.bind(touch.leadID)
    insert.bind(touch.kind)
    insert.bind(touch.channel)
    insert.bind(touch.campaignID)
    insert.bind(touch.at)
    insert.bind(hash)
    insert.bind(workspace)
    try insert.run()
  }

  /// The earliest first.
  static func all(
    of lead: LeadID, hashes: [Int64], since: Timestamp, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [ContactTouch] {
    var found: [Int64: ContactTouch] = [:]
    var select = try connection.prepare(
      "SELECT \(columns), row FROM contacts WHERE lead_id = ? AND workspace = ? AND at >= ?")
    select.bind(lead)
    select.bind(workspace)
    select.bind(since)
    while try select.step() {
      let touch = try ContactTouch(reading: &select)
      found[select.integer()] = touch
    }
    for hash in hashes {
      var select = try connection.prepare(
        "SELECT \(columns), row FROM contacts WHERE hash = ? AND at >= ?")
      select.bind(hash)
      select.bind(since)
      while try select.step() {
        let touch = try ContactTouch(reading: &select)
        found[select.integer()] = touch
      }
    }
    return found.sorted { ($0.value.at, $0.key) < ($1.value.at, $1.key) }.map(\.value)
  }

  /// Deletes contacts before a time, the earliest first.
  static func prune(before time: Timestamp, limit: Int, _ connection: SQLConnection) throws -> Int {
    var delete = try connection.prepare(
      """
      DELETE FROM contacts WHERE row IN (
        SELECT row FROM contacts WHERE at < ? ORDER BY at LIMIT ?)
      """)
    delete.bind(time)
    delete.bind(max(0, limit))
    try delete.run()
    return connection.changedRows
  }
}

extension ContactTouch {
  fileprivate init(reading statement: inout SQLStatement) throws {
    let lead = statement.identifier(LeadID.self)
    let kind = try statement.choice(ContactTouch.Kind.self)
    let channel = try statement.choice(OutreachChannel.self)
    let campaign = statement.optionalIdentifier(CampaignID.self)
    self.init(
      leadID: lead, kind: kind, channel: channel, campaignID: campaign,
      at: statement.timestamp())
  }
}
