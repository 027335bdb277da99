import Marketing
import Testing

@Suite("KnowledgeGraphStore: ways in a crowd")
struct KnowledgePathContract {
  /// Everybody has to do with the same few: nearly every way is as good as a thousand others.
  @Test(
    "ways by what everybody has in common are found", arguments: Backend.allCases,
    [GraphPathSearch.Order.strongest, .shortest])
  func hubs(backend: Backend, order: GraphPathSearch.Order) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let hubs = ["Acme", "Oslo", "Tool"]
      var told: [NewRelation] = []
      for person in 0..<300 {
        for hub in hubs {
          told.append(.sample("p\(person)", "knows", hub, .sample("crm", nil, 1)))
        }
      }
      _ = try await stores.knowledge.relate(told, at: noon, events: { _ in [] }, in: .default)
      let ends = [
        try #require(try await stores.entity("p0")), try #require(try await stores.entity("p1")),
      ]
      var query = PathQuery(from: ends[0], to: ends[1], .at(noon), limit: 5)
      query.order = order
      let found = try await stores.knowledge.paths(query, in: .default)
      #expect(found.ways.map(\.steps.count) == [2, 2, 2, 4, 4])
      let between = found.ways.prefix(3).map { found.entities[$0.entities[1]]?.name ?? "?" }
      #expect(Set(between) == Set(hubs))
      #expect(found.isComplete)
    }
  }

  /// Some relations, all of which are followed both ways.
  private struct Listed: GraphAdjacency {
    let relations: [Relation]

    init(_ ends: [(String, String, weight: Double)]) {
      relations = ends.enumerated().map { number, ends in
        Relation(
          id: RelationID(rawValue: "rel_\(100 + number)"), subject: EntityID(rawValue: ends.0),
          predicate: "knows", object: EntityID(rawValue: ends.1), validFrom: noon,
          recordedAt: noon, sources: [.sample("crm", nil, ends.weight)])
      }
    }

    func steps(
      from entities: [EntityID], _ filter: GraphFilter, orTo ends: Set<EntityID>,
      after place: StepPlace?, limit: Int
    ) -> [EntityID: [GraphStep]] {
      Dictionary(
        uniqueKeysWithValues: entities.map { entity in
          let own = relations.flatMap {
            [GraphStep($0, isOutgoing: true), GraphStep($0, isOutgoing: false)]
          }.filter { $0.start == entity }
          return (
            entity,
            Array(
              own.sorted { StepPlace(of: $0.relation) < StepPlace(of: $1.relation) }
                .prefix(limit))
          )
        })
    }
  }

  @Test("what was found comes also where a search ends before its time")
  func cut() throws {
    // Behind `h` is a crowd that leads back to `h` only, and looks cheaper than the weak way.
    let crowd = (0..<6).map { "p\($0)" }
    var ends: [(String, String, weight: Double)] = [
      ("x", "t", 0.001), ("x", "h", 1), ("h", "t", 1),
    ]
    for (place, person) in crowd.enumerated() {
      ends.append(("h", person, 1))
      for other in crowd.dropFirst(place + 1) { ends.append((person, other, 1)) }
    }
    for (visits, isComplete) in [(80, false), (500, true)] {
      let search = GraphPathSearch(
        from: "x", to: "t", .at(noon), depth: 6, order: .strongest, visits: visits)
      let found = try search.ways(limit: 3, in: Listed(ends))
      #expect(found.ways.map(\.entities) == [["x", "h", "t"], ["x", "t"]], "\(visits)")
      #expect(found.isComplete == isComplete, "\(visits)")
    }
  }

  @Test("a crowd around one end does not hide what is near the other")
  func lopsided() throws {
    var ends: [(String, String, weight: Double)] = [
      ("x", "a", 1), ("a", "z", 1), ("z", "b", 1), ("b", "t", 1),
    ]
    for number in 0..<300 {
      ends.append(("a", "n\(number)", 1))
      ends.append(("n\(number)", "m\(number)", 1))
    }
    let search = GraphPathSearch(
      from: "x", to: "t", .at(noon), depth: 6, order: .strongest, visits: 400)
    let found = try search.ways(limit: 1, in: Listed(ends)).ways
    #expect(found.map(\.entities) == [["x", "a", "z", "b", "t"]])
  }
}
