import JSONRPC
import Marketing

/// An experiment as its table keeps it.
enum ExperimentRow {
  static func insert(
    _ experiment: Experiment, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      """
      INSERT INTO experiments
        (workspace, id, campaign_id, exclusion_group, started_at, state, content)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    insert.bind(workspace)
    insert.bind(experiment.id)
    insert.bind(experiment.campaignID)
    insert.bind(experiment.exclusionGroup)
    insert.bind(experiment.startedAt)
    try bindChanging(experiment, to: &insert)
    try insert.run()
  }

  static func update(
    _ experiment: Experiment, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      "UPDATE experiments SET state = ?, content = ? WHERE id = ? AND workspace = ?")
    try bindChanging(experiment, to: &update)
    update.bind(experiment.id)
    update.bind(workspace)
    try update.run()
  }

  private static func bindChanging(
    _ experiment: Experiment, to statement: inout SQLStatement
  ) throws {
    statement.bind(experiment.state)
    statement.bind(text: JSONWriter.bytes(of: try JSONValueEncoder().encode(experiment)))
  }

  static func find(
    _ id: ExperimentID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Experiment? {
    var select = try connection.prepare(
      "SELECT content FROM experiments WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? read(&select) : nil
  }

  static func all(
    _ query: ExperimentQuery, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Experiment] {
    var select = try connection.prepare(
      """
      SELECT content FROM experiments
      WHERE workspace = ?1 AND (state = ?2 OR ?2 IS NULL) AND (campaign_id = ?3 OR ?3 IS NULL)
        AND (?4 IS NULL OR started_at < ?4 OR started_at = ?4 AND id > ?5)
      ORDER BY started_at DESC, id LIMIT ?6
      """)
    select.bind(workspace)
    select.bind(query.state)
    select.bind(query.campaignID)
    select.bind(query.after?.time)
    select.bind(query.after?.id)
    select.bind(max(0, query.limit))
    var found: [Experiment] = []
    while try select.step() { found.append(try read(&select)) }
    return found
  }

  static func running(
    after place: (workspace: WorkspaceID, id: ExperimentID)?, limit: Int,
    _ connection: SQLConnection
  ) throws -> [(workspace: WorkspaceID, experiment: Experiment)] {
    var select = try connection.prepare(
      """
      SELECT workspace, content FROM experiments
      WHERE state = 'running' AND (workspace, id) > (?, ?) ORDER BY workspace, id LIMIT ?
      """)
    // No name is empty.
    select.bind(place?.workspace.rawValue ?? "")
    select.bind(place?.id.rawValue ?? "")
    select.bind(max(0, limit))
    var found: [(workspace: WorkspaceID, experiment: Experiment)] = []
    while try select.step() { found.append((select.identifier(), try read(&select))) }
    return found
  }

  /// The names of the running experiments of a group.
  static func running(
    inGroup group: String, _ workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [ExperimentID] {
    var select = try connection.prepare(
      """
      SELECT id FROM experiments
      WHERE workspace = ? AND state = 'running' AND exclusion_group = ? ORDER BY id
      """)
    select.bind(workspace)
    select.bind(group)
    var found: [ExperimentID] = []
    while try select.step() { found.append(select.identifier()) }
    return found
  }

  private static func read(_ statement: inout SQLStatement) throws -> Experiment {
    let content = try statement.object()
    do {
      return try JSONValueDecoder().decode(Experiment.self, from: .object(content))
    } catch {
      throw StoreError(.corrupt, "The database holds a malformed experiment", cause: "\(error)")
    }
  }
}

/// Who was assigned which variant.
enum ExperimentUnitRow {
  /// The variant that a lead was assigned.
  static func variant(
    of lead: LeadID, in experiment: ExperimentID, _ workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> String? {
    var select = try connection.prepare(
      """
      SELECT variant FROM experiment_units
      WHERE experiment_id = ? AND workspace = ? AND lead_id = ?
      """)
    select.bind(experiment)
    select.bind(workspace)
    select.bind(lead)
    return try select.step() ? select.text() : nil
  }

  /// What a lead was assigned, the latest first.
  static func all(
    of lead: LeadID, _ workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [LeadAssignment] {
    var select = try connection.prepare(
      """
      SELECT experiment_id, variant, assigned_at FROM experiment_units
      WHERE lead_id = ? AND workspace = ? ORDER BY assigned_at DESC, experiment_id LIMIT 100
      """)
    select.bind(lead)
    select.bind(workspace)
    var found: [(id: ExperimentID, variant: String, at: Timestamp)] = []
    while try select.step() {
      found.append((select.identifier(), select.text(), select.timestamp()))
    }
    return try found.compactMap { row in
      try ExperimentRow.find(row.id, in: workspace, connection).map {
        LeadAssignment($0, row.variant, at: row.at)
      }
    }
  }

  static func insert(
    _ variant: String, to lead: LeadID, in experiment: ExperimentID, at now: Timestamp,
    _ workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      """
      INSERT INTO experiment_units (experiment_id, workspace, lead_id, variant, assigned_at)
      VALUES (?, ?, ?, ?, ?)
      """)
    insert.bind(experiment)
    insert.bind(workspace)
    insert.bind(lead)
    insert.bind(variant)
    insert.bind(now)
    try insert.run()
  }
}
