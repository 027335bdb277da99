import JSONRPC
import Marketing

/// An optimization as its table keeps it.
enum OptimizationRow {
  static func insert(
    _ optimization: Optimization, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      """
      INSERT INTO optimizations
        (workspace, id, campaign_id, created_at, state, applied_at, changed_at, is_measured, content)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
      """)
    insert.bind(workspace)
    insert.bind(optimization.id)
    insert.bind(optimization.campaignID)
    insert.bind(optimization.createdAt)
    try bindChanging(optimization, to: &insert)
    try insert.run()
    guard connection.changedRows > 0 else {
      throw StoreError(.conflict, "Optimization '\(optimization.id)' is stored already")
    }
  }

  static func update(
    _ optimization: Optimization, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      """
      UPDATE optimizations
      SET state = ?, applied_at = ?, changed_at = ?, is_measured = ?, content = ?
      WHERE id = ? AND workspace = ?
      """)
    try bindChanging(optimization, to: &update)
    update.bind(optimization.id)
    update.bind(workspace)
    try update.run()
  }

  private static func bindChanging(
    _ optimization: Optimization, to statement: inout SQLStatement
  ) throws {
    statement.bind(optimization.state)
    statement.bind(optimization.appliedAt)
    statement.bind(optimization.lastChangedAt)
    statement.bind(optimization.measurement != nil)
    statement.bind(text: try optimization.json().jsonBytes)
  }

  static func find(
    _ id: OptimizationID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Optimization? {
    var select = try connection.prepare(
      "SELECT content FROM optimizations WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? read(&select) : nil
  }

  /// Those of a campaign, the latest first.
  static func all(
    of id: CampaignID, limit: Int, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Optimization] {
    var select = try connection.prepare(
      """
      SELECT content FROM optimizations WHERE campaign_id = ? AND workspace = ?
      ORDER BY created_at DESC, id DESC LIMIT ?
      """)
    select.bind(id)
    select.bind(workspace)
    select.bind(max(0, limit))
    return try all(&select)
  }

  /// Those that are still open for a campaign.
  static func open(
    for id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Optimization] {
    var select = try connection.prepare(
      """
      SELECT content FROM optimizations
      WHERE campaign_id = ? AND workspace = ? AND state = 'proposed' ORDER BY created_at, id
      """)
    select.bind(id)
    select.bind(workspace)
    return try all(&select)
  }

  /// The open ones of all campaigns that divide budgets anew.
  static func openReallocations(
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Optimization] {
    var select = try connection.prepare(
      """
      SELECT content FROM optimizations
      WHERE workspace = ? AND state = 'proposed' AND content ->> '$.kind' = ? ORDER BY row
      """)
    select.bind(workspace)
    select.bind(Optimization.Kind.budgetReallocation)
    return try all(&select)
  }

  /// The applied ones that spend what another one has freed.
  static func spenders(
    of id: OptimizationID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Optimization] {
    var select = try connection.prepare(
      """
      SELECT content FROM optimizations
      WHERE workspace = ? AND state = 'applied' AND changed_at IS NOT NULL
        AND EXISTS (SELECT 1 FROM json_each(content, '$.requires') WHERE value = ?)
      ORDER BY id
      """)
    select.bind(workspace)
    select.bind(id)
    return try all(&select)
  }

  /// Those that changed something since a time.
  static func changed(
    since time: Timestamp, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Optimization] {
    var select = try connection.prepare(
      """
      SELECT content FROM optimizations WHERE workspace = ? AND changed_at >= ?
      ORDER BY changed_at, id
      """)
    select.bind(workspace)
    select.bind(time)
    return try all(&select)
  }

  static func unmeasured(
    appliedBefore time: Timestamp, limit: Int, _ connection: SQLConnection
  ) throws -> [(workspace: WorkspaceID, optimization: Optimization)] {
    var select = try connection.prepare(
      """
      SELECT workspace, content FROM optimizations
      WHERE applied_at < ? AND is_measured = 0 ORDER BY applied_at LIMIT ?
      """)
    select.bind(time)
    select.bind(max(0, limit))
    var found: [(workspace: WorkspaceID, optimization: Optimization)] = []
    while try select.step() { found.append((select.identifier(), try read(&select))) }
    return found
  }

  private static func all(_ statement: inout SQLStatement) throws -> [Optimization] {
    var found: [Optimization] = []
    while try statement.step() { found.append(try read(&statement)) }
    return found
  }

  private static func read(_ statement: inout SQLStatement) throws -> Optimization {
    let content = try statement.object()
    do {
      return try Optimization(json: content)
    } catch {
      throw StoreError(.corrupt, "The database holds a malformed optimization", cause: "\(error)")
    }
  }
}

/// What a campaign is set to as its table keeps it.
enum ControlsRow {
  /// The campaign's own budget where nothing has been changed yet.
  static func find(
    _ id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> CampaignControls {
    var select = try connection.prepare(
      "SELECT content FROM campaign_controls WHERE campaign_id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    guard try select.step() else {
      let campaign = try CampaignRow.find(id, in: workspace, connection)
      return CampaignControls(
        of: campaign ?? Campaign(id: id, name: id.rawValue),
        currency: try CampaignStateRow.currency(of: id, in: workspace, connection))
    }
    return try read(&select)
  }

  static func store(
    _ controls: CampaignControls, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      """
      INSERT INTO campaign_controls (campaign_id, workspace, content) VALUES (?, ?, ?)
      ON CONFLICT (campaign_id, workspace) DO UPDATE SET content = excluded.content
      """)
    insert.bind(controls.campaignID)
    insert.bind(workspace)
    insert.bind(text: controls.json.jsonBytes)
    try insert.run()
  }

  /// The daily budgets of all campaigns but one, in a currency, added up.
  static func otherDailyBudgets(
    than id: CampaignID, in currency: String, _ workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Double {
    var budgets: [CampaignID: Double] = [:]
    var select = try connection.prepare(
      "SELECT id, daily_amount FROM campaigns WHERE workspace = ? AND daily_currency = ?")
    select.bind(workspace)
    select.bind(currency)
    while try select.step() { budgets[select.identifier()] = select.double() }
    var changed = try connection.prepare(
      "SELECT content FROM campaign_controls WHERE workspace = ?")
    changed.bind(workspace)
    while try changed.step() {
      let controls = try read(&changed)
      guard controls.currency == currency else { continue }
      budgets[controls.campaignID] = controls[.dailyBudget]?.number ?? 0
    }
    // In one order, so that the sum comes out the same each time.
    return budgets.sorted { $0.key < $1.key }.reduce(0) { $0 + ($1.key == id ? 0 : $1.value) }
  }

  private static func read(_ statement: inout SQLStatement) throws -> CampaignControls {
    let content = try statement.object()
    do {
      return try CampaignControls(json: content)
    } catch {
      throw StoreError(.corrupt, "The database holds malformed controls", cause: "\(error)")
    }
  }
}
