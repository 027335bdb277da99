import JSONRPC
import Marketing

/// The graph of one workspace, seen through a connection for the time of a transaction.
struct SQLiteGraph {
  let workspace: WorkspaceID
  let connection: SQLConnection

  init(in workspace: WorkspaceID, _ connection: SQLConnection) {
    self.workspace = workspace
    self.connection = connection
  }

  /// The entities that a reader sees, by name among all.
  func entities(
    _ ids: some Sequence<EntityID>, for reader: MemoryReader, knownAt: Timestamp
  ) throws -> [EntityID: Entity] {
    var seen: [EntityID: Entity] = [:]
    for id in ids { seen[id] = try entity(id)?.seen(by: reader, knownAt: knownAt) }
    return seen
  }

  private func number(of id: EntityID) throws -> Int64 {
    guard let number = try EntityRow.number(of: id, in: workspace, connection) else {
      throw StoreError(.corrupt, "The entity '\(id)' is not in its table")
    }
    return number
  }

  private func note(_ number: Int64, isRelation: Bool, isGone: Bool = false) throws {
    var replace = try connection.prepare(
      """
      INSERT OR REPLACE INTO graph_changes (workspace, is_relation, number, is_gone)
      VALUES (?, ?, ?, ?)
      """)
    replace.bind(workspace)
    replace.bind(isRelation)
    replace.bind(number)
    replace.bind(isGone)
    try replace.run()
  }

  private func versions(
    _ condition: String, _ bind: (inout SQLStatement) -> Void
  ) throws -> [RelationVersion] {
    var select = try connection.prepare(
      "SELECT \(RelationRow.columns) FROM \(RelationRow.tables) WHERE \(condition)")
    bind(&select)
    return try RelationRow.all(&select).sorted { $0.number < $1.number }
  }

  /// What has changed behind a place; `nil` where some of it was pruned.
  func changes(after place: ChangePlace, limit: Int) throws -> GraphChanges? {
    let start = try ChangeList.graph.start(after: place, in: workspace, connection)
    guard var place = start else { return nil }
    let limit = max(0, min(limit, 10_000))
    var select = try connection.prepare(
      """
      SELECT place, is_relation, number FROM graph_changes WHERE workspace = ? AND place > ?
      ORDER BY place LIMIT ?
      """)
    select.bind(workspace)
    select.bind(place.sequence)
    select.bind(limit + 1)
    var found: [(place: Int64, isRelation: Bool, number: Int64)] = []
    while try select.step() {
      found.append((select.integer(), select.integer() != 0, select.integer()))
    }
    let page = found.prefix(limit)
    if let last = page.last { place.sequence = last.place }
    return GraphChanges(
      changes: try page.map { try change(of: $0.number, isRelation: $0.isRelation) },
      place: place, hasMore: found.count > limit)
  }

  private func change(of number: Int64, isRelation: Bool) throws -> GraphChanges.Change {
    guard isRelation else {
      let record = try EntityRow.record(number, connection)
      return record.map { .entity(number: number, $0) } ?? .deletedEntity(number: number)
    }
    let version = try versions("r.number = ?") { $0.bind(number) }.first
    return version.map { .relation($0) } ?? .deletedRelation(version: number)
  }
}

extension SQLiteGraph: GraphTable {
  func candidates(type: String, key: String, leadID: LeadID?) throws -> [EntityRecord] {
    let named = try EntityRow.candidates(key: key, in: workspace, connection)
    let ids = Set(named.map(\.id))
    let standing = try leadID.map { try entities(standingFor: $0) } ?? []
    return (named + standing.filter { !ids.contains($0.id) }).filter { $0.type == type }
  }

  func entity(_ id: EntityID) throws -> EntityRecord? {
    try EntityRow.find(id, in: workspace, connection)
  }

  func entities(standingFor lead: LeadID) throws -> [EntityRecord] {
    try EntityRow.standing(for: lead, in: workspace, connection)
  }

  func put(_ record: EntityRecord) throws {
    try note(EntityRow.put(record, in: workspace, connection), isRelation: false)
  }

  func delete(_ entity: EntityID) throws {
    let number = try number(of: entity)
    try EntityRow.delete(number, connection)
    try note(number, isRelation: false, isGone: true)
  }

  func current(
    subject: EntityID, predicate: String, object: EntityID?
  ) throws -> [RelationVersion] {
    guard let from = try EntityRow.number(of: subject, in: workspace, connection) else {
      return []
    }
    let standing = "r.subject = ? AND r.predicate = ? AND r.retracted_at IS NULL"
    guard let object else {
      return try versions(standing) {
        $0.bind(from)
        $0.bind(predicate)
      }
    }
    guard let to = try EntityRow.number(of: object, in: workspace, connection) else { return [] }
    return try versions("\(standing) AND r.object = ?") {
      $0.bind(from)
      $0.bind(predicate)
      $0.bind(to)
    }
  }

