import Marketing

extension LeadRow {
  /// Takes note of an interaction in its lead's last activity.
  /// - Returns: whether there is such a lead.
  static func touch(
    _ interaction: Interaction, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    var select = try connection.prepare(
      "SELECT row, last_active_at FROM leads WHERE id = ? AND workspace = ?")
    select.bind(interaction.leadID)
    select.bind(workspace)
    guard try select.step() else { return false }
    let row = select.integer()
    let last = select.optionalTimestamp()
    guard interaction.kind.isFromLead, last.map({ $0 < interaction.occurredAt }) ?? true else {
      return true
    }
    var update = try connection.prepare("UPDATE leads SET last_active_at = ? WHERE row = ?")
    update.bind(interaction.occurredAt)
    update.bind(row)
    try update.run()
    return true
  }

  func setStatus(_ status: LeadStatus, _ connection: SQLConnection) throws {
    guard status != lead.status else { return }
    var update = try connection.prepare("UPDATE leads SET status = ? WHERE row = ?")
    update.bind(status)
    update.bind(row)
    try update.run()
  }

  /// Brings the lead's count of conversions, and those it is part of, in line with its outcomes.
  func recountConversions(
    in workspace: WorkspaceID, hasher: LeadHasher, _ connection: SQLConnection
  ) throws {
    let now = try OutcomeRow.conversions(of: lead.id, in: workspace, connection)
    guard now != conversions else { return }
    var update = try connection.prepare("UPDATE leads SET conversions = ? WHERE row = ?")
    update.bind(now)
    update.bind(row)
    try update.run()
    guard (now > 0) != (conversions > 0) else { return }
    var identity = IdentityHashes()
    identity.account = self.identity.account
    try IndexEntry(
      leadRow: row, leads: 0, conversions: now > 0 ? 1 : -1,
      cohorts: hasher.hashes(of: CohortKey(lead), in: workspace), identity: identity,
      hasNewWords: false
    ).append(to: connection)
  }
}
