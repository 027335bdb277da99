import JSONRPC
import Marketing
import Testing

extension MemoryRecord {
  /// The fact that holds what works in a situation, with how sure each is.
  fileprivate static func conclusion(
    _ id: String, _ patterns: [(actions: [String], low: Double)], in situation: String = "renewal",
    role: AgentRoleID? = nil, of origins: [MemoryID] = [], day: Int
  ) -> MemoryRecord {
    let value = patterns.map { actions, low in
      ActionPattern(
        actions: actions, trials: 10, successes: 8, interval: RateInterval(low: low, high: 1),
        baseRate: 0.1
      ).json
    }
    var record = MemoryRecord.fact(
      id, .array(value), key: ActionPatterns.key(of: situation), from: day, at: day)
    record.source = MemorySource(name: ActionPatterns.sourceName)
    (record.role, record.derivedFrom) = (role, origins)
    return record
  }

  fileprivate static func trial(
    _ id: String, of lead: LeadID?, role: AgentRoleID? = nil
  ) -> MemoryRecord {
    var record = MemoryRecord.note(id, "tried \(id)", of: lead)
    record.kind = .episodic
    record.content = .episode(Episode(situation: "renewal", actions: ["call"], outcome: 1))
    record.role = role
    return record
  }
}

extension Stores {
  /// Stores facts and has the graph say what is concluded then, as of noon on a day.
  @discardableResult
  fileprivate func learn(
    _ records: MemoryRecord..., of learned: LearnedSituation = LearnedSituation("renewal"),
    day: Int, by holder: String = "a"
  ) async throws -> ConsolidationEffect {
    let claim = ConsolidationClaim(
      holder: holder, now: noon + .days(day), lease: .seconds(60))
    _ = try await memories.claimConsolidation(claim, in: .default)
    return try await consolidate(records, of: learned, claim)
  }

  fileprivate func consolidate(
    _ records: [MemoryRecord], of learned: LearnedSituation, _ claim: ConsolidationClaim
  ) async throws -> ConsolidationEffect {
    var step = ConsolidationStep(claim, place: nil)
    step.stored = records.map(\.analyzed)
    step.learned = [learned]
    return try await memories.consolidate(
      step,
      events: { effect in
        effect.related.isEmpty
          ? []
          : [
            Event(
              id: EventID(rawValue: "evt_\(claim.now.milliseconds)"), kind: .knowledgeRelated,
              occurredAt: claim.now, actor: "tests")
          ]
      }, in: .default)
  }

  /// What works in a situation, strongest first, as its relations say at noon of a day.
  fileprivate func working(
    in situation: String = "renewal", asOf day: Int, knownAt known: Int? = nil,
    for reader: MemoryReader = .agent(nil)
  ) async throws -> (relations: [Relation], names: [String]) {
    guard let id = try await entity(situation, for: reader) else { return ([], []) }
    let moment = MemoryMoment(
      asOf: noon + .days(day), knownAt: noon + .days(known ?? day))
    let found = try await knowledge.neighbours(
      NeighbourQuery(of: [id], GraphFilter(for: reader, at: moment)), in: .default)
    let relations = found.steps.map(\.step.relation)
    return (relations, relations.map { found.entities[$0.object]?.name ?? "?" })
  }

  fileprivate func relatedEvents() throws -> Int {
    try events.events(after: 0, limit: 100).count { $0.event.kind == .knowledgeRelated }
  }
}

