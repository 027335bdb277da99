/// Searches over a graph of relations. Results stand in an order that depends on nothing but the graph.
package enum GraphSearch {
  /// A step that a search came over.
  package struct Found: Sendable, Hashable {
    /// The step; it starts from the end that is nearer.
    package var step: GraphStep
    /// How far its end is from where the search began, 1 and up.
    package var distance: Int

    /// The step's place in the answer.
    package var place: StepPlace { StepPlace(of: step.relation, distance: distance) }
  }

  /// What a search found.
  package struct Finds: Sendable, Hashable {
    /// The steps, the nearest first, then the strongest.
    package var steps: [Found]
    /// Whether there are more behind them.
    package var hasMore: Bool
    /// Whether everything there is was looked at.
    package var isComplete: Bool
  }

  /// The relations around some entities, each once.
  /// - Parameters:
  ///   - depth: how far to go, 1 and up.
  ///   - place: only steps behind it.
  package static func neighbours(
    of entities: [EntityID], depth: Int, _ filter: GraphFilter, after place: StepPlace?,
    limit: Int, visits: Int = GraphLimits.visits, in graph: some GraphAdjacency
  ) throws -> Finds {
    if depth <= 1 {
      return try nearest(of: entities, filter, after: place, limit: limit, in: graph)
    }
    var found: [Found] = []
    var known = Set(entities)
    var relations: Set<RelationID> = []
    var frontier = known.sorted()
    var isComplete = true
    for distance in 1...depth where !frontier.isEmpty && relations.count < visits {
      var next: Set<EntityID> = []
      for batch in frontier.batches {
        let steps = try graph.steps(
          from: batch, filter, orTo: [], after: nil, limit: GraphLimits.fanOut)
        for entity in batch {
          let own = steps[entity] ?? []
          if own.count >= GraphLimits.fanOut { isComplete = false }
          for step in own where relations.insert(step.relation.id).inserted {
            found.append(Found(step: step, distance: distance))
            if known.insert(step.end).inserted { next.insert(step.end) }
          }
        }
        guard relations.count < visits else {
          isComplete = false
          break
        }
      }
      frontier = next.sorted()
    }
    found.sort { $0.place < $1.place }
    if let place { found.removeAll { $0.place <= place } }
    let page = found.prefix(max(0, limit))
    return Finds(
      steps: Array(page), hasMore: found.count > page.count, isComplete: isComplete)
  }

  /// The relations that touch some entities: what an index can answer page by page.
  private static func nearest(
    of entities: [EntityID], _ filter: GraphFilter, after place: StepPlace?, limit: Int,
    in graph: some GraphAdjacency
  ) throws -> Finds {
    let limit = max(0, limit)
    let starts = Set(entities).sorted()
    var relations: Set<RelationID> = []
    var found: [Found] = []
    for batch in starts.batches {
      let steps = try graph.steps(
        from: batch, filter, orTo: [], after: place, limit: limit + 1)
      for entity in batch {
        for step in steps[entity] ?? [] where relations.insert(step.relation.id).inserted {
          found.append(Found(step: step, distance: 1))
        }
      }
    }
    found.sort { $0.place < $1.place }
    return Finds(
      steps: Array(found.prefix(limit)), hasMore: found.count > limit, isComplete: true)
  }
}

extension [EntityID] {
  /// So many at a time that a query stays small and a bound is not passed by much.
  fileprivate var batches: [[EntityID]] {
    stride(from: 0, to: count, by: 50).map { Array(self[$0..<Swift.min($0 + 50, count)]) }
  }
}
