import JSONRPC
import Marketing

/// Versions of relations in their table.
enum RelationRow {
  static let columns = """
    r.number, r.id, s.id, r.predicate, o.id, r.valid_from, r.valid_to, r.recorded_at,
    r.retracted_at, r.role, r.lead_id, r.sources
    """

  static let tables = """
    graph_relations AS r JOIN graph_entities AS s ON s.number = r.subject
    JOIN graph_entities AS o ON o.number = r.object
    """

  private static let insertSQL = """
    INSERT INTO graph_relations (
      workspace, id, subject, predicate, object, weight, valid_from, valid_to, recorded_at,
      retracted_at, role, lead_id, sources)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  static func insert(
    _ relation: Relation, subject: Int64, object: Int64, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(insertSQL)
    insert.bind(workspace)
    insert.bind(relation.id)
    insert.bind(subject)
    insert.bind(relation.predicate)
    insert.bind(object)
    insert.bind(relation.weight)
    insert.bind(relation.validFrom)
    insert.bind(relation.validTo)
    insert.bind(relation.recordedAt)
    insert.bind(relation.retractedAt)
    insert.bind(relation.role)
    insert.bind(relation.leadID)
    insert.bind(text: try JSONValueEncoder().bytes(of: relation.sources))
    try insert.run()
  }

  /// The version that the statement stands at, read from `columns`.
  static func read(_ statement: inout SQLStatement) throws -> RelationVersion {
    let number = statement.integer()
    let id = statement.identifier(RelationID.self)
    let subject = statement.identifier(EntityID.self)
    let predicate = statement.text()
    let object = statement.identifier(EntityID.self)
    let validFrom = statement.timestamp()
    let validTo = statement.optionalTimestamp()
    let recordedAt = statement.timestamp()
    let retractedAt = statement.optionalTimestamp()
    let role = statement.optionalIdentifier(AgentRoleID.self)
    let leadID = statement.optionalIdentifier(LeadID.self)
    var relation = Relation(
      id: id, subject: subject, predicate: predicate, object: object, validFrom: validFrom,
      validTo: validTo, recordedAt: recordedAt, role: role, leadID: leadID,
      sources: try sources(&statement))
    relation.retractedAt = retractedAt
    return RelationVersion(number: number, relation: relation)
  }

  private static func sources(_ statement: inout SQLStatement) throws -> [RelationSource] {
    let sources = statement.withText { text -> [RelationSource]? in
      guard let tree = try? JSONParser().parse(Array(text)) else { return nil }
      return try? JSONValueDecoder().decode([RelationSource].self, from: tree)
    }
    guard let sources = sources ?? nil else {
      throw StoreError(.corrupt, "A relation's sources are malformed")
    }
    return sources
  }

  /// The versions that a statement brings.
  static func all(_ statement: inout SQLStatement) throws -> [RelationVersion] {
    var versions: [RelationVersion] = []
    while try statement.step() { versions.append(try read(&statement)) }
    return versions
  }
}
