import JSONRPC
import Marketing

/// A trained model as its tables keep it.
enum ScoringModelRow {
  private static let columns = """
    id, name, version, created_at, created_by, digest, size, training_seconds, data_at,
    report
    """

  private static let insertSQL = """
    INSERT INTO scoring_models (workspace, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  /// Stores a model as the next version of its name.
  /// - Parameter report: the model's report as JSON.
  static func insert(
    _ model: NewScoringModel, report: [UInt8], in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> StoredModel {
    let stored = StoredModel(
      model, version: 1 + (try latestVersion(of: model.name, in: workspace, connection)))
    var insert = try connection.prepare(insertSQL)
    insert.bind(workspace)
    insert.bind(stored.id)
    insert.bind(stored.name)
    insert.bind(stored.version)
    insert.bind(stored.createdAt)
    insert.bind(stored.createdBy)
    insert.bind(stored.digest)
    insert.bind(stored.size)
    insert.bind(stored.trainingSeconds)
    insert.bind(stored.dataAt)
    insert.bind(text: report)
    try insert.run()
    let row = connection.insertedRow
    var content = try connection.prepare(
      "INSERT INTO scoring_model_contents (model_row, workspace, content) VALUES (?, ?, ?)")
    content.bind(row)
    content.bind(workspace)
    content.bind(blob: model.content)
    try content.run()
    return stored
  }

  private static func latestVersion(
    of name: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Int {
    var select = try connection.prepare(
      "SELECT max(version) FROM scoring_models WHERE name = ? AND workspace = ?")
    select.bind(name)
    select.bind(workspace)
    return try select.step() ? Int(select.integer()) : 0
  }

  /// The models, the one stored last first.
  static func list(
    named name: String?, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [StoredModel] {
    var select = try connection.prepare(
      """
      SELECT \(columns) FROM scoring_models WHERE workspace = ?1 AND (?2 IS NULL OR name = ?2)
      ORDER BY row DESC
      """)
    select.bind(workspace)
    select.bind(name)
    var models: [StoredModel] = []
    while try select.step() { models.append(try StoredModel(reading: &select)) }
    return models
  }

  static func find(
    _ id: ScoringModelID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> StoredModel? {
    var select = try connection.prepare(
      "SELECT \(columns) FROM scoring_models WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? StoredModel(reading: &select) : nil
  }

  static func content(
    of id: ScoringModelID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [UInt8]? {
    var select = try connection.prepare(
      """
      SELECT c.content FROM scoring_models AS m
      JOIN scoring_model_contents AS c ON c.model_row = m.row WHERE m.id = ? AND m.workspace = ?
      """)
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? select.optionalBlob() : nil
  }

  /// - Throws: `.notFound` when there is no such model.
  static func require(
    _ id: ScoringModelID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var select = try connection.prepare(
      "SELECT 1 FROM scoring_models WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    guard try select.step() else { throw StoreError.noSuchModel(id) }
  }
}

extension StoredModel {
  fileprivate init(reading statement: inout SQLStatement) throws {
    let id = statement.identifier(ScoringModelID.self)
    let name = statement.text()
    let version = Int(statement.integer())
    let createdAt = statement.timestamp()
    let createdBy = statement.text()
    let digest = statement.text()
    let size = Int(statement.integer())
    let trainingSeconds = statement.optionalDouble()
    let dataAt = statement.optionalTimestamp()
    guard
      let report = try? JSONValueDecoder().decode(
        ModelReport.self, from: .object(try statement.object()))
    else { throw StoreError(.corrupt, "The database holds a report that cannot be read") }
    self.init(
      id: id, name: name, version: version, createdAt: createdAt, createdBy: createdBy,
      digest: digest, size: size, trainingSeconds: trainingSeconds, dataAt: dataAt,
      report: report)
  }
}
