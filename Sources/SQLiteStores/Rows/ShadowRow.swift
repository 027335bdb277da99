import Marketing

/// What models said of leads as their table keeps it.
enum ShadowRow {
  /// Keeps predictions of a lead, unless an outcome of it is stored: whatever was predicted before stays
  /// to be judged.
  static func store(
    _ shadows: [ShadowPrediction], of id: LeadID, at time: Timestamp, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    guard !shadows.isEmpty, try !OutcomeRow.exists(of: id, in: workspace, connection) else {
      return
    }
    var replace = try connection.prepare(
      """
      INSERT OR REPLACE INTO shadow_predictions
        (lead_id, workspace, model, probability, predicted_at)
      VALUES (?, ?, ?, ?, ?)
      """)
    for shadow in shadows {
      replace.bind(id)
      replace.bind(workspace)
      replace.bind(shadow.model)
      replace.bind(shadow.probability)
      replace.bind(time)
      try replace.run()
    }
  }

  /// Predictions of leads that have an outcome, the latest outcome first.
  /// - Parameter limit: of how many leads at most.
  static func judged(
    limit: Int, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [JudgedPrediction] {
    var select = try connection.prepare(
      """
      SELECT p.model, p.lead_id, p.probability, o.is_won FROM (
        SELECT lead_id, max(occurred_at) AS latest, max(disposition = 'converted') AS is_won
        FROM outcomes AS d WHERE workspace = ?1 AND EXISTS (
          SELECT 1 FROM shadow_predictions WHERE lead_id = d.lead_id AND workspace = ?1)
        GROUP BY lead_id ORDER BY latest DESC, lead_id LIMIT ?2) AS o
      JOIN shadow_predictions AS p ON p.lead_id = o.lead_id AND p.workspace = ?1
      ORDER BY o.latest DESC, o.lead_id, p.model
      """)
    select.bind(workspace)
    select.bind(max(0, limit))
    var predictions: [JudgedPrediction] = []
    while try select.step() {
      predictions.append(
        JudgedPrediction(
          model: select.text(), leadID: select.identifier(), probability: select.double(),
          isConverted: select.integer() != 0))
    }
    return predictions
  }
}