  func versions(of relation: RelationID) throws -> [RelationVersion] {
    try versions("r.id = ? AND r.workspace = ?") {
      $0.bind(relation)
      $0.bind(workspace)
    }
  }

  func versions(touching entity: EntityID) throws -> [RelationVersion] {
    guard let number = try EntityRow.number(of: entity, in: workspace, connection) else {
      return []
    }
    return try ["r.subject", "r.object"].flatMap { end in
      try versions("\(end) = ?") { $0.bind(number) }
    }.sorted { $0.number < $1.number }
  }

  func isTouched(_ entity: EntityID) throws -> Bool {
    guard let number = try EntityRow.number(of: entity, in: workspace, connection) else {
      return false
    }
    for end in ["subject", "object"] {
      var select = try connection.prepare(
        "SELECT 1 FROM graph_relations WHERE \(end) = ? LIMIT 1")
      select.bind(number)
      if try select.step() { return true }
    }
    return false
  }

  func versions(concerning lead: LeadID) throws -> [RelationVersion] {
    try versions("r.lead_id = ? AND r.workspace = ?") {
      $0.bind(lead)
      $0.bind(workspace)
    }
  }

  func insert(_ relation: Relation) throws {
    try RelationRow.insert(
      relation, subject: number(of: relation.subject), object: number(of: relation.object),
      in: workspace, connection)
    try note(connection.insertedRow, isRelation: true)
  }

  func retract(_ version: RelationVersion, at time: Timestamp) throws {
    var update = try connection.prepare(
      "UPDATE graph_relations SET retracted_at = ? WHERE number = ?")
    update.bind(time)
    update.bind(version.number)
    try update.run()
    try note(version.number, isRelation: true)
  }

  func delete(_ version: RelationVersion) throws {
    var delete = try connection.prepare("DELETE FROM graph_relations WHERE number = ?")
    delete.bind(version.number)
    try delete.run()
    try note(version.number, isRelation: true, isGone: true)
  }

  func hasLead(_ id: LeadID) throws -> Bool {
    var select = try connection.prepare("SELECT 1 FROM leads WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    return try select.step()
  }

  func newID<Thing>(_ prefix: String, at now: Timestamp) -> Identifier<Thing> {
    var generator = SystemRandomNumberGenerator()
    return Identifier.make(
      prefix: prefix, at: now, random: (generator.next(), generator.next()))
  }
}

extension SQLiteGraph: GraphAdjacency {
  func steps(
    from entities: [EntityID], _ filter: GraphFilter, orTo ends: Set<EntityID>,
    after place: StepPlace?, limit: Int
  ) throws -> [EntityID: [GraphStep]] {
    var steps: [EntityID: [GraphStep]] = [:]
    for entity in entities {
      guard let number = try EntityRow.number(of: entity, in: workspace, connection) else {
        continue
      }
      var own: [GraphStep] = []
      for isOutgoing in [true, false]
      where filter.direction == .any || (filter.direction == .outgoing) == isOutgoing {
        let found = try relations(
          at: number, isOutgoing: isOutgoing, filter, ends, after: place, limit: limit)
        own += found.map { GraphStep($0.relation, isOutgoing: isOutgoing) }
      }
      let sorted = own.sorted { StepPlace(of: $0.relation) < StepPlace(of: $1.relation) }
      steps[entity] = Array(sorted.prefix(limit))
    }
    return steps
  }

  private func relations(
    at number: Int64, isOutgoing: Bool, _ filter: GraphFilter, _ ends: Set<EntityID>,
    after place: StepPlace?, limit: Int
  ) throws -> [RelationVersion] {
    var select = try connection.prepare(
      """
      SELECT \(RelationRow.columns) FROM \(RelationRow.tables)
      WHERE \(isOutgoing ? "r.subject" : "r.object") = ?1
        AND r.recorded_at <= ?2 AND (r.retracted_at IS NULL OR r.retracted_at > ?2)
        AND r.valid_from <= ?3 AND (r.valid_to IS NULL OR r.valid_to > ?3)
        AND (?4 OR r.role IS NULL OR r.role = ?5)
        AND (?6 IS NULL OR r.predicate IN (SELECT value FROM json_each(?6)))
        AND (?7 IS NULL OR \(isOutgoing ? "o" : "s").type IN (SELECT value FROM json_each(?7))
          OR \(isOutgoing ? "o" : "s").id IN (SELECT value FROM json_each(?8)))
        AND (?9 IS NULL OR r.weight < ?9 OR r.weight = ?9 AND r.id > ?10)
      ORDER BY r.weight DESC, r.id LIMIT ?11
      """)
    select.bind(number)
    select.bind(filter.moment.knownAt)
    select.bind(filter.moment.asOf)
    select.bind(filter.reader)
    select.bind(list: filter.predicates)
    select.bind(list: filter.types)
    select.bind(list: ends.map(\.rawValue))
    select.bind(place?.weight)
    select.bind(place?.id)
    select.bind(limit)
    return try RelationRow.all(&select)
  }
}
