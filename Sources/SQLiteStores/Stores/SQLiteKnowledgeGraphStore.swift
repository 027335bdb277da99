package import Marketing

/// Entities and relations in SQLite.
package struct SQLiteKnowledgeGraphStore: KnowledgeGraphStore {
  let database: SQLiteDatabase

  package func relate(
    _ relations: [NewRelation], at now: Timestamp,
    events: @escaping @Sendable ([Related]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [Related] {
    try await change(in: workspace) { graph in
      let related = try graph.relate(relations, at: now)
      return (related, events(related))
    }
  }

  /// Changes the graph of a workspace in one transaction. Events of it hold nothing personal.
  private func change<Value: Sendable>(
    in workspace: WorkspaceID,
    _ body: @escaping @Sendable (inout SQLiteGraph) throws -> (Value, events: [Event])
  ) async throws(StoreError) -> Value {
    try await database.writer.perform { connection in
      var graph = SQLiteGraph(in: workspace, connection)
      let (value, events) = try body(&graph)
      for event in events {
        try EventRow(event, key: nil, in: workspace).append(to: connection)
      }
      return value
    }
  }

  package func entities(
    _ ids: [EntityID], for reader: MemoryReader, knownAt: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> [Entity] {
    try database.readers.read { connection in
      try connection.reading {
        let seen = try SQLiteGraph(in: workspace, connection)
          .entities(ids, for: reader, knownAt: knownAt)
        return ids.compactMap { seen[$0] }
      }
    }
  }

  package func entities(
    matching query: EntityQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> EntityPage {
    try await database.pooled.read { connection in
      let found = try EntityRow.search(query, in: workspace, connection)
      let page = found.prefix(max(0, query.limit))
      return EntityPage(
        entities: page.compactMap { $0.record.seen(by: query.reader, knownAt: query.knownAt) },
        next: found.count > page.count ? page.last?.place : nil)
    }
  }

  package func entities(
    of lead: LeadID, for reader: MemoryReader, at moment: MemoryMoment, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Entity] {
    try await database.pooled.read {
      try SQLiteGraph(in: workspace, $0).entities(of: lead, for: reader, at: moment)
    }
  }

  package func neighbours(
    _ query: NeighbourQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> Neighbours {
    try await database.pooled.read { connection in
      try SQLiteGraph(in: workspace, connection)
        .neighbours(query) { try $0.entities($1, for: $2, knownAt: $3) }
    }
  }

  package func paths(
    _ query: PathQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> GraphPaths {
    try await database.pooled.read { connection in
      try SQLiteGraph(in: workspace, connection)
        .paths(query) { try $0.entities($1, for: $2, knownAt: $3) }
    }
  }

  package func forgetRelations(
    _ ids: [RelationID], for reader: MemoryReader,
    events: @escaping @Sendable ([Relation]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [Relation] {
    try await change(in: workspace) { graph in
      let forgotten = try graph.forget(ids, for: reader)
      return (forgotten, forgotten.isEmpty ? [] : events(forgotten))
    }
  }

  package func forgetEntity(
    _ id: EntityID, for reader: MemoryReader, events: @escaping @Sendable ([Relation]) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [Relation]? {
    try await change(in: workspace) { graph in
      let forgotten = try graph.forget(id, for: reader)
      return (forgotten, forgotten.map(events) ?? [])
    }
  }

  package func eraseLead(
    _ id: LeadID, events: @escaping @Sendable (GraphErasure) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> GraphErasure {
    try await change(in: workspace) { graph in
      let erasure = try graph.erase(id)
      return (erasure, erasure == GraphErasure() ? [] : events(erasure))
    }
  }

  package func graphChanges(
    after place: ChangePlace, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> GraphChanges? {
    try await database.pooled.read {
      try SQLiteGraph(in: workspace, $0).changes(after: place, limit: limit)
    }
  }

  package func latestGraphChange(in workspace: WorkspaceID) throws(StoreError) -> Int64 {
    try database.readers.read { try ChangeList.graph.latest(in: workspace, $0) }
  }

  package func pruneGraphChanges(
    keeping newest: Int, limit: Int
  ) async throws(StoreError) -> Int {
    try await ChangeList.graph.prune(keeping: newest, limit: limit, in: database)
  }
}
