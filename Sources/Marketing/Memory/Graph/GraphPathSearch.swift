/// Looks for ways from one entity to another that come by no entity twice. What lies on such a way is
/// collected from both ends at once; then ways are grown in the order of the least that they can cost
/// (A*; Hart, Nilsson and Raphael 1968), so that they come out best first.
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
    let forth = (depth + 1) / 2
    try collect(&collected, from: source, layers: forth, isForward: true, in: graph)
    try collect(&collected, from: target, layers: depth - forth, isForward: false, in: graph)
    let (ways, isComplete) = grow(collected.steps, limit: limit)
    return (ways, isComplete && collected.isComplete)
  }

  /// The steps that may lie on a way, by where they start.
  private struct Collected {
    var steps: [EntityID: [GraphStep]] = [:]
    var isComplete = true
    private(set) var count = 0
    private var known: Set<Key> = []

    private struct Key: Hashable {
      let relation: RelationID
      let isOutgoing: Bool
    }

    mutating func add(_ step: GraphStep) {
      let key = Key(relation: step.relation.id, isOutgoing: step.isOutgoing)
      guard known.insert(key).inserted else { return }
      steps[step.start, default: []].append(step)
      count += 1
    }
  }

  private func collect(
    _ collected: inout Collected, from start: EntityID, layers: Int, isForward: Bool,
    in graph: some GraphAdjacency
  ) throws {
    var filter = filter
    if !isForward { filter.direction = filter.direction.reversed }
    let ends: Set = [source, target]
    var seen: Set = [start]
    var frontier = [start]
    for _ in 0..<layers {
      var next: Set<EntityID> = []
      for entity in frontier {
        let found =
          try graph.steps(
            from: [entity], filter, orTo: ends, after: nil, limit: GraphLimits.fanOut)[entity] ?? []
        if found.count >= GraphLimits.fanOut { collected.isComplete = false }
        for step in found {
          collected.add(isForward ? step : step.reversed)
          // No way goes on behind its ends.
          if !ends.contains(step.end), seen.insert(step.end).inserted { next.insert(step.end) }
        }
        if collected.count >= visits {
          collected.isComplete = false
          return
        }
      }
      frontier = next.sorted()
    }
  }

  private func cost(_ relation: Relation) -> Int64 {
    order == .shortest ? relation.cost + (1 << 40) : relation.cost
  }

  /// For each number of steps and each entity, the least that it costs from there to the target.
  private func leastCosts(_ steps: [EntityID: [GraphStep]]) -> [[EntityID: Int64]] {
    var least: [[EntityID: Int64]] = [[target: 0]]
    for length in 1...depth {
      var costs = least[length - 1]
      for (entity, own) in steps {
        for step in own {
          guard let rest = least[length - 1][step.end] else { continue }
          costs[entity] = min(costs[entity] ?? .max, rest + cost(step.relation))
        }
      }
      least.append(costs)
    }
    return least
  }

  private func grow(
    _ steps: [EntityID: [GraphStep]], limit: Int
  ) -> (ways: [Way], isComplete: Bool) {
    let least = leastCosts(steps)
    guard let bound = least[depth][source] else { return ([], true) }
    var ways: [Way] = []
    var heap = BeginningHeap()
    heap.push(Beginning(steps: [], spent: 0, bound: bound, isWhole: false))
    var grown = 0
    while ways.count < limit, let best = heap.popFirst() {
      if best.isWhole {
        ways.append(Way(steps: best.steps))
        continue
      }
      grown += 1
      guard grown <= visits else { return (ways, false) }
      let end = best.steps.last?.end ?? source
      let left = depth - best.steps.count - 1
      for step in steps[end] ?? [] where step.end != source {
        guard let rest = least[left][step.end], !best.steps.contains(where: { $0.end == step.end })
        else { continue }
        let spent = best.spent + cost(step.relation)
        heap.push(
          Beginning(
            steps: best.steps + [step], spent: spent, bound: spent + rest,
            isWhole: step.end == target))
      }
    }
    return (ways, true)
  }
}

/// The beginning of a way, or a whole one.
private struct Beginning: Comparable {
  let steps: [GraphStep]
  /// What it has cost so far.
  let spent: Int64
  /// The least that any way costs which begins so.
  let bound: Int64
  let isWhole: Bool

  /// Whole ways wait for all beginnings that may become as good.
  static func < (left: Self, right: Self) -> Bool {
    if left.bound != right.bound { return left.bound < right.bound }
    if left.isWhole != right.isWhole { return right.isWhole }
    if left.steps.count != right.steps.count { return left.steps.count < right.steps.count }
    return left.steps.lazy.map(\.relation.id).lexicographicallyPrecedes(
      right.steps.lazy.map(\.relation.id))
  }

  static func == (left: Self, right: Self) -> Bool {
    left.bound == right.bound && left.isWhole == right.isWhole && left.steps == right.steps
  }
}

/// Beginnings of ways of which the first can be taken.
private struct BeginningHeap {
  private var items: [Beginning] = []

  mutating func push(_ item: Beginning) {
    items.append(item)
    var place = items.count - 1
    while place > 0, items[place] < items[(place - 1) / 2] {
      items.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func popFirst() -> Beginning? {
    guard let last = items.popLast() else { return nil }
    guard let first = items.first else { return last }
    items[0] = last
    var place = 0
    while true {
      let children = [2 * place + 1, 2 * place + 2].filter { $0 < items.count }
      guard let least = children.min(by: { items[$0] < items[$1] }), items[least] < items[place]
      else { return first }
      items.swapAt(place, least)
      place = least
    }
  }
}
