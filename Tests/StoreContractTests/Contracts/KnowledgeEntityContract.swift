import Marketing
import Testing

@Suite("KnowledgeGraphStore: entities and who sees them")
struct KnowledgeEntityContract {
  @Test("spellings of a name are one entity of a type", arguments: Backend.allCases)
  func spellings(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for name in ["Zoë GmbH", "zoe gmbh", "  ZOË\u{A0} GMBH", "Zoe\u{308} gmbh"] {
        try await stores.relate(.sample(name, "uses", "B"))
      }
      try await stores.relate(
        NewRelation(
          .named("product", "Zoë GmbH"), "made_by", .named("company", "zoë gmbh"),
          source: .sample()))
      var query = EntityQuery(for: .agent(nil), knownAt: noon)
      query.name = "ZOE"
      let found = try await stores.knowledge.entities(matching: query, in: .default).entities
      #expect(found.map(\.name) == ["Zoë GmbH", "Zoë GmbH"])
      #expect(Set(found.map(\.type)) == ["company", "product"])
      query.types = ["product"]
      let products = try await stores.knowledge.entities(matching: query, in: .default).entities
      #expect(products.map(\.type) == ["product"])
    }
  }

  @Test("an alias finds the entity", arguments: Backend.allCases)
  func aliases(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let named = EntityReference.named(
        EntityDescription(
          type: "company", name: "International Business Machines", aliases: ["IBM"]))
      let first = try await stores.relate(
        NewRelation(named, "uses", .named("company", "B"), source: .sample()))
      let second = try await stores.relate(.sample("ibm", "uses", "C"))
      #expect(second.first?.relation.subject == first.first?.relation.subject)
      #expect(try await stores.entity("ibm") == first.first?.relation.subject)
      // Its own name comes before another's alias.
      let other = EntityReference.named(
        EntityDescription(type: "company", name: "Other", aliases: ["C"]))
      try await stores.relate(NewRelation(other, "uses", .named("company", "B"), source: .sample()))
      let third = try await stores.relate(.sample("c", "knows", "B"))
      #expect(third.first?.relation.subject == second.first?.relation.object)
    }
  }

  @Test("another name of a known entity is told", arguments: Backend.allCases)
  func named(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func told(_ aliases: String...) -> NewRelation {
        NewRelation(
          .named(EntityDescription(type: "company", name: "Acme", aliases: aliases)), "uses",
          .named("company", "B"), source: .sample())
      }
      let first = try await stores.relate(told("The A"))[0]
      #expect(first.newEntities.count == 2 && first.namedEntities.isEmpty && first.hasChanged)
      let same = try await stores.relate(told("the a"))[0]
      #expect(same.change == .unchanged && !same.hasChanged && same.touched.isEmpty)
      let other = try await stores.relate(told("Acme Inc"))[0]
      #expect(other.change == .unchanged && other.hasChanged)
      #expect(other.namedEntities == [first.relation.subject])
      #expect(other.touched == [first.relation.subject])
    }
  }

  @Test("two leads of one name are two entities", arguments: Backend.allCases)
  func namesakes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for id in ["lead_1", "lead_2"] { try await stores.add(.bare(id)) }
      func person(_ name: String, _ lead: LeadID?) -> NewRelation {
        NewRelation(
          .named(EntityDescription(type: "person", name: name, leadID: lead)), "works_at",
          .named("company", "A"), source: .sample())
      }
      let known = try await stores.relate(person("Ann Lee", nil))[0].relation.subject
      let first = try await stores.relate(person("Ann Lee", "lead_1"))[0].relation.subject
      let second = try await stores.relate(person("Ann Lee", "lead_2"))[0].relation.subject
      #expect(known == first && first != second)
      // A lead is known by its name among leads, whatever else it is called.
      let renamed = try await stores.relate(person("Ann Lee-Smith", "lead_2"))[0]
      #expect(renamed.relation.subject == second)
      let entities = try stores.knowledge.entities(
        [second, first, "ent_none"], for: .agent(nil), knownAt: noon, in: .default)
      #expect(entities.map(\.leadID) == ["lead_2", "lead_1"])
      #expect(entities.first?.aliases == ["Ann Lee-Smith"])
      let own = try await stores.knowledge.entities(
        of: "lead_2", for: .agent(nil), at: MemoryMoment(now: noon), in: .default)
      #expect(own.map(\.id) == [second])
    }
  }

  @Test("what one role was told, others do not see", arguments: Backend.allCases)
  func roles(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("lead_1"))
      let secret = EntityReference.named(
        EntityDescription(type: "company", name: "Hidden", aliases: ["Nick"], leadID: "lead_1"))
      let told = try await stores.relate(
        NewRelation(secret, "uses", .named("company", "B"), source: .sample(), role: "closer"))
      let id = told[0].relation.subject
      let later = noon + .seconds(5)
      for reader in [MemoryReader.agent(nil), .agent("scout")] {
        #expect(try await stores.entity("hidden", for: reader) == nil)
        #expect(try await stores.entity("b", for: reader) == nil)
        #expect(
          try stores.knowledge.entities([id], for: reader, knownAt: later, in: .default).isEmpty)
        let around = try await stores.knowledge.neighbours(
          NeighbourQuery(of: [id], .at(later, for: reader)), in: .default)
        #expect(around.steps.isEmpty && around.entities.isEmpty)
        #expect(
          try await stores.knowledge.entities(
            of: "lead_1", for: reader, at: MemoryMoment(now: later), in: .default
          ).isEmpty)
        let named = NewRelation(
          .id(id), "uses", .named("company", "C"), source: .sample(),
          role: reader == .agent(nil) ? nil : "scout")
        #expect(await failure { try await stores.relate(named) } == .notFound)
        #expect(
          try await stores.knowledge.forgetRelations(
            [told[0].relation.id], for: reader, events: { _ in [] }, in: .default
          ).isEmpty)
        #expect(
          try await stores.knowledge.forgetEntity(
            id, for: reader, events: { _ in [] }, in: .default) == nil)
      }
      #expect(
        try await stores.facts(around: "nick", .at(later, for: .agent("closer")))
          == ["Hidden uses B"])
      // Told to all, it is another entity: that there was one is not told.
      let shared = try await stores.relate(.sample("HIDDEN", "knows", "D"), at: later)
      let sharedID = shared[0].relation.subject
      #expect(sharedID != id && shared[0].newEntities.contains(sharedID))
      let seen = try stores.knowledge.entities(
        [id, sharedID], for: .agent(nil), knownAt: later, in: .default)
      #expect(
        seen == [Entity(id: sharedID, type: "company", name: "HIDDEN", recordedAt: later)])
      let own = try await stores.relate(
        .sample("hidden", "sells", "E", role: "closer"), at: later)
      #expect(own[0].relation.subject == sharedID, "of namesakes the one that is no lead's")
      #expect(try await stores.facts(around: "hidden", .at(later)) == ["HIDDEN knows D"])
      #expect(try await stores.entity("nick") == nil)
      // An alias that others cannot see does not catch their words.
      let other = try await stores.relate(.sample("Nick", "knows", "D"), at: later)
      #expect(other[0].relation.subject != id)
      let all = try await stores.knowledge.neighbours(
        NeighbourQuery(of: [id, sharedID], .at(later, for: .agent("closer"))), in: .default)
      #expect(
        all.steps.map { all.text(of: $0.step.relation) }.sorted()
          == ["HIDDEN knows D", "HIDDEN sells E", "Hidden uses B"])
    }
  }

  @Test("of two of one name a role means its own", arguments: Backend.allCases)
  func ownFirst(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let own = try await stores.relate(.sample("A", "uses", "B", role: "closer"))[0]
      let later = noon + .seconds(5)
      let shared = try await stores.relate(.sample("A", "uses", "C"), at: later)[0]
      #expect(shared.relation.subject != own.relation.subject && shared.newEntities.count == 2)
      for role in [nil, "closer", "scout"] as [AgentRoleID?] {
        let again = try await stores.relate(
          .sample("A", "owns", "D", role: role), at: later)[0]
        let expected = role == "closer" ? own : shared
        #expect(again.relation.subject == expected.relation.subject)
      }
    }
  }

  @Test("what a role knows of a lead is not told with a shared name", arguments: Backend.allCases)
  func leadOfARole(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("lead_1"))
      let id = try await stores.relate(.sample("A", "uses", "B"))[0].relation.subject
      try await stores.relate(
        NewRelation(
          .named(EntityDescription(type: "company", name: "A", leadID: "lead_1")), "uses",
          .named("company", "C"), source: .sample(), role: "closer"))
      for (reader, lead) in [
        (MemoryReader.agent(nil), nil), (.agent("scout"), nil), (.agent("closer"), "lead_1"),
      ] as [(MemoryReader, LeadID?)] {
        let seen = try stores.knowledge.entities([id], for: reader, knownAt: noon, in: .default)
        #expect(seen.map(\.leadID) == [lead])
        #expect(seen.first?.aliases == [])
      }
    }
  }

  @Test("another workspace sees nothing", arguments: Backend.allCases)
  func workspaces(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let told = try await stores.relate(.sample("A", "uses", "B"))[0].relation
      #expect(try await stores.entity("A", in: .other) == nil)
      let around = try await stores.knowledge.neighbours(
        NeighbourQuery(of: [told.subject], .at(noon, for: .upkeep)), in: .other)
      #expect(around.steps.isEmpty && around.entities.isEmpty)
      let paths = try await stores.knowledge.paths(
        PathQuery(from: told.subject, to: told.object, .at(noon, for: .upkeep)), in: .other)
      #expect(paths.ways.isEmpty && paths.entities.isEmpty)
      #expect(
        try await stores.knowledge.forgetRelations(
          [told.id], for: .upkeep, events: { _ in [] }, in: .other
        ).isEmpty)
      #expect(try stores.knowledge.latestGraphChange(in: .other) == 0)
      #expect(
        try await stores.knowledge.graphChanges(after: .start, limit: 10, in: .other)?.changes == []
      )
      let theirs = try await stores.relate(.sample("A", "uses", "B"), in: .other)[0]
      #expect(theirs.change == .new && theirs.relation.subject != told.subject)
      #expect(try await stores.facts(around: "A", .at(noon)).count == 1)
    }
  }

  @Test("entities come page by page in the order of their names", arguments: Backend.allCases)
  func pages(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let names = ["Beta", "alpha", "Ämil", "zulu", "alpha two", "Gamma"]
      for name in names { try await stores.relate(.sample(name, "uses", "Omega")) }
      var query = EntityQuery(for: .agent(nil), knownAt: noon, limit: 2)
      var found: [String] = []
      repeat {
        let page = try await stores.knowledge.entities(matching: query, in: .default)
        #expect(page.entities.count <= 2)
        found += page.entities.map(\.name)
        query.after = page.next
      } while query.after != nil
      #expect(found == ["alpha", "alpha two", "Ämil", "Beta", "Gamma", "Omega", "zulu"])
      query.name = "Al"
      let some = try await stores.knowledge.entities(matching: query, in: .default)
      #expect(some.entities.map(\.name) == ["alpha", "alpha two"] && some.next == nil)
      // By the beginning of the name among all, and not what was not known then.
      var byID = EntityQuery(for: .agent(nil), knownAt: noon)
      byID.id = try #require(try await stores.entity("zulu")).rawValue
      #expect(
        try await stores.knowledge.entities(matching: byID, in: .default).entities.map(\.name)
          == ["zulu"])
      byID.knownAt = noon + .seconds(-1)
      #expect(try await stores.knowledge.entities(matching: byID, in: .default).entities.isEmpty)
    }
  }

  @Test("an entity of many names comes once, at the first of them", arguments: Backend.allCases)
  func manyNames(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func told(_ name: String, _ aliases: [String], role: AgentRoleID? = nil) -> NewRelation {
        NewRelation(
          .named(EntityDescription(type: "company", name: name, aliases: aliases)), "uses",
          .named("company", "zz"), source: .sample(), role: role)
      }
      for name in ["mm", "cc", "gg"] { try await stores.relate(told(name, ["\(name) alias"])) }
      try await stores.relate(told("pp", ["aa", "hh", "qq"]))
      try await stores.relate(told("gg", ["bb"], role: "closer"))
      try await stores.relate(told("elsewhere", []), in: .other)
      let readers: [(MemoryReader, String, [String])] = [
        (.agent(nil), "", ["pp", "cc", "gg", "mm", "zz"]),
        (.agent("closer"), "", ["pp", "gg", "cc", "mm", "zz"]),
        (.agent(nil), "gg a", ["gg"]), (.agent(nil), "h", ["pp"]), (.agent(nil), "b", []),
      ]
      for (reader, name, expected) in readers {
        for limit in [1, 2, 9] {
          var query = EntityQuery(for: reader, knownAt: noon, limit: limit)
          query.name = name
          var found: [String] = []
          repeat {
            let page = try await stores.knowledge.entities(matching: query, in: .default)
            found += page.entities.map(\.name)
            query.after = page.next
          } while query.after != nil
          #expect(found == expected, "\(reader) '\(name)' by \(limit)")
        }
      }
    }
  }

  @Test("entities of one name come by their names among all", arguments: Backend.allCases)
  func sameNames(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for type in ["company", "product", "topic"] {
        try await stores.relate(
          NewRelation(
            .named(type, "Acme"), "near", .named("place", "zz"), source: .sample()))
      }
      for id in ["", "ent_"] {
        var query = EntityQuery(for: .agent(nil), knownAt: noon, limit: 1)
        query.id = id
        var found: [EntityID] = []
        repeat {
          let page = try await stores.knowledge.entities(matching: query, in: .default)
          found += page.entities.map(\.id)
          query.after = page.next
        } while query.after != nil
        #expect(found.count == 4 && Set(found).count == 4)
        let namesakes = Array(found.prefix(3))
        #expect(namesakes.sorted() == namesakes)
      }
    }
  }
}
