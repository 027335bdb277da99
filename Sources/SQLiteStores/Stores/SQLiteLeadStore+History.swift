package import Marketing

extension SQLiteLeadStore {
  package func history(
    of id: LeadID?, identity: LeadIdentity, in workspace: WorkspaceID
  ) throws(StoreError) -> LeadHistory {
    let hashes = database.hasher.hashes(of: identity, in: workspace)
    let account = [hashes.account].compactMap(\.self)
    let identities = hashes.ofPerson
    if id == nil, let counts = database.recent.counts(account, withNone: identities) {
      var history = LeadHistory()
      history.accountLeads = counts.first?.leads ?? 0
      history.accountConversions = counts.first?.conversions ?? 0
      return history
    }
    return try database.readers.read { connection in
      try connection.reading {
        let recent = try database.recent.lookUp(
          counts: account, identities: identities, in: connection)
        var builder = HistoryBuilder(workspace: workspace, hashes: hashes, connection: connection)
        try builder.addSelf(id)
        try builder.addDuplicates(except: id, recent: recent.leadRows)
        builder.addAccount(recent.counts.first)
        return builder.history
      }
    }
  }

  package func cohorts(
    for key: CohortKey, in workspace: WorkspaceID
  ) throws(StoreError) -> [CohortCount] {
    let hashes = database.hasher.hashes(of: key, in: workspace)
    let levels = [hashes.all, hashes.source, hashes.industry, hashes.companySize, hashes.region]
    if let counts = database.recent.counts(levels, withNone: []) { return counts }
    return try database.readers.read { connection in
      try connection.reading {
        try database.recent.lookUp(counts: levels, identities: [], in: connection).counts
      }
    }
  }
}

/// Gathers what is known of a lead's past, within one view of the database.
private struct HistoryBuilder {
  let workspace: WorkspaceID
  let hashes: IdentityHashes
  let connection: SQLConnection
  var history = LeadHistory()
  /// What the lead itself adds to the counts of its account.
  private var own = CohortCount()

  init(workspace: WorkspaceID, hashes: IdentityHashes, connection: SQLConnection) {
    self.workspace = workspace
    self.hashes = hashes
    self.connection = connection
  }

  mutating func addSelf(_ id: LeadID?) throws {
    guard let id else { return }
    var select = try connection.prepare(
      """
      SELECT last_active_at, conversions, account_hash, status FROM leads
      WHERE id = ? AND workspace = ?
      """)
    select.bind(id)
    select.bind(workspace)
    guard try select.step() else { return }
    add(lastActiveAt: select.optionalTimestamp())
    let conversions = Int(select.integer())
    history.conversions += conversions
    history.isStored = true
    history.hasConverted = conversions > 0
    if let account = select.optionalInteger(), account == hashes.account {
      own = CohortCount(leads: 1, conversions: conversions > 0 ? 1 : 0)
    }
    if try select.choice(LeadStatus.self) == .unqualified {
      history.lostAt = try OutcomeRow.lostAt(id, in: workspace, connection)
    }
    try InteractionRow.add(of: id, to: &history, in: workspace, connection)
  }

  mutating func addDuplicates(except id: LeadID?, recent: [Int64]) throws {
    let rows = Set(try hashes.indexedRows(connection)).union(recent).sorted()
    for row in rows where history.duplicates.count < LeadHistory.maximumDuplicates {
      guard let match = try match(row, except: id) else { continue }
      history.duplicates.append(match)
      try InteractionRow.add(of: match.leadID, to: &history, in: workspace, connection)
    }
  }

  /// Checks a find against the lead itself, which may have changed or gone since it was indexed.
  private mutating func match(_ row: Int64, except id: LeadID?) throws -> DuplicateMatch? {
    var select = try connection.prepare(
      """
      SELECT id, workspace, email_hash, phone_hash, name_hash, last_active_at, conversions,
        created_at
      FROM leads WHERE row = ?
      """)
    select.bind(row)
    guard try select.step() else { return nil }
    let found = select.identifier(LeadID.self)
    guard select.identifier(WorkspaceID.self) == workspace, found != id else { return nil }
    let email = select.optionalInteger()
    let phone = select.optionalInteger()
    let name = select.optionalInteger()
    let reason: DuplicateMatch.Reason
    if let email, email == hashes.email {
      reason = .email
    } else if let phone, phone == hashes.phone {
      reason = .phone
    } else if let name, name == hashes.name {
      reason = .companyAndName
    } else {
      return nil
    }
    add(lastActiveAt: select.optionalTimestamp())
    let conversions = Int(select.integer())
    history.conversions += conversions
    return DuplicateMatch(
      leadID: found, reason: reason, createdAt: select.timestamp(),
      hasConverted: conversions > 0)
  }

  mutating func addAccount(_ count: CohortCount?) {
    guard let count else { return }
    history.accountLeads = count.leads - own.leads
    history.accountConversions = count.conversions - own.conversions
  }

  private mutating func add(lastActiveAt: Timestamp?) {
    guard let lastActiveAt else { return }
    history.lastLeadActivity = max(history.lastLeadActivity ?? lastActiveAt, lastActiveAt)
  }
}
