import JSONRPC
import Marketing

/// What platforms are to be told as its table keeps it.
enum ControlOrderRow {
  static let dueSQL = """
    SELECT workspace, id, campaign_id, payload, not_before, attempts FROM control_orders
    WHERE is_settled = 0 AND not_before <= ? ORDER BY not_before, row LIMIT ?
    """

  static func insert(_ order: ControlOrder, _ connection: SQLConnection) throws {
    var insert = try connection.prepare(
      """
      INSERT INTO control_orders
        (workspace, id, campaign_id, payload, not_before, attempts, is_settled)
      VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING
      """)
    insert.bind(order.workspace)
    insert.bind(text: Array(order.id.utf8))
    insert.bind(order.campaignID)
    insert.bind(text: order.payload.jsonBytes)
    insert.bind(order.notBefore)
    insert.bind(order.attempts)
    try insert.run()
  }

  static func due(
    at now: Timestamp, limit: Int, _ connection: SQLConnection
  ) throws -> [ControlOrder] {
    var select = try connection.prepare(dueSQL)
    select.bind(now)
    select.bind(max(0, limit))
    var orders: [ControlOrder] = []
    while try select.step() {
      let (workspace, id) = (select.identifier(WorkspaceID.self), select.text())
      let campaign = select.identifier(CampaignID.self)
      orders.append(
        ControlOrder(
          id: id, workspace: workspace, campaignID: campaign, payload: try select.object(),
          notBefore: select.timestamp(), attempts: Int(select.integer())))
    }
    return orders
  }

  static func settle(
    _ order: ControlOrder, answer: String, next: Timestamp?, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      """
      UPDATE control_orders
      SET attempts = attempts + 1, answer = ?1, is_settled = ?2, not_before = ifnull(?3, not_before)
      WHERE id = ?4 AND workspace = ?5
      """)
    update.bind(answer)
    update.bind(next == nil)
    update.bind(next)
    update.bind(order.id)
    update.bind(order.workspace)
    try update.run()
  }
}
