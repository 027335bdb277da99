import Marketing
import Testing

@Suite("KnowledgeGraphStore: searching")
struct KnowledgeSearchContract {
  @Test("neighbours pass the filter, page by page", arguments: Backend.allCases)
  func neighbours(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 1...9 {
        try await stores.relate(
          .sample(
            "Hub", number % 2 == 0 ? "uses" : "knows", "N\(number)",
            .sample("s", nil, Double(number) / 10)))
      }
      try await stores.relate(.sample("In", "uses", "Hub", .sample("s", nil, 0.45)))
      try await stores.relate(
        NewRelation(
          .named("company", "Hub"), "uses", .named("product", "P"),
          source: .sample("s", nil, 0.05)))
      let hub = try #require(try await stores.entity("Hub"))
      let filters: [(String, (inout GraphFilter) -> Void, [String])] = [
        ("all", { _ in }, ["N9", "N8", "N7", "N6", "N5", "In", "N4", "N3", "N2", "N1", "P"]),
        ("uses", { $0.predicates = ["uses"] }, ["N8", "N6", "In", "N4", "N2", "P"]),
        (
          "both",
          {
            $0.predicates = ["uses", "knows"]
            $0.types = ["product"]
          }, ["P"]
        ),
        ("incoming", { $0.direction = .incoming }, ["In"]),
        (
          "outgoing",
          {
            $0.direction = .outgoing
            $0.predicates = ["uses"]
          },
          ["N8", "N6", "N4", "N2", "P"]
        ),
        ("none", { $0.types = ["person"] }, []),
        ("before", { $0.moment.asOf = noon + .seconds(-1) }, []),
        ("unknown", { $0.moment.knownAt = noon + .seconds(-1) }, []),
      ]
      for (name, change, expected) in filters {
        var filter = GraphFilter.at(noon)
        change(&filter)
        for limit in [1, 3, 100] {
          var query = NeighbourQuery(of: [hub], filter, limit: limit)
          var found: [String] = []
          repeat {
            let page = try await stores.knowledge.neighbours(query, in: .default)
            #expect(page.steps.count <= limit)
            found += page.steps.map { page.entities[$0.step.end]?.name ?? "?" }
            query.after = page.next
          } while query.after != nil
          #expect(found == expected, "\(name), \(limit) at a time")
        }
      }
    }
  }

  @Test("several entities' neighbours come in one answer", arguments: Backend.allCases)
  func together(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.relate(
        .sample("A", "uses", "B", .sample("s", nil, 0.9)),
        .sample("B", "uses", "C", .sample("s", nil, 0.8)),
        .sample("D", "uses", "E", .sample("s", nil, 0.7)))
      var ids: [EntityID] = []
      for name in ["A", "B", "D"] { ids.append(try #require(try await stores.entity(name))) }
      let found = try await stores.knowledge.neighbours(
        NeighbourQuery(of: ids + ["ent_none"] + ids, .at(noon)), in: .default)
      #expect(
        found.steps.map { found.text(of: $0.step.relation) }
          == ["A uses B", "B uses C", "D uses E"])
    }
  }

  /// A graph of some companies, as told and as it is stored.
  private struct RandomGraph {
    var names: [String] = []
    var told: [NewRelation] = []
    var relations: [Relation] = []
    var ids: [EntityID] = []

    init(seed: UInt64, in stores: Stores, workspace: WorkspaceID) async throws {
      var generator = SeededGenerator(seed: seed)
      names = (0..<Int.random(in: 4...9, using: &generator)).map { "E\($0)" }
      let predicates = ["uses", "knows", "owns"]
      for number in 0..<Int.random(in: 6...26, using: &generator) {
        let pair = names.shuffled(using: &generator).prefix(2)
        let roles: [AgentRoleID?] = [nil, nil, "a", "b"]
        let role = roles.randomElement(using: &generator) ?? nil
        // Few different weights, so that many ways are equally strong.
        let weights: [Double] = [0, 0.25, 0.5, 0.5, 1]
        let weight = weights.randomElement(using: &generator) ?? 1
        var relation = NewRelation.sample(
          pair[0], predicates.randomElement(using: &generator) ?? "", pair[1],
          .sample("s\(number)", nil, weight), role: role)
        if number % 5 == 0 { relation.validTo = noon + .days(1) }
        told.append(relation)
      }
      // What is shared first: roles then speak of the same entities, where they see them.
      for isShared in [true, false] {
        for relation in told where (relation.role == nil) == isShared {
          _ = try await stores.relate(relation, in: workspace)
        }
      }
      let every = EntityQuery(for: .upkeep, knownAt: noon, limit: 1000)
      ids = try await stores.knowledge.entities(matching: every, in: workspace).entities
        .map(\.id).sorted()
      let all = try await stores.knowledge.neighbours(
        NeighbourQuery(of: ids, .at(noon, for: .upkeep), limit: 1000),
        in: workspace)
      relations = all.steps.map(\.step.relation)
    }

    /// All ways of the filter, found by trying everything.
    func ways(
      from source: EntityID, to target: EntityID, _ filter: GraphFilter, depth: Int,
      by order: GraphPathSearch.Order
    ) -> [GraphPathSearch.Way] {
      var ways: [GraphPathSearch.Way] = []
      func grow(_ steps: [GraphStep], at end: EntityID, seen: Set<EntityID>) {
        if end == target {
          ways.append(GraphPathSearch.Way(steps: steps))
          return
        }
        guard steps.count < depth else { return }
        for relation in relations where filter.passes(relation) {
          for step in [
            GraphStep(relation, isOutgoing: true), GraphStep(relation, isOutgoing: false),
          ] where step.start == end && !seen.contains(step.end) {
            if filter.direction == .outgoing, !step.isOutgoing { continue }
            if filter.direction == .incoming, step.isOutgoing { continue }
            grow(steps + [step], at: step.end, seen: seen.union([step.end]))
          }
        }
      }
      grow([], at: source, seen: [source])
      return ways.sorted { left, right in
        let costs = [left, right].map { $0.steps.reduce(0) { $0 + $1.relation.cost } }
        let counts = [left.steps.count, right.steps.count]
        let keys =
          order == .strongest
          ? ((costs[0], Int64(counts[0])), (costs[1], Int64(counts[1])))
          : ((Int64(counts[0]), costs[0]), (Int64(counts[1]), costs[1]))
        if keys.0 != keys.1 { return keys.0 < keys.1 }
        return left.steps.map(\.relation.id).lexicographicallyPrecedes(
          right.steps.map(\.relation.id))
      }
    }
  }

  @Test("paths are those that trying everything finds", arguments: Backend.allCases, [1, 2, 3, 4])
  func paths(backend: Backend, seed: UInt64) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let graph = try await RandomGraph(seed: seed, in: stores, workspace: .default)
      var generator = SeededGenerator(seed: seed &+ 100)
      var found = 0
      for _ in 0..<60 {
        let ends = graph.ids.shuffled(using: &generator).prefix(2)
        let reader =
          [.agent(nil), .agent("a"), .agent("b"), .upkeep, .agent("c")]
          .randomElement(using: &generator) ?? MemoryReader.upkeep
        var filter = GraphFilter.at(
          noon + .days(Int.random(in: 0...1, using: &generator)), for: reader)
        filter.direction = [.any, .outgoing, .incoming].randomElement(using: &generator) ?? .any
        if Bool.random(using: &generator) { filter.predicates = ["uses", "knows"] }
        var query = PathQuery(from: ends[0], to: ends[1], filter, limit: 5)
        query.depth = Int.random(in: 1...6, using: &generator)
        query.order = Bool.random(using: &generator) ? .strongest : .shortest
        let answer = try await stores.knowledge.paths(query, in: .default)
        let expected = graph.ways(
          from: ends[0], to: ends[1], filter, depth: query.depth, by: query.order)
        #expect(answer.ways == Array(expected.prefix(5)))
        #expect(answer.isComplete)
        for id in answer.ways.flatMap(\.entities) { #expect(answer.entities[id] != nil) }
        found += answer.ways.count
      }
      #expect(found > 40)
    }
  }

  @Test(
    "neighbourhoods hold what a reader may see, and nothing else", arguments: Backend.allCases,
    [5, 6, 7])
  func neighbourhoods(backend: Backend, seed: UInt64) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let graph = try await RandomGraph(seed: seed, in: stores, workspace: .default)
      let other = try await RandomGraph(seed: seed &+ 1, in: stores, workspace: .other)
      #expect(Set(graph.ids).isDisjoint(with: other.ids))
      for reader in [MemoryReader.agent(nil), .agent("a"), .agent("b"), .upkeep] {
        let filter = GraphFilter.at(noon, for: reader)
        for start in graph.ids {
          for depth in 1...4 {
            var distances = [start: 0]
            var expected: [RelationID: Int] = [:]
            for distance in 1...depth {
              for relation in graph.relations
              where filter.passes(relation) && expected[relation.id] == nil {
                let ends = [relation.subject, relation.object]
                guard ends.contains(where: { distances[$0] == distance - 1 }) else { continue }
                expected[relation.id] = distance
                for end in ends where distances[end] == nil { distances[end] = distance }
              }
            }
            var query = NeighbourQuery(of: [start], filter, limit: 7)
            query.depth = depth
            var found: [GraphSearch.Found] = []
            repeat {
              let page = try await stores.knowledge.neighbours(query, in: .default)
              found += page.steps
              for id in page.steps.flatMap({ [$0.step.start, $0.step.end] }) {
                #expect(page.entities[id] != nil)
              }
              query.after = page.next
            } while query.after != nil
            #expect(
              Dictionary(uniqueKeysWithValues: found.map { ($0.step.relation.id, $0.distance) })
                == expected)
            #expect(found.map(\.place) == found.map(\.place).sorted())
            #expect(found.allSatisfy { reader.sees(recordOf: $0.step.relation.role) })
          }
        }
      }
      // Whoever may not see a relation does not learn of entities that are in no other.
      for role in [nil, "a", "b"] as [AgentRoleID?] {
        let visible = graph.told.filter { $0.role == nil || $0.role == role }
        let names = Set(
          visible.flatMap { [$0.subject, $0.object] }.compactMap { reference -> String? in
            guard case .named(let description) = reference else { return nil }
            return description.name
          })
        let all = EntityQuery(for: .agent(role), knownAt: noon)
        let seen = try await stores.knowledge.entities(matching: all, in: .default).entities
        #expect(Set(seen.map(\.name)) == names)
      }
    }
  }

  @Test("a search stays within its bounds and says so")
  func bounds() throws {
    // Every entity leads to ten others: more ways than anybody could try.
    struct Endless: GraphAdjacency {
      func steps(
        from entities: [EntityID], _ filter: GraphFilter, orTo ends: Set<EntityID>,
        after place: StepPlace?, limit: Int
      ) -> [EntityID: [GraphStep]] {
        Dictionary(
          uniqueKeysWithValues: entities.map { entity in
            let steps = (0..<10).map { number in
              let relation = Relation(
                id: RelationID(rawValue: "\(entity)-\(number)"), subject: entity,
                predicate: "uses", object: EntityID(rawValue: "\(entity)\(number)"),
                validFrom: noon, recordedAt: noon, sources: [.sample()])
              return GraphStep(relation, isOutgoing: true)
            }
            return (entity, Array(steps.prefix(limit)))
          })
      }
    }
    let found = try GraphSearch.neighbours(
      of: ["x"], depth: 6, .at(noon), after: nil, limit: 100_000, visits: 500, in: Endless())
    #expect(!found.isComplete && (500..<1500).contains(found.steps.count))
    let search = GraphPathSearch(
      from: "x", to: "x0123", .at(noon), depth: 6, order: .strongest, visits: 500)
    let (ways, isComplete) = try search.ways(limit: 3, in: Endless())
    #expect(!isComplete && ways.isEmpty)
    let near = GraphPathSearch(
      from: "x", to: "x01", .at(noon), depth: 6, order: .strongest, visits: 500)
    #expect(try near.ways(limit: 3, in: Endless()).ways.map(\.entities) == [["x", "x0", "x01"]])
  }
}
