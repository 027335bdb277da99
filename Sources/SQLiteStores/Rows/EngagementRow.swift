import JSONRPC
import Marketing

/// An engagement in its table.
struct EngagementRow {
  let row: Int64
  let workspace: WorkspaceID
  var engagement: Engagement

  private static let columns = """
    row, workspace, id, lead_id, handoff_id, campaign_id, category, strategy, state, exit, end_reason, number,
    steps, created_at, started_at, ended_at, updated_at
    """

  static let openSQL = firstSQL(
    "lead_id = ? AND workspace = ? AND state IN ('planned', 'running', 'paused')")
  static let followingSQL = firstSQL("lead_id = ? AND workspace = ? AND handoff_id = ?")
  static let latestSQL = firstSQL("lead_id = ? AND workspace = ?")
  static let finishedSQL = """
    SELECT \(columns) FROM engagements WHERE state = 'running' AND is_finished = 1
    ORDER BY updated_at LIMIT ?
    """

  private static func firstSQL(_ condition: String) -> String {
    """
    SELECT \(columns) FROM engagements WHERE \(condition) ORDER BY created_at DESC, row DESC LIMIT 1
    """
  }

  private init(reading select: inout SQLStatement) throws {
    row = select.integer()
    workspace = select.identifier()
    let id = select.identifier(EngagementID.self)
    let lead = select.identifier(LeadID.self)
    let handoff = select.optionalIdentifier(HandoffID.self)
    let campaign = select.optionalIdentifier(CampaignID.self)
    let category = try select.choice(LeadCategory.self)
    let strategy = select.text()
    let state = try select.choice(Engagement.State.self)
    let exit = try select.optionalChoice(EngagementStrategy.Exit.self)
    let endReason = select.optionalText()
    let number = Int(select.integer())
    let steps = try JSONValueDecoder().decode(
      [EngagementStep].self, from: .array(try select.array()))
    var engagement = Engagement(
      id: id, leadID: lead, category: category, strategy: strategy, steps: steps,
      at: select.timestamp())
    engagement.handoffID = handoff
    engagement.campaignID = campaign
    engagement.state = state
    engagement.exit = exit
    engagement.endReason = endReason
    engagement.number = number
    engagement.startedAt = select.optionalTimestamp()
    engagement.endedAt = select.optionalTimestamp()
    engagement.updatedAt = select.timestamp()
    self.engagement = engagement
  }

  /// The engagement of a name; `nil` when there is none.
  static func find(
    _ id: EngagementID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> EngagementRow? {
    try first(firstSQL("id = ? AND workspace = ?"), connection) { select in
      select.bind(id)
      select.bind(workspace)
    }
  }

  /// The engagement of a lead that is open; `nil` when none is.
  static func open(
    of lead: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> EngagementRow? {
    try first(openSQL, connection) { select in
      select.bind(lead)
      select.bind(workspace)
    }
  }

  /// The engagement that follows a handoff; `nil` when none does.
  static func following(
    _ handoff: HandoffID, of lead: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> EngagementRow? {
    try first(followingSQL, connection) { select in
      select.bind(lead)
      select.bind(workspace)
      select.bind(handoff)
    }
  }

  /// The latest engagement of a lead; `nil` when it has none.
  static func latest(
    of lead: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> EngagementRow? {
    try first(latestSQL, connection) { select in
      select.bind(lead)
      select.bind(workspace)
    }
  }

  /// Those that are running and of which nothing waits to be sent, of every workspace.
  static func finished(limit: Int, _ connection: SQLConnection) throws -> [EngagementRow] {
    var select = try connection.prepare(finishedSQL)
    select.bind(max(0, limit))
    var found: [EngagementRow] = []
    while try select.step() { found.append(try EngagementRow(reading: &select)) }
    return found
  }

  /// Notes whether an engagement has nothing more to send: what completes it looks at no others.
  static func noteFinished(
    _ id: EngagementID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      """
      UPDATE engagements SET is_finished = NOT EXISTS (
        SELECT 1 FROM outbox WHERE outbox.engagement_id = engagements.id
          AND outbox.workspace = engagements.workspace
          AND outbox.state IN ('queued', 'claimed', 'sending'))
      WHERE id = ? AND workspace = ?
      """)
    update.bind(id)
    update.bind(workspace)
    try update.run()
  }

  private static func first(
    _ sql: String, _ connection: SQLConnection, _ bind: (inout SQLStatement) -> Void
  ) throws -> EngagementRow? {
    var select = try connection.prepare(sql)
    bind(&select)
    return try select.step() ? try EngagementRow(reading: &select) : nil
  }

  /// Stores a new engagement.
  static func insert(
    _ engagement: Engagement, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      """
      INSERT INTO engagements (handoff_id, campaign_id, category, strategy, state, exit, end_reason,
        number, steps, created_at, started_at, ended_at, updated_at, workspace, id, lead_id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    try bind(engagement, to: &insert)
    insert.bind(workspace)
    insert.bind(engagement.id)
    insert.bind(engagement.leadID)
    try insert.run()
  }

  /// Stores an engagement as it is now.
  func update(_ connection: SQLConnection) throws {
    var update = try connection.prepare(
      """
      UPDATE engagements SET handoff_id = ?, campaign_id = ?, category = ?, strategy = ?, state = ?,
        exit = ?, end_reason = ?, number = ?, steps = ?, created_at = ?, started_at = ?,
        ended_at = ?, updated_at = ?
      WHERE row = ?
      """)
    try Self.bind(engagement, to: &update)
    update.bind(row)
    try update.run()
  }

  private static func bind(_ engagement: Engagement, to statement: inout SQLStatement) throws {
    statement.bind(engagement.handoffID)
    statement.bind(engagement.campaignID)
    statement.bind(engagement.category)
    statement.bind(engagement.strategy)
    statement.bind(engagement.state)
    statement.bind(engagement.exit)
    statement.bind(engagement.endReason)
    statement.bind(engagement.number)
    statement.bind(text: JSONWriter.bytes(of: try JSONValueEncoder().encode(engagement.steps)))
    statement.bind(engagement.createdAt)
    statement.bind(engagement.startedAt)
    statement.bind(engagement.endedAt)
    statement.bind(engagement.updatedAt)
  }
}
