import JSONRPC
import Marketing
import Sealing

/// A lead ready for its table: encoded and hashed on the caller's thread, so that the one thread that
/// writes does nothing but write.
struct LeadWrite: Sendable {
  var lead: Lead
  let workspace: WorkspaceID
  let attributes: [UInt8]
  let identity: IdentityHashes
  let cohorts: CohortHashes

  init(
    _ lead: Lead, identity: LeadIdentity, hasher: LeadHasher, in workspace: WorkspaceID
  ) {
    self.lead = lead
    self.workspace = workspace
    self.attributes = lead.attributes.jsonBytes
    self.identity = hasher.hashes(of: identity, in: workspace)
    self.cohorts = hasher.hashes(of: CohortKey(lead), in: workspace)
  }

  private static let columns =
    "workspace, \(LeadRow.leadColumns), email_hash, phone_hash, name_hash, account_hash"

  private static let insertSQL: String = {
    let count = columns.split(separator: ", ").count + 2
    let places = Array(repeating: "?", count: count).joined(separator: ", ")
    return """
      INSERT INTO leads (\(columns), imported, conversions) VALUES (\(places))
      ON CONFLICT DO NOTHING
      """
  }()

  private static let updateSQL: String = {
    let changes = columns.split(separator: ", ").map { "\($0) = ?" }.joined(separator: ", ")
    return "UPDATE leads SET \(changes), imported = ? WHERE row = ?"
  }()

  /// Stores a lead whose name is free, with its key.
  /// - Returns: its row; `nil` when the name is taken.
  func insert(
    sealedKey: [UInt8], imported: [UInt8]?, _ connection: SQLConnection
  ) throws -> Int64? {
    // Imports may bring outcomes before their leads.
    let conversions = try OutcomeRow.conversions(of: lead.id, in: workspace, connection)
    var insert = try connection.prepare(Self.insertSQL)
    bind(to: &insert)
    insert.bind(blob: imported)
    insert.bind(conversions)
    try insert.run()
    guard connection.changedRows > 0 else { return nil }
    let row = connection.insertedRow
    try LeadKey.insert(sealed: sealedKey, leadRow: row, in: workspace, connection)
    try IndexEntry(
      leadRow: row, leads: 1, conversions: conversions > 0 ? 1 : 0, cohorts: cohorts,
      identity: identity, hasNewWords: true
    ).append(to: connection)
    return row
  }

  /// Whether a lead of the same identity is stored: in the table of identities, in what that does not
  /// have yet, or before this one in the same transaction. Exact, whichever process stored it.
  func hasDuplicate(_ recent: RecentEntries, _ connection: SQLConnection) throws -> Bool {
    let hashes = identity.ofPerson
    guard !hashes.isEmpty else { return false }
    if connection.newEntries?.hasIdentity(amongst: hashes) == true { return true }
    let holders = recent.holders(of: hashes)
    if try holders.leadRows.contains(where: { try isDuplicate($0, connection) }) { return true }
    if try unseenRows(behind: holders.seen, connection).contains(where: {
      try isDuplicate($0, connection)
    }) {
      return true
    }
    // The filter knows nothing of what another process has put into the tables unseen.
    let isFilterBehind = try IndexEntry.applied(in: connection) > holders.seen
    guard holders.mayBeInTables || isFilterBehind else { return false }
    return try identity.indexedRows(connection).contains { try isDuplicate($0, connection) }
  }

  /// Rows of leads with this identity among the entries that this process has not seen, those of others
  /// above all. The transaction's own, which are at the end, have been looked at.
  private func unseenRows(behind seen: Int64, _ connection: SQLConnection) throws -> [Int64] {
    let end = connection.newEntries?.list.first?.sequence ?? .max
    guard seen + 1 < end else { return [] }
    var select = try connection.prepare(
      """
      SELECT lead_row FROM index_queue WHERE sequence > ?1 AND sequence < ?2
        AND (email_hash = ?3 OR phone_hash = ?4 OR name_hash = ?5)
      """)
    select.bind(seen)
    select.bind(end)
    select.bind(identity.email)
    select.bind(identity.phone)
    select.bind(identity.name)
    var rows: [Int64] = []
    while try select.step() { rows.append(select.integer()) }
    return rows
  }

  /// Whether the lead at a row has this identity still: it may have changed since it was indexed.
  private func isDuplicate(_ row: Int64, _ connection: SQLConnection) throws -> Bool {
    var select = try connection.prepare(
      """
      SELECT 1 FROM leads WHERE row = ?1 AND workspace = ?2
        AND (email_hash = ?3 OR phone_hash = ?4 OR name_hash = ?5)
      """)
    select.bind(row)
    select.bind(workspace)
    select.bind(identity.email)
    select.bind(identity.phone)
    select.bind(identity.name)
    return try select.step()
  }

  /// Stores a lead in the place of what is stored of it.
  func update(
    _ stored: LeadRow, imported: [UInt8]?, hasher: LeadHasher, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(Self.updateSQL)
    bind(to: &update)
    update.bind(blob: imported)
    update.bind(stored.row)
    try update.run()
    try updateIndexes(stored, hasher, connection)
  }

  private func bind(to statement: inout SQLStatement) {
    statement.bind(workspace)
    lead.bind(attributes: attributes, to: &statement)
    identity.bind(to: &statement)
  }

  private func updateIndexes(
    _ stored: LeadRow, _ hasher: LeadHasher, _ connection: SQLConnection
  ) throws {
    let hasNewWords = !lead.hasSameTexts(as: stored.lead)
    let before = hasher.hashes(of: CohortKey(stored.lead), in: workspace)
    let isConverted: Int64 = stored.conversions > 0 ? 1 : 0
    if before != cohorts || stored.identity.account != identity.account {
      var left = IdentityHashes()
      left.account = stored.identity.account
      try IndexEntry(
        leadRow: stored.row, leads: -1, conversions: -isConverted, cohorts: before, identity: left,
        hasNewWords: false
      ).append(to: connection)
      try IndexEntry(
        leadRow: stored.row, leads: 1, conversions: isConverted, cohorts: cohorts,
        identity: identity, hasNewWords: hasNewWords
      ).append(to: connection)
    } else if hasNewWords || stored.identity != identity {
      try IndexEntry(
        leadRow: stored.row, leads: 0, conversions: 0, cohorts: cohorts, identity: identity,
        hasNewWords: hasNewWords
      ).append(to: connection)
    }
    try removeIdentities(of: stored, connection)
  }

  /// Removes what the lead is no longer found by. Readers check each find against the lead itself, so an
  /// entry that is still in the queue does no harm.
  private func removeIdentities(of stored: LeadRow, _ connection: SQLConnection) throws {
    let gone = [
      (stored.identity.email, identity.email), (stored.identity.phone, identity.phone),
      (stored.identity.name, identity.name),
    ]
    for case (let hash?, let kept) in gone where hash != kept {
      var delete = try connection.prepare(
        "DELETE FROM lead_identities WHERE hash = ? AND lead_row = ?")
      delete.bind(hash)
      delete.bind(stored.row)
      try delete.run()
    }
  }
}

extension Lead {
  /// Whether searches find both by the same words.
  fileprivate func hasSameTexts(as other: Lead) -> Bool {
    contact.name == other.contact.name && account.company == other.account.company
      && contact.email == other.contact.email && message == other.message
      && attributes == other.attributes
  }
}
