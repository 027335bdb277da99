import JSONRPC
import Marketing

/// An escalation as its table keeps it.
enum EscalationRow {
  private static let columns = """
    id, lead_id, subject, reason, context, owner, opened_at, deadline, state, resolution, \
    resolved_by, resolved_at
    """

  static func find(
    _ id: EscalationID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Escalation? {
    var select = try connection.prepare(
      "SELECT \(columns) FROM escalations WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? read(&select) : nil
  }

  /// The escalation that is open because of a handoff of a lead to a role, the first one if there are several.
  static func open(
    because handoff: Handoff, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Escalation? {
    var select = try connection.prepare(
      """
      SELECT \(columns) FROM escalations AS e
      WHERE lead_id = ?1 AND workspace = ?2 AND state = 'open' AND EXISTS (
        SELECT 1 FROM handoffs AS h
        WHERE h.id = e.subject AND h.workspace = e.workspace AND h.receiver_role = ?3)
      ORDER BY opened_at, id LIMIT 1
      """)
    select.bind(handoff.leadID)
    select.bind(workspace)
    select.bind(handoff.receiverRole)
    return try select.step() ? read(&select) : nil
  }

  /// Opens an escalation because of a new handoff, or has the one that is open already be about it.
  /// - Returns: the open one, and whether it was opened now.
  static func open(
    _ escalation: Escalation, because handoff: Handoff, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> (EscalationID, isOpened: Bool) {
    if var known = try open(because: handoff, in: workspace, connection) {
      known.turn(to: escalation)
      try update(known, in: workspace, connection)
      return (known.id, false)
    }
    guard try find(escalation.id, in: workspace, connection) == nil else {
      throw StoreError.escalationExists(escalation.id)
    }
    try insert(escalation, in: workspace, connection)
    return (escalation.id, true)
  }

  /// The escalation that is open about something, the first one if there are several.
  static func open(
    about subject: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> EscalationID? {
    var select = try connection.prepare(
      """
      SELECT id FROM escalations WHERE subject = ? AND workspace = ? AND state = 'open'
      ORDER BY opened_at, id LIMIT 1
      """)
    select.bind(subject)
    select.bind(workspace)
    return try select.step() ? select.identifier() : nil
  }

  /// Opens an escalation unless one is open about the same already.
  /// - Returns: whether it was opened.
  static func open(
    _ escalation: Escalation, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    var select = try connection.prepare(
      "SELECT 1 FROM escalations WHERE subject = ? AND workspace = ? AND (state = 'open' OR id = ?)"
    )
    select.bind(escalation.subject)
    select.bind(workspace)
    select.bind(escalation.id)
    if try select.step() { return false }
    try insert(escalation, in: workspace, connection)
    return true
  }

  /// What lists the escalations that match.
  static func listSQL(_ query: EscalationQuery) -> String {
    var conditions = ["workspace = ?"]
    if query.state != nil { conditions.append("state = ?") }
    if query.owner != nil { conditions.append("owner = ?") }
    if query.leadID != nil { conditions.append("lead_id = ?") }
    if query.subject != nil { conditions.append("subject = ?") }
    // Those of a lead and about one thing are few: `+` keeps SQLite from going through all of them by time.
    let time = query.leadID != nil || query.subject != nil ? "+opened_at" : "opened_at"
    if query.after != nil { conditions.append("(\(time) < ? OR \(time) = ? AND id > ?)") }
    return """
      SELECT \(columns) FROM escalations WHERE \(conditions.joined(separator: " AND "))
      ORDER BY \(time) DESC, id LIMIT ?
      """
  }

  /// Escalations that match, up to one more than the query's limit.
  static func list(
    _ query: EscalationQuery, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Escalation] {
    var select = try connection.prepare(listSQL(query))
    select.bind(workspace)
    if let state = query.state { select.bind(state) }
    if let owner = query.owner { select.bind(owner) }
    if let lead = query.leadID { select.bind(lead) }
    if let subject = query.subject { select.bind(subject) }
    if let after = query.after {
      select.bind(after.time)
      select.bind(after.time)
      select.bind(after.id)
    }
    select.bind(query.limit + 1)
    var found: [Escalation] = []
    while try select.step() { found.append(try read(&select)) }
    return found
  }

  static func insert(
    _ escalation: Escalation, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      """
      INSERT INTO escalations (workspace, \(columns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    insert.bind(workspace)
    insert.bind(escalation.id)
    insert.bind(escalation.leadID)
    insert.bind(escalation.subject)
    insert.bind(escalation.reason)
    insert.bind(text: escalation.context.jsonBytes)
    insert.bind(escalation.owner)
    insert.bind(escalation.openedAt)
    insert.bind(escalation.deadline)
    insert.bind(escalation.state)
    insert.bind(escalation.resolution)
    insert.bind(escalation.resolvedBy)
    insert.bind(escalation.resolvedAt)
    try insert.run()
  }

  static func update(
    _ escalation: Escalation, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      """
      UPDATE escalations SET subject = ?, reason = ?, context = ?, state = ?, resolution = ?,
        resolved_by = ?, resolved_at = ?
      WHERE id = ? AND workspace = ?
      """)
    update.bind(escalation.subject)
    update.bind(escalation.reason)
    update.bind(text: escalation.context.jsonBytes)
    update.bind(escalation.state)
    update.bind(escalation.resolution)
    update.bind(escalation.resolvedBy)
    update.bind(escalation.resolvedAt)
    update.bind(escalation.id)
    update.bind(workspace)
    try update.run()
  }

  private static func read(_ select: inout SQLStatement) throws -> Escalation {
    let id = select.identifier(EscalationID.self)
    let leadID = select.optionalIdentifier(LeadID.self)
    let subject = select.text()
    let reason = select.text()
    let context = try select.object()
    let owner = select.optionalText()
    var escalation = Escalation(
      id: id, leadID: leadID, subject: subject, reason: reason, context: context, owner: owner,
      openedAt: select.timestamp(), deadline: select.timestamp())
    escalation.state = try select.choice()
    escalation.resolution = select.optionalText()
    escalation.resolvedBy = select.optionalText()
    escalation.resolvedAt = select.optionalTimestamp()
    return escalation
  }
}
