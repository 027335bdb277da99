import JSONRPC
import Marketing
import Testing

@Suite("KnowledgeGraphStore: telling")
struct KnowledgeGraphContract {
  @Test("a relation comes back as it was told", arguments: Backend.allCases)
  func kept(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("lead_1"))
      let source = RelationSource(
        MemorySource(name: "crm \"x\"", reference: "row-1"), trust: .verified, weight: 0.25,
        timesSeen: 3)
      let new = NewRelation(
        .named(
          EntityDescription(
            type: "person", name: "Zoë  Example", aliases: ["Zee", "ZOE example"], leadID: "lead_1")
        ), "works_at", .named("company", "Acme \u{1F680}"), source: source,
        validFrom: noon + .days(-5), validTo: noon + .days(5), leadID: "lead_1")
      let related = try #require(try await stores.relate(new).first)
      #expect(related.change == .new && related.newEntities.count == 2)
      #expect(related.ended.isEmpty && related.conflicts.isEmpty)
      let relation = related.relation
      #expect(
        relation.sources == [source] && relation.weight == 0.25 && relation.trust == .verified)
      #expect(relation.validFrom == noon + .days(-5) && relation.validTo == noon + .days(5))
      #expect(relation.recordedAt == noon && relation.retractedAt == nil)
      #expect(relation.leadID == "lead_1" && relation.role == nil)
      let found = try await stores.knowledge.neighbours(
        NeighbourQuery(of: [relation.object], .at(noon)), in: .default)
      #expect(found.steps.map(\.step) == [GraphStep(relation, isOutgoing: false)])
      #expect(
        found.entities[relation.subject]
          == Entity(
            id: relation.subject, type: "person", name: "Zoë  Example", aliases: ["Zee"],
            leadID: "lead_1", recordedAt: noon))
      #expect(found.next == nil && found.isComplete)
      #expect(try stores.events.latestSequence() == 2)
    }
  }

  @Test("sources of one relation stand side by side, each once", arguments: Backend.allCases)
  func merged(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let first = try #require(try await stores.relate(.sample("A", "uses", "B")).first)
      // The name, the source and the reference decide, not the spelling and not the time.
      let steps: [(RelationSource, String, String, Related.Change, Double)] = [
        (.sample("crm", nil, 0.5), " a ", "b", .unchanged, 0.5),
        (.sample("crm", "r1", 0.5), "Á", "B", .merged, 0.75),
        (.sample("crm", "r1", 0.5), "A", "B", .unchanged, 0.75),
        (.sample("web", nil, 0.2), "A", "B", .merged, 0.8),
        // A source that says something else now is not counted twice.
        (.sample("crm", "r1", 0), "A", "B", .merged, 0.6),
      ]
      for (number, step) in steps.enumerated() {
        let (source, subject, object, change, weight) = step
        let related = try #require(
          try await stores.relate(
            .sample(subject, "uses", object, source), at: noon + .seconds(number + 1)
          ).first)
        #expect(related.change == change, "\(number)")
        #expect(abs(related.relation.weight - weight) < 1e-12, "\(number)")
        #expect(related.relation.id == first.relation.id && related.newEntities.isEmpty)
        #expect(related.relation.validFrom == noon)
      }
      let found = try await stores.knowledge.neighbours(
        NeighbourQuery(of: [first.relation.subject], .at(noon + .days(1))), in: .default)
      #expect(found.steps.count == 1)
      #expect(found.steps.first?.step.relation.sources.count == 3)
      // What was known before is still known to have been known.
      var past = GraphFilter.at(noon + .days(1))
      past.moment.knownAt = noon + .seconds(3)
      let then = try await stores.knowledge.neighbours(
        NeighbourQuery(of: [first.relation.subject], past), in: .default)
      #expect(then.steps.first?.step.relation.weight == 0.75)
      // One event for each call that changed anything.
      #expect(try stores.events.latestSequence() == 4)
    }
  }

  @Test("more sources than are kept leave the strongest", arguments: Backend.allCases)
  func manySources(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 0..<GraphLimits.sources + 8 {
        try await stores.relate(
          .sample("A", "uses", "B", .sample("s", "\(number)", Double(number) / 1000)))
      }
      let weak = try await stores.relate(.sample("A", "uses", "B", .sample("weak", nil, 0.001)))
      #expect(weak.first?.change == .unchanged)
      let trusted = try await stores.relate(
        .sample("A", "uses", "B", .sample("boss", nil, 0.001, .verified)))
      let sources = try #require(trusted.first).relation.sources
      #expect(sources.count == GraphLimits.sources && sources.last?.source.name == "boss")
      #expect(sources.map(\.weight).min() == 0.001)
      #expect(!sources.contains { $0.source.reference == "8" })
    }
  }

  @Test("one that replaces ends the one before", arguments: Backend.allCases)
  func replaced(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let day = { (count: Int) in noon + .days(count) }
      try await stores.relate(.sample("P", "works_at", "A", from: day(0)), at: day(1))
      try await stores.relate(.sample("P", "knows", "A", from: day(0)), at: day(1))
      let moved = try await stores.relate(
        .sample("P", "works_at", "B", from: day(10), replaces: true), at: day(20))
      #expect(moved.first?.ended.map(\.validTo) == [day(10)])
      // Told late: it lies between the two.
      let late = try await stores.relate(
        .sample("P", "works_at", "C", from: day(5), replaces: true), at: day(30))
      #expect(late.first?.relation.validTo == day(10))
      let moments: [(asOf: Int, knownAt: Int, at: String?)] = [
        (-1, 40, nil), (0, 40, "A"), (4, 40, "A"), (5, 40, "C"), (9, 40, "C"), (10, 40, "B"),
        (50, 40, "B"), (7, 25, "A"), (10, 25, "B"), (10, 19, "A"), (50, 1, "A"), (50, 0, nil),
      ]
      for (asOf, knownAt, company) in moments {
        var filter = GraphFilter(
          for: .agent(nil), at: MemoryMoment(asOf: day(asOf), knownAt: day(knownAt)))
        filter.predicates = ["works_at"]
        let facts = try await stores.facts(around: "P", filter)
        #expect(facts == (company.map { ["P works_at \($0)"] } ?? []), "\(asOf), \(knownAt)")
      }
      // The same again changes nothing.
      let again = try await stores.relate(
        .sample("P", "works_at", "B", from: day(10), replaces: true), at: day(50))
      #expect(again.first?.change == .unchanged && again.first?.ended.isEmpty == true)
    }
  }

  /// Who told what about P when, and what holds at last.
  private static let confirmations: [(String, [NewRelation], holds: [String], at: [Int])] = [
    (
      "the more trusted again",
      [
        .sample("P", "works_at", "A", .sample("crm", nil, 0.9, .verified), replaces: true),
        .sample("P", "works_at", "B", .sample("mail"), replaces: true),
        .sample("P", "works_at", "A", .sample("crm", nil, 0.9, .verified), replaces: true),
      ], ["A"], [2, 1, 1]
    ),
    (
      "one of two that stood",
      [
        .sample("P", "works_at", "A"), .sample("P", "works_at", "B"),
        .sample("P", "works_at", "A", replaces: true),
      ], ["A"], [2, 1, 1]
    ),
    (
      "the later one of two that stood",
      [
        .sample("P", "works_at", "A"), .sample("P", "works_at", "B"),
        .sample("P", "works_at", "B", replaces: true),
      ], ["B"], [2, 1, 1]
    ),
    (
      "one that is known to be followed",
      [
        .sample("P", "works_at", "A"), .sample("P", "works_at", "B", from: noon + .days(8)),
        .sample("P", "works_at", "A", replaces: true),
      ], ["B"], [1, 1, 1]
    ),
    (
      "since longer than was known, with another in between",
      [
        .sample("P", "works_at", "A", from: noon + .days(-1)),
        .sample("P", "works_at", "B", from: noon + .days(-3), to: noon + .days(-1)),
        .sample("P", "works_at", "A", from: noon + .days(-5), replaces: true),
      ], ["A"], [1, 1, 1]
    ),
    (
      "told late of a time before one that is less trusted",
      [
        .sample("P", "works_at", "B", .sample("mail"), from: noon),
        .sample(
          "P", "works_at", "A", .sample("crm", nil, 0.9, .verified), from: noon + .days(-5),
          replaces: true),
        .sample("P", "works_at", "A", .sample("crm", nil, 0.9, .verified), replaces: true),
      ], ["A"], [2, 1, 1]
    ),
  ]

  @Test(
    "one that is told again and replaces holds on, and the others end", arguments: Backend.allCases,
    confirmations.indices)
  func confirmed(backend: Backend, index: Int) async throws {
    let (name, told, holds, counts) = Self.confirmations[index]
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (day, relation) in told.enumerated() {
        try await stores.relate(relation, at: noon + .days(day))
      }
      // Just before the last was told, then, and for good.
      let times = [noon + .days(2) + .seconds(-1), noon + .days(2), noon + .days(20)]
      for (time, count) in zip(times, counts) {
        var filter = GraphFilter.at(noon + .days(20))
        filter.moment.asOf = time
        #expect(try await stores.facts(around: "P", filter).count == count, "\(name)")
      }
      let facts = try await stores.facts(around: "P", .at(noon + .days(20)))
      #expect(facts == holds.map { "P works_at \($0)" }, "\(name)")
    }
  }

  @Test("a source does not take back what it said more surely", arguments: Backend.allCases)
  func trusted(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for weight in [0.25, 0] {
        try await stores.relate(
          .sample("P", "works_at", "A", .sample("crm", "r1", 0.75, .verified)))
        let again = try await stores.relate(
          .sample("P", "works_at", "A", .sample("crm", "r1", weight, .untrusted)),
          at: noon + .seconds(1))
        #expect(again.first?.change == .unchanged)
        #expect(again.first?.relation.trust == .verified && again.first?.relation.weight == 0.75)
      }
      let surer = try await stores.relate(
        .sample("P", "works_at", "A", .sample("crm", "r1", 0.5, .verified)))
      #expect(surer.first?.change == .merged && surer.first?.relation.weight == 0.5)
    }
  }

  @Test("one that was wrong from its first moment never held", arguments: Backend.allCases)
  func corrected(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let later = noon + .days(1)
      try await stores.relate(.sample("P", "works_at", "A", from: noon))
      let fate = try await stores.relate(
        .sample("P", "works_at", "B", from: noon, replaces: true), at: later)
      #expect(fate.first?.ended.map(\.retractedAt) == [later])
      #expect(try await stores.facts(around: "P", .at(later)) == ["P works_at B"])
      #expect(try await stores.facts(around: "P", .at(noon)) == ["P works_at A"])
    }
  }

  @Test("the less trusted does not end the more trusted", arguments: Backend.allCases)
  func conflicts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let known = try await stores.relate(
        .sample("P", "works_at", "A", .sample("crm", nil, 0.9, .verified)))
      let told = try await stores.relate(
        .sample("P", "works_at", "B", .sample("mail", nil, 0.5, .untrusted), replaces: true),
        at: noon + .seconds(1))
      #expect(told.first?.conflicts == known.map(\.relation.id))
      #expect(told.first?.ended.isEmpty == true)
      let facts = try await stores.facts(around: "P", .at(noon + .seconds(2)))
      #expect(facts == ["P works_at A", "P works_at B"])
      // Nor does it say when that one ended.
      _ = try await stores.relate(
        .sample(
          "P", "works_at", "A", .sample("mail", nil, 0.1, .untrusted), from: noon,
          to: noon + .seconds(2)), at: noon + .seconds(3))
      #expect(try await stores.facts(around: "P", .at(noon + .days(1))).count == 2)
    }
  }

  @Test("a relation ends when that is told, and may begin anew", arguments: Backend.allCases)
  func periods(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let day = { (count: Int) in noon + .days(count) }
      let first = try await stores.relate(.sample("P", "works_at", "A", from: day(0)), at: day(0))
      let ended = try await stores.relate(
        .sample("P", "works_at", "A", from: day(0), to: day(5)), at: day(6))
      #expect(
        ended.first?.change == .merged && ended.first?.relation.id == first.first?.relation.id)
      let again = try await stores.relate(.sample("P", "works_at", "A"), at: day(9))
      #expect(again.first?.change == .new)
      // Since longer than was known, but not since before the end of the first time.
      let longer = try await stores.relate(
        .sample("P", "works_at", "A", from: day(3)), at: day(10))
      #expect(longer.first?.relation.id == again.first?.relation.id)
      #expect(longer.first?.relation.validFrom == day(5))
      for (asOf, holds) in [(0, 1), (4, 1), (5, 1), (7, 1), (20, 1), (-1, 0)] {
        var filter = GraphFilter.at(day(20))
        filter.moment.asOf = day(asOf)
        #expect(try await stores.facts(around: "P", filter).count == holds, "\(asOf)")
      }
    }
  }

  @Test("what cannot be told leaves nothing behind", arguments: Backend.allCases)
  func refused(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let aliases = (0...GraphLimits.names).map { "alias \($0)" }
      let wrong: [(String, NewRelation, StoreError.Code)] = [
        ("itself", .sample("A", "uses", "á"), .conflict),
        ("unknown lead", .sample("A", "uses", "B", lead: "nobody"), .notFound),
        (
          "unknown entity",
          NewRelation(.id("ent_x"), "uses", .named("company", "B"), source: .sample()), .notFound
        ),
        (
          "an entity of an unknown lead",
          NewRelation(
            .named(EntityDescription(type: "person", name: "P", leadID: "nobody")), "uses",
            .named("company", "B"), source: .sample()), .notFound
        ),
        (
          "too many names",
          NewRelation(
            .named(EntityDescription(type: "company", name: "A", aliases: aliases)), "uses",
            .named("company", "B"), source: .sample()), .conflict
        ),
      ]
      for (name, relation, code) in wrong {
        let found = await failure {
          try await stores.relate(.sample("X", "uses", "Y"), relation)
        }
        #expect(found == code, "\(name)")
      }
      let all = EntityQuery(for: .upkeep, knownAt: .distantFuture)
      #expect(try await stores.knowledge.entities(matching: all, in: .default).entities.isEmpty)
      #expect(try stores.knowledge.latestGraphChange(in: .default) == 0)
      #expect(try stores.events.latestSequence() == 0)
    }
  }
}
