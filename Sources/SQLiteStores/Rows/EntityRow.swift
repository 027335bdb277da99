import Marketing

/// Entities with their names in their tables.
enum EntityRow {
  /// The number of an entity; `nil` when there is none of this name.
  static func number(
    of id: EntityID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Int64? {
    var select = try connection.prepare(
      "SELECT number FROM graph_entities WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? select.integer() : nil
  }

  static func find(
    _ id: EntityID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> EntityRecord? {
    guard let number = try number(of: id, in: workspace, connection) else { return nil }
    return try record(number, connection)
  }

  /// The entity of a number; `nil` when it is gone.
  static func record(_ number: Int64, _ connection: SQLConnection) throws -> EntityRecord? {
    var select = try connection.prepare(
      """
      SELECT e.id, e.type, n.name, n.is_alias, n.role, n.lead_id, n.recorded_at
      FROM graph_entities AS e JOIN graph_names AS n ON n.entity = e.number
      WHERE e.number = ? ORDER BY n.row
      """)
    select.bind(number)
    var record: EntityRecord?
    while try select.step() {
      let id = select.identifier(EntityID.self)
      let type = select.text()
      let name = EntityName(
        select.text(), isAlias: select.integer() != 0,
        role: select.optionalIdentifier(AgentRoleID.self),
        leadID: select.optionalIdentifier(LeadID.self), recordedAt: select.timestamp())
      record = record ?? EntityRecord(id: id, type: type, names: [])
      record?.names.append(name)
    }
    return record
  }

  /// The entities that have a name with this key.
  static func candidates(
    key: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [EntityRecord] {
    var select = try connection.prepare(
      "SELECT DISTINCT entity FROM graph_names WHERE key = ? AND workspace = ?")
    select.bind(key)
    select.bind(workspace)
    return try records(&select, connection)
  }

  /// The entities that stand for a lead.
  static func standing(
    for lead: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [EntityRecord] {
    var select = try connection.prepare(
      "SELECT DISTINCT entity FROM graph_names WHERE lead_id = ? AND workspace = ?")
    select.bind(lead)
    select.bind(workspace)
    return try records(&select, connection)
  }

  private static func records(
    _ select: inout SQLStatement, _ connection: SQLConnection
  ) throws -> [EntityRecord] {
    var numbers: [Int64] = []
    while try select.step() { numbers.append(select.integer()) }
    return try numbers.compactMap { try record($0, connection) }
  }

  /// Stores an entity, new or with other names.
  /// - Returns: its number.
  static func put(
    _ record: EntityRecord, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Int64 {
    let entity: Int64
    if let number = try number(of: record.id, in: workspace, connection) {
      entity = number
      try deleteNames(of: entity, connection)
    } else {
      var insert = try connection.prepare(
        "INSERT INTO graph_entities (workspace, id, type) VALUES (?, ?, ?)")
      insert.bind(workspace)
      insert.bind(record.id)
      insert.bind(record.type)
      try insert.run()
      entity = connection.insertedRow
    }
    var insert = try connection.prepare(
      """
      INSERT INTO graph_names (workspace, entity, key, name, is_alias, role, lead_id, recorded_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """)
    for name in record.names {
      insert.bind(workspace)
      insert.bind(entity)
      insert.bind(name.key)
      insert.bind(name.text)
      insert.bind(name.isAlias)
      insert.bind(name.role)
      insert.bind(name.leadID)
      insert.bind(name.recordedAt)
      try insert.run()
    }
    return entity
  }

  private static func deleteNames(of entity: Int64, _ connection: SQLConnection) throws {
    var delete = try connection.prepare("DELETE FROM graph_names WHERE entity = ?")
    delete.bind(entity)
    try delete.run()
  }

  static func delete(_ entity: Int64, _ connection: SQLConnection) throws {
    try deleteNames(of: entity, connection)
    var delete = try connection.prepare("DELETE FROM graph_entities WHERE number = ?")
    delete.bind(entity)
    try delete.run()
  }

  /// Walks through the names from the last page's end on and takes each entity at the least of those that are
  /// searched, so that it ends with the page.
  static let searchSQL = """
    SELECT n.key AS found, e.id, e.number
    FROM graph_names AS n INDEXED BY graph_names_of_workspace
      CROSS JOIN graph_entities AS e ON e.number = n.entity
    WHERE n.workspace = ?1 AND n.key >= ?13 AND n.key < ?3 AND e.id >= ?4 AND e.id < ?5
      AND n.recorded_at <= ?6 AND (?7 OR n.role IS NULL OR n.role = ?8)
      AND (?9 IS NULL OR e.type IN (SELECT value FROM json_each(?9)))
      AND (?10 IS NULL OR n.key > ?10 OR e.id > ?11)
      AND NOT EXISTS (
        SELECT 1 FROM graph_names AS s
        WHERE s.entity = n.entity AND s.key >= ?2
          AND (s.key < n.key OR s.key = n.key AND s.row < n.row)
          AND s.recorded_at <= ?6 AND (?7 OR s.role IS NULL OR s.role = ?8))
    ORDER BY found, e.id LIMIT ?12
    """

  /// The same from the names among all on, which are many less where only they are given.
  static let searchByIDSQL = """
    SELECT min(n.key) AS found, e.id, e.number
    FROM graph_entities AS e CROSS JOIN graph_names AS n ON n.entity = e.number
    WHERE e.workspace = ?1 AND e.id >= ?4 AND e.id < ?5 AND n.key >= ?2 AND n.key < ?3
      AND n.recorded_at <= ?6 AND (?7 OR n.role IS NULL OR n.role = ?8)
      AND (?9 IS NULL OR e.type IN (SELECT value FROM json_each(?9)))
    GROUP BY +e.number
    HAVING ?10 IS NULL OR found > ?10 OR found = ?10 AND e.id > ?11
    ORDER BY found, e.id LIMIT ?12
    """

  /// Entities that are called something; one more than the query's limit, so that it is seen whether there
  /// are more.
  static func search(
    _ query: EntityQuery, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [(place: EntityPlace, record: EntityRecord)] {
    let prefix = TextFolding.folded(query.name)
    let startsAtIDs = prefix.isEmpty && !query.id.isEmpty
    var select = try connection.prepare(startsAtIDs ? searchByIDSQL : searchSQL)
    select.bind(workspace)
    // Behind everything that begins so.
    select.bind(prefix)
    select.bind(prefix + "\u{10FFFF}")
    select.bind(query.id)
    select.bind(query.id + "\u{10FFFF}")
    select.bind(query.knownAt)
    select.bind(query.reader)
    select.bind(list: query.types)
    select.bind(query.after?.key)
    select.bind(query.after?.id)
    select.bind(query.limit < .max ? max(0, query.limit) + 1 : .max)
    if !startsAtIDs {
      let start = query.after?.key ?? prefix
      select.bind(start.utf8.lexicographicallyPrecedes(prefix.utf8) ? prefix : start)
    }
    var found: [(place: EntityPlace, number: Int64)] = []
    while try select.step() {
      let place = EntityPlace(key: select.text(), id: select.identifier(EntityID.self))
      found.append((place, select.integer()))
    }
    return try found.compactMap { place, number in
      try record(number, connection).map { (place, $0) }
    }
  }
}

extension SQLStatement {
  /// Binds two values: whether the reader sees everything, and the reader's role.
  mutating func bind(_ reader: MemoryReader) {
    switch reader {
    case .upkeep:
      bind(true)
      bind(nil as String?)
    case .agent(let role):
      bind(false)
      bind(role)
    }
  }

  /// Binds words as a JSON array; none as NULL. They are of `[A-Za-z0-9_-]` and need no escapes.
  mutating func bind(list words: some Collection<String>) {
    bind(words.isEmpty ? nil : "[\(words.sorted().map { "\"\($0)\"" }.joined(separator: ","))]")
  }
}
