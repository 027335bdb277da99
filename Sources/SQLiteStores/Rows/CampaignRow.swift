import JSONRPC
import Marketing

/// A campaign as its table keeps it.
enum CampaignRow {
  private static let insertSQL = """
    INSERT INTO campaigns (workspace, id, name, objective, starts_at, ends_at, channels, daily_amount,
      daily_currency, total_amount, total_currency, region, target_personas, kpi, owner_email)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
    """

  private static let updateSQL = """
    UPDATE campaigns SET name = ?3, objective = ?4, starts_at = ?5, ends_at = ?6, channels = ?7,
      daily_amount = ?8, daily_currency = ?9, total_amount = ?10, total_currency = ?11, region = ?12,
      target_personas = ?13, kpi = ?14, owner_email = ?15
    WHERE id = ?2 AND workspace = ?1 AND NOT (
      name IS ?3 AND objective IS ?4 AND starts_at IS ?5 AND ends_at IS ?6 AND channels IS ?7
      AND daily_amount IS ?8 AND daily_currency IS ?9 AND total_amount IS ?10
      AND total_currency IS ?11 AND region IS ?12 AND target_personas IS ?13 AND kpi IS ?14
      AND owner_email IS ?15)
    """

  /// Stores a campaign or replaces the one of its name.
  static func store(
    _ campaign: Campaign, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> ImportChange {
    var insert = try connection.prepare(insertSQL)
    bind(campaign, in: workspace, to: &insert)
    try insert.run()
    if connection.changedRows > 0 { return .added }
    var update = try connection.prepare(updateSQL)
    bind(campaign, in: workspace, to: &update)
    try update.run()
    return connection.changedRows > 0 ? .changed : .unchanged
  }

  /// The campaign of a name; `nil` when it is not stored.
  static func find(
    _ id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Campaign? {
    var select = try connection.prepare(
      """
      SELECT name, objective, starts_at, ends_at, channels, daily_amount, daily_currency,
        total_amount, total_currency, region, target_personas, kpi, owner_email
      FROM campaigns WHERE id = ? AND workspace = ?
      """)
    select.bind(id)
    select.bind(workspace)
    guard try select.step() else { return nil }
    var campaign = Campaign(id: id, name: select.text())
    campaign.objective = select.optionalText()
    campaign.startsAt = select.optionalTimestamp()
    campaign.endsAt = select.optionalTimestamp()
    campaign.channels = try select.array().compactMap { $0.stringValue.flatMap(Channel.init) }
    campaign.dailyBudget = Money(reading: &select)
    campaign.totalBudget = Money(reading: &select)
    campaign.region = select.optionalText()
    campaign.targetPersonas = try select.array().compactMap(\.stringValue)
    campaign.kpi = select.optionalText()
    campaign.ownerEmail = select.optionalText()
    return campaign
  }

  /// What a campaign is called and may cost; `nil` when it is not stored.
  static func summary(
    of id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> (name: String, totalBudget: Money?)? {
    var select = try connection.prepare(
      """
      SELECT name, total_amount, total_currency FROM campaigns WHERE id = ? AND workspace = ?
      """)
    select.bind(id)
    select.bind(workspace)
    guard try select.step() else { return nil }
    return (select.text(), Money(reading: &select))
  }

  private static func bind(
    _ campaign: Campaign, in workspace: WorkspaceID, to statement: inout SQLStatement
  ) {
    statement.bind(workspace)
    statement.bind(campaign.id)
    statement.bind(campaign.name)
    statement.bind(campaign.objective)
    statement.bind(campaign.startsAt)
    statement.bind(campaign.endsAt)
    statement.bind(text: json(campaign.channels.map(\.rawValue)))
    campaign.dailyBudget.bind(to: &statement)
    campaign.totalBudget.bind(to: &statement)
    statement.bind(campaign.region)
    statement.bind(text: json(campaign.targetPersonas))
    statement.bind(campaign.kpi)
    statement.bind(campaign.ownerEmail)
  }

  private static func json(_ texts: [String]) -> [UInt8] {
    JSONWriter.bytes(of: .array(texts.map(JSONValue.string)))
  }
}
