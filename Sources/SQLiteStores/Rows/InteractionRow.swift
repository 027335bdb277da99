import JSONRPC
import Marketing

/// An interaction as its table keeps it.
enum InteractionRow {
  private static let columns = """
    id, lead_id, conversation_id, campaign_id, variant_id, occurred_at, channel, kind, outcome, \
    agent_id, metadata
    """

  private static let insertSQL = """
    INSERT INTO interactions (workspace, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
    """

  /// Changes a row only when it holds anything else.
  private static let updateSQL = """
    UPDATE interactions SET lead_id = ?3, conversation_id = ?4, campaign_id = ?5, variant_id = ?6,
      occurred_at = ?7, channel = ?8, kind = ?9, outcome = ?10, agent_id = ?11, metadata = ?12
    WHERE id = ?2 AND workspace = ?1 AND NOT (
      lead_id IS ?3 AND conversation_id IS ?4 AND campaign_id IS ?5 AND variant_id IS ?6
      AND occurred_at IS ?7 AND channel IS ?8 AND kind IS ?9 AND outcome IS ?10 AND agent_id IS ?11
      AND metadata IS ?12)
    """

  private static let selectSQL =
    "SELECT \(columns) FROM interactions WHERE id = ? AND workspace = ?"

  private static let selectOfLeadSQL = """
    SELECT \(columns) FROM interactions WHERE lead_id = ? AND workspace = ?
    ORDER BY occurred_at DESC, id DESC LIMIT ?
    """

  private static let summarySQL = """
    SELECT kind, outcome, occurred_at FROM interactions WHERE lead_id = ? AND workspace = ?
    ORDER BY occurred_at DESC LIMIT ?
    """

  /// Stores an interaction whose name is free.
  /// - Returns: whether it was.
  static func insert(
    _ interaction: Interaction, metadata: [UInt8], in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> Bool {
    var insert = try connection.prepare(insertSQL)
    interaction.bind(metadata: metadata, in: workspace, to: &insert)
    try insert.run()
    return connection.changedRows > 0
  }

  /// Replaces the interaction of this name.
  /// - Returns: whether its content was another.
  static func update(
    _ interaction: Interaction, metadata: [UInt8], in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> Bool {
    var update = try connection.prepare(updateSQL)
    interaction.bind(metadata: metadata, in: workspace, to: &update)
    try update.run()
    return connection.changedRows > 0
  }

  static func find(
    _ id: InteractionID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Interaction? {
    var select = try connection.prepare(selectSQL)
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? Interaction(reading: &select) : nil
  }

  static func latest(
    of id: LeadID, limit: Int, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Interaction] {
    var select = try connection.prepare(selectOfLeadSQL)
    select.bind(id)
    select.bind(workspace)
    select.bind(max(0, limit))
    var interactions: [Interaction] = []
    while try select.step() { interactions.append(try Interaction(reading: &select)) }
    return interactions
  }

  /// Calls `body` with the kind and the time of each of a lead's interactions, the latest up to the limit of
  /// histories.
  static func forEach(
    of id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection,
    _ body: (InteractionKind, Timestamp) -> Void
  ) throws {
    var select = try connection.prepare(summarySQL)
    select.bind(id)
    select.bind(workspace)
    select.bind(LeadHistory.maximumInteractions)
    while try select.step() {
      let kind: InteractionKind = try select.choice()
      select.skip()
      body(kind, select.timestamp())
    }
  }

  /// Adds a lead's interactions to a history, the latest up to its limit.
  static func add(
    of id: LeadID, to history: inout LeadHistory, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    var select = try connection.prepare(summarySQL)
    select.bind(id)
    select.bind(workspace)
    select.bind(LeadHistory.maximumInteractions)
    while try select.step() {
      let kind: InteractionKind = try select.choice()
      history.interactions[kind, default: 0] += 1
      history.outcomes[try select.choice(), default: 0] += 1
      let occurredAt = select.timestamp()
      if kind.isFromLead {
        history.lastLeadActivity = max(history.lastLeadActivity ?? occurredAt, occurredAt)
      }
    }
  }
}

extension Interaction {
  fileprivate init(reading statement: inout SQLStatement) throws {
    let id = statement.identifier(InteractionID.self)
    let leadID = statement.identifier(LeadID.self)
    let conversationID = statement.optionalText()
    let campaignID = statement.optionalIdentifier(CampaignID.self)
    let variantID = statement.optionalText()
    self.init(
      id: id, leadID: leadID, occurredAt: statement.timestamp(), channel: try statement.choice(),
      kind: try statement.choice(), outcome: try statement.choice())
    self.conversationID = conversationID
    self.campaignID = campaignID
    self.variantID = variantID
    self.agentID = statement.optionalText()
    self.metadata = try statement.object()
  }

  fileprivate func bind(
    metadata: [UInt8], in workspace: WorkspaceID, to statement: inout SQLStatement
  ) {
    statement.bind(workspace)
    statement.bind(id)
    statement.bind(leadID)
    statement.bind(conversationID)
    statement.bind(campaignID)
    statement.bind(variantID)
    statement.bind(occurredAt)
    statement.bind(channel)
    statement.bind(kind)
    statement.bind(outcome)
    statement.bind(agentID)
    statement.bind(text: metadata)
  }
}
