import Marketing

/// Takes a lead out of every table, within the writer's transaction.
struct LeadEraser {
  /// A table whose rows name their lead.
  private struct Table {
    let place: String
    let name: String
  }

  private static let tables = [
    Table(place: "interactions", name: "interactions"),
    Table(place: "outcomes", name: "outcomes"),
    Table(place: "importedRows", name: "raw_rows"),
    Table(place: "predictions", name: "shadow_predictions"),
    Table(place: "work", name: "work_items"),
    Table(place: "contacts", name: "contacts"),
    Table(place: "handoffs", name: "handoffs"),
    Table(place: "escalations", name: "escalations"),
    Table(place: "messages", name: "outbox"),
    Table(place: "engagements", name: "engagements"),
    Table(place: "deliveryReports", name: "delivery_reports"),
    Table(place: "assignments", name: "experiment_units"),
  ]

  let id: LeadID
  let workspace: WorkspaceID
  let hasher: LeadHasher
  let connection: SQLConnection

  /// - Returns: what was erased where; the log is yet to be emptied.
  func erase(identity: (Lead) -> LeadIdentity, at now: Timestamp) throws -> LeadErasure {
    // The queue holds hashes of the lead; with all of it applied the tables alone do.
    while try IndexWriter.apply(limit: 4096, in: connection) > 0 {}
    var places: [LeadErasure.Place] = []
    // First what other rows tell of the lead's conversations.
    let (memories, conclusions) = try eraseMemories(at: now)
    places.append(memories)
    let (knowledge, entities) = try eraseKnowledge(conclusions)
    places += knowledge
    let stored = try LeadRow.find(id, in: workspace, connection)
    let hashes = (stored.map { identity($0.lead).contactAddresses } ?? []).flatMap(\.same).map {
      hasher.hash(of: $0, in: workspace)
    }
    places.append(try ConsentRow.erase(id, hashes: hashes, in: workspace, connection))
    if let stored {
      try suppress(identity(stored.lead), since: now)
      places += try erase(stored)
    } else {
      places.append(LeadErasure.Place(name: "leads", erased: 0, remaining: 0))
    }
    try forgetImportedOutcomes()
    for table in Self.tables { places.append(try erase(table)) }
    let lesson = try LessonRow.forget(id, in: workspace, connection) ? 1 : 0
    places.append(LeadErasure.Place(name: "lessons", erased: lesson, remaining: 0))
    // What only names somebody does not make a lead.
    guard places.contains(where: { $0.erased > 0 }) else { throw StoreError.noSuchLead(id) }
    places += [try eraseTasks(), try eraseAnswers()]
    try forgetQueue()
    // Words that are deleted stay in the segments of a full-text index until those are merged.
    for index in ["lead_words", "memory_words"] {
      try connection.execute("INSERT INTO \(index) (\(index)) VALUES ('optimize')")
    }
    return LeadErasure(places: places, isLogClean: true, entities: entities)
  }

  private func erase(_ stored: LeadRow) throws -> [LeadErasure.Place] {
    let cohorts = hasher.hashes(of: CohortKey(stored.lead), in: workspace)
    var hashes = [
      cohorts.all, cohorts.source, cohorts.industry, cohorts.companySize, cohorts.region,
    ]
    if let account = stored.identity.account { hashes.append(account) }
    for hash in hashes {
      var update = try connection.prepare(
        "UPDATE lead_counts SET leads = leads - 1, conversions = conversions - ? WHERE hash = ?")
      update.bind(stored.conversions > 0 ? 1 : 0)
      update.bind(hash)
      try update.run()
      var delete = try connection.prepare(
        "DELETE FROM lead_counts WHERE hash = ? AND leads <= 0")
      delete.bind(hash)
      try delete.run()
    }
    var places: [LeadErasure.Place] = []
    for (place, table, column) in [
      ("keys", "lead_keys", "lead_row"), ("triages", "triages", "lead_row"),
      ("journey", "journey_steps", "lead_row"),
      ("words", "lead_words", "rowid"), ("identities", "lead_identities", "lead_row"),
      ("leads", "leads", "row"),
    ] {
      // Names of our own.
      let erased = try count("SELECT count(*) FROM \(table) WHERE \(column) = ?", stored.row)
      var delete = try connection.prepare("DELETE FROM \(table) WHERE \(column) = ?")
      delete.bind(stored.row)
      try delete.run()
      places.append(
        LeadErasure.Place(
          name: place, erased: erased,
          remaining: try count("SELECT count(*) FROM \(table) WHERE \(column) = ?", stored.row)))
    }
    return places
  }

  private func erase(_ table: Table) throws -> LeadErasure.Place {
    // Names of our own.
    let ofLead = "FROM \(table.name) WHERE lead_id = ? AND workspace = ?"
    var delete = try connection.prepare("DELETE \(ofLead)")
    delete.bind(id)
    delete.bind(workspace)
    try delete.run()
    let erased = connection.changedRows
    var select = try connection.prepare("SELECT count(*) \(ofLead)")
    select.bind(id)
    select.bind(workspace)
    let remaining = try select.step() ? Int(select.integer()) : 0
    return LeadErasure.Place(name: table.place, erased: erased, remaining: remaining)
  }

