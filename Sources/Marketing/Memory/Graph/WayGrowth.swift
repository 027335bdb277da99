/// Grows ways over steps in the order of the least that they can cost (A*; Hart, Nilsson and Raphael 1968).
/// Of ways that cost the same the first by the names of its relations comes first; beginnings stand in that
/// order too, so that among many that are equally good one is grown to its end before the next.
struct WayGrowth: Sendable {
  private struct Edge: Sendable {
    /// Its place among the steps.
    let step: Int
    let end: Int
    let cost: Int64
  }

  private static let unreachable = Int64.max

  /// In the order of their relations' names.
  private let steps: [GraphStep]
  /// Of each step the entity that it leads to.
  private let ends: [Int]
  /// The steps from each entity.
  private let edges: [[Edge]]
  private let source: Int
  private let target: Int
  private let depth: Int
  /// For each number of steps and each entity, the least that it costs from there to the target.
  private let least: [[Int64]]

  /// Ways over steps.
  /// - Parameters:
  ///   - depth: the most steps of a way.
  ///   - cost: what a step costs, 0 or more; for `depth` of them below 2^62.
  init(
    over found: [GraphStep], from source: EntityID, to target: EntityID, depth: Int,
    cost: (Relation) -> Int64
  ) {
    steps = found.sorted { $0.relation.id < $1.relation.id }
    self.depth = depth
    var numbers = [source: 0, target: 1]
    var ends: [Int] = []
    var edges: [[Edge]] = [[], []]
    func number(of entity: EntityID) -> Int {
      if let number = numbers[entity] { return number }
      numbers[entity] = edges.count
      edges.append([])
      return edges.count - 1
    }
    for (place, step) in steps.enumerated() {
      let (start, end) = (number(of: step.start), number(of: step.end))
      ends.append(end)
      edges[start].append(Edge(step: place, end: end, cost: cost(step.relation)))
    }
    (self.source, self.target) = (0, 1)
    (self.ends, self.edges) = (ends, edges)
    least = Self.least(edges, target: 1, depth: depth)
  }

  private static func least(_ edges: [[Edge]], target: Int, depth: Int) -> [[Int64]] {
    var costs = [Int64](repeating: unreachable, count: edges.count)
    costs[target] = 0
    var least = [costs]
    for _ in 0..<depth {
      let before = costs
      for (start, own) in edges.enumerated() {
        for edge in own where before[edge.end] < unreachable {
          costs[start] = min(costs[start], before[edge.end] + edge.cost)
        }
      }
      least.append(costs)
    }
    return least
  }

  /// The best ways.
  /// - Parameter visits: the most beginnings to grow.
  /// - Returns: at most `limit` ways, the best first, and whether no better one can have been missed. Where
  ///   the visits are used up, what was found by then comes all the same.
  func ways(limit: Int, visits: Int) -> (ways: [[GraphStep]], isComplete: Bool) {
    guard least[depth][source] < Self.unreachable else { return ([], true) }
    var ways: [Beginning] = []
    var whole: [Beginning] = []
    var heap = BeginningHeap(most: visits)
    heap.push(Beginning(steps: [], spent: 0, bound: least[depth][source]))
    var grown = 0
    var isComplete = true
    while ways.count < limit {
      if let way = whole.first, heap.first.map({ way < $0 }) ?? true {
        ways.append(way)
        whole.removeFirst()
        continue
      }
      guard let best = heap.popFirst() else { break }
      grown += 1
      guard grown <= visits else {
        ways += whole
        isComplete = false
        break
      }
      for (way, isWhole) in grow(best) {
        guard isWhole else {
          heap.push(way)
          continue
        }
        whole.insert(way, at: whole.firstIndex { way < $0 } ?? whole.endIndex)
        if whole.count > limit - ways.count { whole.removeLast() }
      }
    }
    return (ways.map { way in way.steps.map { steps[$0] } }, isComplete)
  }

  /// A beginning with one step more, in every way that may lead to the target and comes by nothing twice.
  private func grow(_ beginning: Beginning) -> [(Beginning, isWhole: Bool)] {
    let end = beginning.steps.last.map { ends[$0] } ?? source
    let rest = least[depth - beginning.steps.count - 1]
    return edges[end].compactMap { edge in
      guard edge.end != source, rest[edge.end] < Self.unreachable,
        !beginning.steps.contains(where: { ends[$0] == edge.end })
      else { return nil }
      let spent = beginning.spent + edge.cost
      let grown = Beginning(
        steps: beginning.steps + [edge.step], spent: spent, bound: spent + rest[edge.end])
      return (grown, edge.end == target)
    }
  }
}

/// The beginning of a way, or a whole one.
private struct Beginning: Comparable {
  /// The places of its steps.
  let steps: [Int]
  /// What it has cost so far.
  let spent: Int64
  /// The least that any way costs which begins so.
  let bound: Int64

  static func < (left: Self, right: Self) -> Bool {
    if left.bound != right.bound { return left.bound < right.bound }
    return left.steps.lexicographicallyPrecedes(right.steps)
  }

  static func == (left: Self, right: Self) -> Bool {
    left.bound == right.bound && left.steps == right.steps
  }
}

/// Beginnings of ways of which the first can be taken. Those that so many others stand before that it will
/// never be their turn are let go of.
private struct BeginningHeap {
  /// How many are taken at most.
  private let most: Int
  private var items: [Beginning] = []
  /// Nothing that is worse is let in any more.
  private var worst: Beginning?

  init(most: Int) { self.most = max(1, most) }

  var first: Beginning? { items.first }

  mutating func push(_ item: Beginning) {
    if let worst, worst < item { return }
    items.append(item)
    var place = items.count - 1
    while place > 0, items[place] < items[(place - 1) / 2] {
      items.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
    if items.count > 2 * most {
      // What is in order is a heap.
      items = Array(items.sorted().prefix(most))
      worst = items.last
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