@Suite("MemoryConsolidationStore: what the graph learns")
struct LearnedKnowledgeContract {
  @Test("what works is related, changes, and ends on both clocks", arguments: Backend.allCases)
  func lifetime(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let both = MemoryRecord.conclusion(
        "pat_1", [(["call"], 0.6), (["mail", "demo"], 0.5)], day: 0)
      let effect = try await stores.learn(both, day: 0)
      #expect(effect.promoted == ["pat_1"] && effect.related.map(\.change) == [.new, .new])
      let first = try await stores.working(asOf: 0)
      #expect(first.names == ["call", "mail > demo"])
      #expect(first.relations.map(\.weight).map { $0.rounded(to: 4) } == [0.6, 0.5])
      let source = MemorySource(name: "consolidation", reference: "pat_1")
      let said = RelationSource(source, trust: .agent, weight: 0.6, timesSeen: 8)
      #expect(first.relations.first?.sources == [said])
      #expect(first.relations.map(\.predicate) == ["works_with", "works_with"])
      #expect(first.relations.allSatisfy { $0.validFrom == noon && $0.role == nil })
      let found = try await stores.knowledge.entities(
        matching: EntityQuery(for: .agent(nil), knownAt: noon, limit: 9), in: .default)
      #expect(Set(found.entities.map(\.type)) == ["situation", "action_sequence"])
      // Nothing new changes nothing, and is no news.
      let place = try stores.knowledge.latestGraphChange(in: .default)
      #expect(try await stores.learn(day: 1).isEmpty)
      #expect(try stores.knowledge.latestGraphChange(in: .default) == place)
      #expect(try stores.relatedEvents() == 1)
      // Surer now; the other one does not hold any more.
      let one = MemoryRecord.conclusion("pat_2", [(["call"], 0.7)], day: 2)
      let next = try await stores.learn(one, day: 2)
      #expect(Set(next.related.map(\.change)) == [.merged, .unchanged])
      #expect(next.related.flatMap(\.ended).map(\.validTo) == [noon + .days(2)])
      let second = try await stores.working(asOf: 2)
      #expect(second.names == ["call"])
      #expect(second.relations.first?.id == first.relations.first?.id)
      #expect(second.relations.first?.validFrom == noon)
      #expect(second.relations.first?.sources.map(\.source.reference) == ["pat_2"])
      #expect(try await stores.working(asOf: 1).names == ["call", "mail > demo"])
      #expect(try await stores.working(asOf: 1, knownAt: 2).names == ["call", "mail > demo"])
      #expect(try await stores.working(asOf: 3, knownAt: 1).names == ["call", "mail > demo"])
      // Nothing works; then something does again, and that is another time.
      try await stores.learn(.conclusion("pat_3", [], day: 3), day: 3)
      #expect(try await stores.working(asOf: 3).names == [])
      try await stores.learn(.conclusion("pat_4", [(["call"], 0.5)], day: 4), day: 4)
      let last = try await stores.working(asOf: 4)
      #expect(last.relations.map(\.validFrom) == [noon + .days(4)])
      #expect(last.relations.first?.subject == first.relations.first?.subject)
      #expect(try await stores.working(asOf: 3, knownAt: 4).names == [])
      #expect(try stores.relatedEvents() == 4)
    }
  }

  @Test("roles and spellings are kept apart", arguments: Backend.allCases)
  func owners(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let closer: AgentRoleID = "closer"
      let own = LearnedSituation("renewal", role: closer)
      let spelled = LearnedSituation("Renewal")
      try await stores.learn(.conclusion("pat_1", [(["call"], 0.6)], day: 0), day: 0)
      try await stores.learn(
        .conclusion("pat_2", [(["secret"], 0.9)], role: closer, day: 0), of: own, day: 0)
      let other = MemoryRecord.conclusion("pat_3", [(["visit"], 0.5)], in: "Renewal", day: 0)
      try await stores.learn(other, of: spelled, day: 0)
      #expect(try await stores.working(asOf: 0).names == ["call", "visit"])
      #expect(try await stores.working(asOf: 0, for: .agent(closer)).names.contains("secret"))
      #expect(try await stores.entity("secret") == nil)
      // Each says it again, and nobody takes anything from another.
      for learned in [LearnedSituation("renewal"), own, spelled] {
        #expect(try await stores.learn(of: learned, day: 1).isEmpty)
      }
      let none = MemoryRecord.conclusion("pat_4", [], in: "Renewal", day: 2)
      try await stores.learn(none, of: spelled, day: 2)
      #expect(try await stores.working(asOf: 2).names == ["call"])
    }
  }

  @Test("what others say stays theirs", arguments: Backend.allCases)
  func others(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.relate(
        NewRelation(
          .named("situation", "renewal"), "works_with", .named("action_sequence", "call"),
          source: .sample("crm", nil, 0.5), validFrom: noon))
      try await stores.learn(.conclusion("pat_1", [(["call"], 0.6)], day: 1), day: 1)
      let both = try await stores.working(asOf: 1).relations
      #expect(both.map { $0.weight.rounded(to: 4) } == [0.8], "1 − .5 · .4")
      try await stores.learn(.conclusion("pat_2", [], day: 2), day: 2)
      let left = try await stores.working(asOf: 2).relations
      #expect(left.map(\.id) == both.map(\.id))
      #expect(left.flatMap(\.sources).map(\.source.name) == ["crm"])
    }
  }

  @Test("the graph says no more than the fact", arguments: Backend.allCases)
  func fact(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try await stores.learn(day: 0).isEmpty, "nothing is concluded")
      // A name that another record has: the fact is not stored, and so it says nothing.
      try await stores.remember(.note("pat_1", "somebody's own"))
      let taken = MemoryRecord.conclusion("pat_1", [(["call"], 0.6)], day: 0)
      #expect(try await stores.learn(taken, day: 0).isEmpty)
      #expect(try await stores.entity("renewal") == nil)
      let long = String(repeating: "long ", count: 60)
      let learned = LearnedSituation(long)
      try await stores.learn(
        .conclusion("pat_2", [([long], 0.6)], in: long, day: 1), of: learned, day: 1)
      let cut = String(long.prefix(200).dropLast())
      #expect(try await stores.working(in: cut, asOf: 1).names == [cut])
      _ = try await stores.memories.forget(
        ["pat_2"], for: .upkeep, events: { _ in [] }, in: .default)
      try await stores.learn(of: learned, day: 2)
      #expect(try await stores.working(in: cut, asOf: 2).names == [])
      #expect(try await stores.working(in: cut, asOf: 1).names == [cut])
    }
  }

  @Test("all of a step or nothing", arguments: Backend.allCases)
  func atOnce(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let fact = MemoryRecord.conclusion("pat_1", [(["call"], 0.6)], day: 0)
      let late = ConsolidationClaim(holder: "late", now: noon, lease: .seconds(60))
      let learned = LearnedSituation("renewal")
      await #expect(throws: StoreError.self) {
        try await stores.consolidate([fact], of: learned, late)
      }
      await #expect(throws: StoreError.self) {
        try await stores.learn(fact, .note("s1", "summary", of: "L404"), day: 0)
      }
      #expect(try stores.knowledge.latestGraphChange(in: .default) == 0)
      try await stores.learn(fact, day: 0)
      #expect(try await stores.working(asOf: 0).names == ["call"])
    }
  }

  @Test("what goes with a lead's episodes goes from the graph", arguments: Backend.allCases)
  func erasure(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead)) }
      let closer: AgentRoleID = "closer"
      try await stores.remember(
        .trial("e1", of: "L1"), .trial("e2", of: "L2"), .trial("e3", of: "L1", role: closer))
      let own = LearnedSituation("renewal", role: closer)
      try await stores.learn(
        .conclusion("pat_1", [(["call"], 0.5)], of: ["e1"], day: -3), day: -3)
      // The next one stands on both leads' episodes.
      try await stores.learn(
        .conclusion("pat_2", [(["call"], 0.6)], of: ["e1", "e2"], day: -2), day: -2)
      try await stores.learn(
        .conclusion("pat_3", [(["secret"], 0.9)], role: closer, of: ["e3"], day: -1), of: own,
        day: -1)
      let shared = try #require(try await stores.working(asOf: 0).relations.first)
      let secret = try #require(try await stores.entity("secret", for: .agent(closer)))
      let erasure = try await stores.erase("L1", LeadIdentity())
      #expect(
        erasure.places.first { $0.name == "relations" }
          == .init(name: "relations", erased: 1, remaining: 0))
      #expect(erasure.entities.contains(secret) && erasure.entities.contains(shared.subject))
      #expect(try await stores.working(asOf: 0, for: .agent(closer)).names == ["call"])
      #expect(try await stores.entity("secret", for: .agent(closer)) == nil)
      let left = try await stores.working(asOf: 0).relations
      #expect(left == [shared])
      // What was said before on the lead's episodes alone is nowhere any more.
      #expect(try await stores.working(asOf: 0, knownAt: -2).relations.isEmpty == false)
      #expect(try await stores.working(asOf: 0, knownAt: -3).relations == [])
      // With the last episode goes the rest.
      _ = try await stores.erase("L2", LeadIdentity())
      for name in ["renewal", "call"] { #expect(try await stores.entity(name) == nil) }
      let changes = try #require(
        try await stores.knowledge.graphChanges(after: .start, limit: 100, in: .default))
      let isGone = changes.changes.allSatisfy { change in
        switch change {
        case .deletedEntity, .deletedRelation: true
        case .entity, .relation: false
        }
      }
      #expect(isGone)
    }
  }
}