  /// What imports said of the lead's outcomes is known by hashes of them: those are news when they come again.
  private func forgetImportedOutcomes() throws {
    let memory = OutcomeMemory(in: workspace, connection)
    for outcome in try OutcomeRow.all(of: id, in: workspace, connection) {
      try memory.forget(hasher.hashes(of: outcome, in: workspace))
    }
  }

  /// Also what conversations of the lead hold without naming it, and what was made of all that.
  /// - Returns: also the names of the conclusions that are gone.
  private func eraseMemories(
    at now: Timestamp
  ) throws -> (LeadErasure.Place, conclusions: [LearnedSituation: [MemoryID]]) {
    let conversations = try conversations()
    let rows = try memories(or: conversations)
    for row in rows { try row.delete(in: workspace, connection) }
    var ids = Set(rows.map(\.memory.record.ownedID))
    let summaries = try eraseSummaries(of: &ids)
    let conclusions = try eraseConclusions(from: rows.map(\.memory.record), ids, at: now)
    let place = LeadErasure.Place(
      name: "memories",
      erased: rows.count + summaries + conclusions.reduce(0) { $0 + $1.value.count },
      remaining: try memories(or: conversations).count + self.summaries(of: ids).count)
    return (place, conclusions)
  }

  private func conversations() throws -> [ConversationID] {
    var select = try connection.prepare(
      """
      SELECT conversation_id FROM interactions
      WHERE lead_id = ?1 AND workspace = ?2 AND conversation_id IS NOT NULL
      UNION SELECT conversation_id FROM memories
      WHERE lead_id = ?1 AND workspace = ?2 AND conversation_id IS NOT NULL
      UNION SELECT key FROM raw_rows
      WHERE lead_id = ?1 AND workspace = ?2 AND table_name IN (?3, ?4)
      """)
    select.bind(id)
    select.bind(workspace)
    // Their rows are named by the conversation.
    select.bind(DatasetTable.conversations.name)
    select.bind(DatasetTable.memoryShortTerm.name)
    var conversations: [ConversationID] = []
    while try select.step() { conversations.append(select.identifier()) }
    return conversations
  }

  /// The lead's records, and those of nobody in its conversations. One query for each, as none could use the
  /// indexes for all.
  private func memories(or conversations: [ConversationID]) throws -> [MemoryRow] {
    var rows: [MemoryRow] = []
    var select = try connection.prepare(
      "SELECT \(MemoryRow.selected) FROM memories AS m WHERE m.lead_id = ? AND m.workspace = ?")
    select.bind(id)
    select.bind(workspace)
    while try select.step() { rows.append(try MemoryRow(reading: &select)) }
    for conversation in conversations {
      var select = try connection.prepare(
        """
        SELECT \(MemoryRow.selected) FROM memories AS m
        WHERE m.conversation_id = ? AND m.workspace = ? AND m.lead_id IS NULL
        """)
      select.bind(conversation)
      select.bind(workspace)
      while try select.step() { rows.append(try MemoryRow(reading: &select)) }
    }
    return rows
  }

  /// - Parameter conclusions: those that are gone: what the graph has from them goes too.
  private func eraseKnowledge(
    _ conclusions: [LearnedSituation: [MemoryID]]
  ) throws -> (places: [LeadErasure.Place], entities: [EntityID]) {
    var graph = SQLiteGraph(in: workspace, connection)
    var erasure = try graph.unlearn(conclusions)
    erasure.add(try graph.erase(id))
    var left = try graph.unlearn(conclusions)
    left.add(try graph.erase(id))
    let places = [
      LeadErasure.Place(
        name: "relations", erased: erasure.relations, remaining: left.relations),
      LeadErasure.Place(
        name: "entities", erased: erasure.entities.count, remaining: left.entities.count),
    ]
    return (places, erasure.entities + erasure.touched)
  }

  private func suppress(_ identity: LeadIdentity, since now: Timestamp) throws {
    for hash in identity.contactAddresses.map({ hasher.hash(of: $0.kept, in: workspace) }) {
      var insert = try connection.prepare(
        "INSERT INTO suppressions (hash, workspace, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
      insert.bind(hash)
      insert.bind(workspace)
      insert.bind(now)
      try insert.run()
    }
  }

  /// The queue keeps its last entry as the place that has been applied: an empty one takes its place, and
  /// whoever holds entries in memory sees that it has missed something, and starts anew.
  private func forgetQueue() throws {
    try connection.execute(
      """
      INSERT INTO index_queue
      SELECT max(sequence) + 1, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, 0 FROM index_queue
      """)
    try connection.execute(
      "DELETE FROM index_queue WHERE sequence < (SELECT max(sequence) FROM index_queue)")
  }

  private func count(_ sql: String, _ row: Int64) throws -> Int {
    var select = try connection.prepare(sql)
    select.bind(row)
    return try select.step() ? Int(select.integer()) : 0
  }
}
