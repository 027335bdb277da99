import Marketing

/// How often something of a campaign has changed, and what was found when it was evaluated.
enum CampaignStateRow {
  static let unevaluatedSQL = """
    SELECT workspace, campaign_id, version, findings FROM campaign_states
    WHERE evaluated < version ORDER BY workspace, campaign_id LIMIT ?
    """

  /// Takes a campaign for money in a currency, if it is counted in another one by nobody yet.
  /// - Parameters:
  ///   - currency: `nil` for what names no money.
  ///   - keys: the reports that are to be stored; where they take the place of all that name money, the currency
  ///     was a wrong one.
  /// - Returns: whether the currency was put right.
  /// - Throws: `.conflict` when it is counted in another one.
  @discardableResult
  static func take(
    _ id: CampaignID, countedIn currency: String?, replacing keys: Set<CampaignMetric.Key> = [],
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    let stated = try self.currency(of: id, in: workspace, connection)
    var isWrong = false
    if let currency {
      let budget = try CampaignRow.find(id, in: workspace, connection)?.budgetCurrency
      if let own = stated ?? budget, own != currency {
        let controls = try ControlsRow.find(id, in: workspace, connection)
        let told = try CampaignMetricRow.keysOfMoney(of: id, in: workspace, connection)
        isWrong =
          budget ?? currency == currency && controls.revision == 0 && keys.isSuperset(of: told)
        guard isWrong else { throw StoreError.otherCurrency(currency, than: own, of: id) }
      }
    }
    var insert = try connection.prepare(
      """
      INSERT INTO campaign_states (campaign_id, workspace, currency, version, evaluated)
      VALUES (?1, ?2, ?3, 0, 0)
      ON CONFLICT (campaign_id, workspace) DO UPDATE SET
        currency = CASE WHEN ?4 THEN excluded.currency ELSE ifnull(currency, excluded.currency) END
      """)
    insert.bind(id)
    insert.bind(workspace)
    insert.bind(currency)
    insert.bind(isWrong)
    try insert.run()
    return isWrong
  }

  /// Notes that something of a campaign has changed.
  static func touch(
    _ id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      "UPDATE campaign_states SET version = version + 1 WHERE campaign_id = ? AND workspace = ?")
    update.bind(id)
    update.bind(workspace)
    try update.run()
  }

  /// The currency of what was reported of a campaign.
  static func currency(
    of id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> String? {
    var select = try connection.prepare(
      "SELECT currency FROM campaign_states WHERE campaign_id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? select.optionalText() : nil
  }

  /// What is reported or counted of a campaign. A count may have gone back to nothing with an erased lead.
  private static let isAlive = """
    (EXISTS (
      SELECT 1 FROM campaign_metrics AS m
      WHERE m.campaign_id = s.campaign_id AND m.workspace = s.workspace)
    OR EXISTS (
      SELECT 1 FROM campaign_counts AS c
      WHERE c.campaign_id = s.campaign_id AND c.workspace = s.workspace
        AND (c.impressions, c.clicks, c.leads, c.conversions) <> (0, 0, 0, 0)))
    """

  /// Whether anything is known of what a campaign does.
  static func isKnown(
    _ id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    var select = try connection.prepare(
      """
      SELECT 1 FROM campaign_states AS s WHERE campaign_id = ? AND workspace = ? AND \(isAlive)
      """)
    select.bind(id)
    select.bind(workspace)
    return try select.step()
  }

  /// The names of campaigns that are stored or of which anything is known, in their order.
  static func names(
    from first: String, isAfter: Bool, prefix: String, limit: Int, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [CampaignID] {
    var select = try connection.prepare(
      """
      SELECT campaign_id FROM campaign_states AS s
      WHERE workspace = ?1 AND campaign_id >= ?2 AND (NOT ?3 OR campaign_id > ?2)
        AND substr(campaign_id, 1, length(?4)) = ?4 AND \(isAlive)
      UNION SELECT id FROM campaigns
      WHERE workspace = ?1 AND id >= ?2 AND (NOT ?3 OR id > ?2)
        AND substr(id, 1, length(?4)) = ?4
      ORDER BY 1 LIMIT ?5
      """)
    select.bind(workspace)
    select.bind(first)
    select.bind(isAfter)
    select.bind(prefix)
    select.bind(max(0, limit))
    var names: [CampaignID] = []
    while try select.step() { names.append(select.identifier()) }
    return names
  }

  static func unevaluated(limit: Int, _ connection: SQLConnection) throws -> [UnevaluatedCampaign] {
    var select = try connection.prepare(unevaluatedSQL)
    select.bind(max(0, limit))
    var found: [UnevaluatedCampaign] = []
    while try select.step() {
      found.append(
        UnevaluatedCampaign(
          workspace: select.identifier(), id: select.identifier(), version: select.integer(),
          findings: select.optionalText()))
    }
    return found
  }

  /// Notes an evaluation.
  /// - Returns: whether nobody has evaluated as much of the campaign before.
  static func note(
    _ evaluation: CampaignEvaluation, _ connection: SQLConnection
  ) throws -> Bool {
    var update = try connection.prepare(
      """
      UPDATE campaign_states SET evaluated = ?3, findings = ?4
      WHERE campaign_id = ?1 AND workspace = ?2 AND evaluated < ?3
      """)
    update.bind(evaluation.campaign.id)
    update.bind(evaluation.campaign.workspace)
    update.bind(evaluation.campaign.version)
    update.bind(evaluation.findings)
    try update.run()
    return connection.changedRows > 0
  }
}
