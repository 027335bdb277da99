import JSONRPC

extension InMemoryStores: KnowledgeGraphStore {
  package func relate(
    _ relations: [NewRelation], at now: Timestamp,
    events: @escaping @Sendable ([Related]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [Related] {
    try changeGraph(in: workspace) { graph in
      let related = try graph.relate(relations, at: now)
      return (related, events(related))
    }
  }

  /// Changes the graph of a workspace, all of it or nothing.
  private func changeGraph<Result: Sendable>(
    in workspace: WorkspaceID,
    _ body: (inout InMemoryGraph) throws -> (Result, events: [Event])
  ) throws(StoreError) -> Result {
    try write(in: workspace) { (content) throws(StoreError) in
      var graph = content.graph
      graph.leads = Set(content.leads.keys)
      do {
        let result = try body(&graph)
        graph.leads = []
        content.graph = graph
        return result
      } catch let error as StoreError {
        throw error
      } catch {
        throw StoreError(.corrupt, "The graph could not be changed", cause: "\(error)")
      }
    }
  }

  package func entities(
    _ ids: [EntityID], for reader: MemoryReader, knownAt: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> [Entity] {
    read(in: workspace) { content in
      let seen = content.graph.entities(ids, for: reader, knownAt: knownAt)
      return ids.compactMap { seen[$0] }
    }
  }

  package func entities(
    matching query: EntityQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> EntityPage {
    read(in: workspace) { $0.graph.entities(matching: query) }
  }

  package func entities(
    of lead: LeadID, for reader: MemoryReader, at moment: MemoryMoment, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Entity] {
    try search(in: workspace) { try $0.entities(of: lead, for: reader, at: moment) }
  }

  package func neighbours(
    _ query: NeighbourQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> Neighbours {
    try search(in: workspace) { try $0.neighbours(query) { $0.entities($1, for: $2, knownAt: $3) } }
  }

  package func paths(
    _ query: PathQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> GraphPaths {
    try search(in: workspace) { try $0.paths(query) { $0.entities($1, for: $2, knownAt: $3) } }
  }

  private func search<Result>(
    in workspace: WorkspaceID, _ body: (InMemoryGraph) throws -> Result
  ) throws(StoreError) -> Result {
    let graph = state.withLock { $0.workspaces[workspace]?.graph ?? InMemoryGraph() }
    do {
      return try body(graph)
    } catch {
      throw StoreError(.corrupt, "The graph could not be searched", cause: "\(error)")
    }
  }

  package func forgetRelations(
    _ ids: [RelationID], for reader: MemoryReader,
    events: @escaping @Sendable ([Relation]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [Relation] {
    try changeGraph(in: workspace) { graph in
      let forgotten = try graph.forget(ids, for: reader)
      return (forgotten, forgotten.isEmpty ? [] : events(forgotten))
    }
  }

  package func forgetEntity(
    _ id: EntityID, for reader: MemoryReader, events: @escaping @Sendable ([Relation]) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [Relation]? {
    try changeGraph(in: workspace) { graph in
      let forgotten = try graph.forget(id, for: reader)
      return (forgotten, forgotten.map(events) ?? [])
    }
  }

  package func eraseLead(
    _ id: LeadID, events: @escaping @Sendable (GraphErasure) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> GraphErasure {
    try changeGraph(in: workspace) { graph in
      let erasure = try graph.erase(id)
      return (erasure, erasure == GraphErasure() ? [] : events(erasure))
    }
  }

  package func graphChanges(
    after place: ChangePlace, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> GraphChanges? {
    read(in: workspace) { $0.graph.changes(after: place, limit: limit) }
  }

  package func latestGraphChange(in workspace: WorkspaceID) throws(StoreError) -> Int64 {
    read(in: workspace) { $0.graph.lastChange }
  }

  package func pruneGraphChanges(
    keeping newest: Int, limit: Int
  ) async throws(StoreError) -> Int {
    state.withLock { state in
      state.workspaces.keys.reduce(0) { pruned, workspace in
        pruned
          + (state.workspaces[workspace]?.graph
            .pruneChanges(keeping: newest, limit: limit - pruned) ?? 0)
      }
    }
  }
}

extension InMemoryGraph {
  fileprivate func entities(matching query: EntityQuery) -> EntityPage {
    let prefix = TextFolding.folded(query.name)
    var found: [(place: EntityPlace, entity: Entity)] = []
    for (id, stored) in entities where id.rawValue.hasPrefix(query.id) {
      let record = stored.record
      guard query.types.isEmpty || query.types.contains(record.type),
        let entity = record.seen(by: query.reader, knownAt: query.knownAt)
      else { continue }
      let keys = ([entity.name] + entity.aliases).map { TextFolding.folded($0) }
      let least = keys.filter { $0.utf8.starts(with: prefix.utf8) }
        .min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      guard let least else { continue }
      let place = EntityPlace(key: least, id: id)
      if query.after?.precedes(place) ?? true { found.append((place, entity)) }
    }
    found.sort { $0.place.precedes($1.place) }
    let page = found.prefix(max(0, query.limit))
    return EntityPage(
      entities: page.map(\.entity), next: found.count > page.count ? page.last?.place : nil)
  }
}
