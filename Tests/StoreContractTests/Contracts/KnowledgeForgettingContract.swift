import Marketing
import Testing

@Suite("KnowledgeGraphStore: forgetting and following")
struct KnowledgeForgettingContract {
  @Test("deleting one relation deletes exactly one", arguments: Backend.allCases)
  func relation(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let told = try await stores.relate(
        .sample("A", "uses", "B"), .sample("A", "uses", "C"), .sample("A", "knows", "B"))
      // With its versions.
      try await stores.relate(.sample("A", "uses", "B", .sample("web")), at: noon + .seconds(1))
      let forgotten = try await stores.knowledge.forgetRelations(
        [told[0].relation.id, "rel_none"], for: .agent("any"),
        events: { $0.map { _ in .graph(.knowledgeForgotten) } }, in: .default)
      #expect(forgotten.map(\.id) == [told[0].relation.id])
      #expect(forgotten.first?.sources.count == 2)
      for time in [noon, noon + .days(1)] {
        #expect(
          try await stores.facts(around: "A", .at(time)).sorted() == ["A knows B", "A uses C"])
      }
      #expect(try await stores.entity("B") != nil)
      #expect(try stores.events.events(after: 0, limit: 10).last?.event.kind == .knowledgeForgotten)
      let again = try await stores.knowledge.forgetRelations(
        [told[0].relation.id], for: .upkeep, events: { _ in [.graph(.knowledgeForgotten)] },
        in: .default)
      #expect(again.isEmpty)
      #expect(try stores.events.latestSequence() == 3)
    }
  }

  @Test("an entity goes with its relations", arguments: Backend.allCases)
  func entity(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let told = try await stores.relate(
        .sample("A", "uses", "B"), .sample("C", "uses", "A"), .sample("C", "uses", "B"))
      let id = told[0].relation.subject
      let forgotten = try await stores.knowledge.forgetEntity(
        id, for: .agent(nil), events: { _ in [.graph(.knowledgeForgotten)] }, in: .default)
      #expect(forgotten?.map(\.id) == told.prefix(2).map(\.relation.id))
      #expect(try await stores.entity("A", for: .upkeep) == nil)
      #expect(try await stores.facts(around: "C", .at(noon)) == ["C uses B"])
      let anew = try await stores.relate(.sample("A", "uses", "B"))
      #expect(anew[0].relation.subject != id && anew[0].change == .new)
    }
  }

  @Test("others keep what is private to them of a forgotten entity", arguments: Backend.allCases)
  func entityOfOthers(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let id = try await stores.relate(.sample("A", "uses", "B"))[0].relation.subject
      try await stores.relate(.sample("A", "uses", "C", role: "closer"))
      let forgotten = try await stores.knowledge.forgetEntity(
        id, for: .agent("scout"), events: { _ in [] }, in: .default)
      #expect(forgotten?.count == 1)
      #expect(try await stores.entity("A") == nil)
      #expect(
        try await stores.facts(around: "A", .at(noon, for: .agent("closer"))) == ["A uses C"])
      let rest = try await stores.knowledge.forgetEntity(
        id, for: .upkeep, events: { _ in [] }, in: .default)
      #expect(rest?.count == 1)
      #expect(try await stores.entity("A", for: .upkeep) == nil)
    }
  }

  @Test("erasing a lead leaves nothing that concerns it", arguments: Backend.allCases)
  func erased(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for id in ["lead_1", "lead_2"] { try await stores.add(.bare(id)) }
      func person(_ lead: LeadID, _ predicate: String, _ object: EntityReference) -> NewRelation {
        NewRelation(
          .named(EntityDescription(type: "person", name: "Ann", leadID: lead)), predicate, object,
          source: .sample(), leadID: lead)
      }
      let acme = EntityReference.named("company", "Acme")
      try await stores.relate(
        person("lead_1", "works_at", acme), person("lead_2", "works_at", acme),
        person("lead_1", "parent_of", .named("person", "Emma")),
        // Of the lead, though its entity is not in it; and private to a role.
        .sample("Acme", "plans", "Project X", role: "closer", lead: "lead_1"),
        .sample("Acme", "uses", "B"))
      let erasure = try await stores.knowledge.eraseLead(
        "lead_1", events: { _ in [.graph(.knowledgeForgotten)] }, in: .default)
      #expect(erasure.relations == 3)
      #expect(erasure.entities.count == 3)
      #expect(erasure.touched == [try #require(try await stores.entity("Acme"))])
      let all = EntityQuery(for: .upkeep, knownAt: .distantFuture)
      let left = try await stores.knowledge.entities(matching: all, in: .default).entities
      #expect(left.map(\.name) == ["Acme", "Ann", "B"])
      #expect(left.compactMap(\.leadID) == ["lead_2"])
      #expect(
        try await stores.facts(around: "Acme", .at(noon, for: .upkeep)).sorted()
          == ["Acme uses B", "Ann works_at Acme"])
      let nothing = try await stores.knowledge.eraseLead(
        "lead_1", events: { _ in [.graph(.knowledgeForgotten)] }, in: .default)
      #expect(nothing == GraphErasure())
      #expect(
        try await stores.knowledge.eraseLead("lead_2", events: { _ in [] }, in: .other)
          == GraphErasure())
    }
  }

  /// What an index that follows the changes has.
  private struct Follower {
    var relations: [Int64: Relation] = [:]
    var entities: [Int64: EntityRecord] = [:]
    var place = ChangePlace.start

    mutating func follow(_ stores: Stores, limit: Int) async throws {
      while true {
        let page = try #require(
          try await stores.knowledge.graphChanges(after: place, limit: limit, in: .default))
        #expect(page.changes.count <= limit)
        for change in page.changes {
          switch change {
          case .relation(let version): relations[version.number] = version.relation
          case .deletedRelation(let number): relations[number] = nil
          case .entity(let number, let record): entities[number] = record
          case .deletedEntity(let number): entities[number] = nil
          }
        }
        #expect(page.place.sequence >= place.sequence)
        place = page.place
        if !page.hasMore { return }
      }
    }
  }

  @Test("who follows the changes has what is stored", arguments: Backend.allCases)
  func changes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var often = Follower()
      var generator = SeededGenerator(seed: 11)
      let names = ["A", "B", "C", "D", "E"]
      var told: [RelationID] = []
      for number in 0..<80 {
        let pair = names.shuffled(using: &generator).prefix(2)
        let related = try await stores.relate(
          .sample(
            pair[0], "uses", pair[1], .sample("s\(number % 7)"),
            role: number % 3 == 0 ? "closer" : nil, replaces: number % 4 == 0),
          at: noon + .seconds(number))
        told += related.map(\.relation.id)
        if number % 9 == 0, let id = told.randomElement(using: &generator) {
          _ = try await stores.knowledge.forgetRelations(
            [id], for: .upkeep, events: { _ in [] }, in: .default)
        }
        if number % 29 == 28, let id = try await stores.entity(pair[0], for: .upkeep) {
          _ = try await stores.knowledge.forgetEntity(
            id, for: .upkeep, events: { _ in [] }, in: .default)
        }
        if number % 5 == 0 { try await often.follow(stores, limit: 3) }
      }
      try await often.follow(stores, limit: 3)
      var once = Follower()
      try await once.follow(stores, limit: 1000)
      #expect(often.relations == once.relations && often.entities == once.entities)
      #expect(often.place.sequence == once.place.sequence)
      #expect(try stores.knowledge.latestGraphChange(in: .default) == once.place.sequence)
      let all = EntityQuery(for: .upkeep, knownAt: .distantFuture)
      let stored = try await stores.knowledge.entities(matching: all, in: .default).entities
      #expect(Set(stored.map(\.id)) == Set(once.entities.values.map(\.id)))
      let now = noon + .days(1)
      let around = try await stores.knowledge.neighbours(
        NeighbourQuery(of: stored.map(\.id), .at(now, for: .upkeep), limit: 1000), in: .default)
      let holding = once.relations.values.filter { $0.holds(at: MemoryMoment(now: now)) }
      #expect(Set(around.steps.map(\.step.relation)) == Set(holding))
      #expect(!holding.isEmpty && holding.count < once.relations.count)
    }
  }
}
