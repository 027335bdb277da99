/// Looks for ways from one entity to another that come by no entity twice. What lies on such a way is
/// collected from both ends at once, the nearest first; then ways are grown in the order of the least that
/// they can cost, as `WayGrowth` says, so that they come out best first.
package struct GraphPathSearch: Sendable {
  /// What makes one way better than another; what is left equal is told apart by length, then by the names
  /// of the relations.
  package enum Order: String, Sendable, Hashable, Codable {
    /// The product of the weights.
    case strongest
    /// The number of relations, then the product.
    case shortest
  }

  /// A way.
  package struct Way: Sendable, Hashable {
    /// The relations in their order, each from the entity before.
    package var steps: [GraphStep]

    /// A way.
    package init(steps: [GraphStep]) { self.steps = steps }

    /// The product of their weights, 0–1.
    package var strength: Double { steps.reduce(1) { $0 * $1.relation.weight } }
    /// The entities that it comes by, both ends included.
    package var entities: [EntityID] { steps.prefix(1).map(\.start) + steps.map(\.end) }
  }

  private let source: EntityID
  private let target: EntityID
  private let filter: GraphFilter
  private let depth: Int
  private let order: Order
  private let visits: Int

  /// A search.
  /// - Parameters:
  ///   - filter: its types hold for the entities between the ends.
  ///   - depth: the most relations of a way.
  ///   - visits: the most relations to collect, and the most beginnings of ways to grow.
  package init(
    from source: EntityID, to target: EntityID, _ filter: GraphFilter, depth: Int, order: Order,
    visits: Int = GraphLimits.visits
  ) {
    self.source = source
    self.target = target
    self.filter = filter
    self.depth = max(0, min(depth, GraphLimits.depth))
    self.order = order
    self.visits = visits
  }

  /// The best ways.
  /// - Returns: at most `limit` ways, the best first, and whether nothing was left out of sight.
  package func ways(
    limit: Int, in graph: some GraphAdjacency
  ) throws -> (ways: [Way], isComplete: Bool) {
    guard source != target, depth > 0, limit > 0 else { return ([], true) }
    var collected = Collected()
    var forward = Side(start: source, filter: filter, isForward: true)
    var backward = Side(start: target, filter: filter, isForward: false)
    backward.filter.direction = filter.direction.reversed
    // In turns, so that a crowd around one end does not hide what is near the other.
    for layer in 0..<depth {
      if layer.isMultiple(of: 2) {
        try collect(&collected, one: &forward, in: graph)
      } else {
        try collect(&collected, one: &backward, in: graph)
      }
    }
    let growth = WayGrowth(
      over: collected.steps, from: source, to: target, depth: depth, cost: cost)
    let (ways, isComplete) = growth.ways(limit: limit, visits: visits)
    return (ways.map(Way.init(steps:)), isComplete && collected.isComplete)
  }

  /// The steps that may lie on a way.
  private struct Collected {
    private(set) var steps: [GraphStep] = []
    var isComplete = true
    private var known: Set<Key> = []

    private struct Key: Hashable {
      let relation: RelationID
      let isOutgoing: Bool
    }

    mutating func add(_ step: GraphStep) {
      let key = Key(relation: step.relation.id, isOutgoing: step.isOutgoing)
      if known.insert(key).inserted { steps.append(step) }
    }
  }

  /// What is looked at from one of the ends.
  private struct Side {
    var filter: GraphFilter
    let isForward: Bool
    var seen: Set<EntityID>
    var frontier: [EntityID]

    init(start: EntityID, filter: GraphFilter, isForward: Bool) {
      self.filter = filter
      self.isForward = isForward
      seen = [start]
      frontier = [start]
    }
  }

  /// Collects one layer more.
  private func collect(
    _ collected: inout Collected, one side: inout Side, in graph: some GraphAdjacency
  ) throws {
    let ends: Set = [source, target]
    var next: Set<EntityID> = []
    for entity in side.frontier {
      guard collected.steps.count < visits else {
        collected.isComplete = false
        break
      }
      let found =
        try graph.steps(
          from: [entity], side.filter, orTo: ends, after: nil, limit: GraphLimits.fanOut)[entity]
        ?? []
      if found.count >= GraphLimits.fanOut { collected.isComplete = false }
      for step in found {
        collected.add(side.isForward ? step : step.reversed)
        // No way goes on behind its ends.
        if !ends.contains(step.end), side.seen.insert(step.end).inserted { next.insert(step.end) }
      }
    }
    side.frontier = next.sorted()
  }

  /// What a step costs. Of equals in what comes first the other decides: a way has at most six relations, so
  /// that their number fits below what they cost, and what they cost below their number.
  private func cost(_ relation: Relation) -> Int64 {
    order == .shortest ? relation.cost + (1 << 40) : relation.cost * 8 + 1
  }
}
