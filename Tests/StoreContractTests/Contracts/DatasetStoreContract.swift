import JSONRPC
import Marketing
import Testing

@Suite("DatasetStore")
struct DatasetStoreContract {
  private static func batches() -> [(name: String, batch: ImportBatch, rows: Int)] {
    var campaign = Campaign(id: "CMP0001", name: "Spring \"Sale\"")
    campaign.channels = [.email, .ads]
    campaign.dailyBudget = Money(amount: 10.5, currency: "USD")
    campaign.targetPersonas = ["CMO", "Founder"]
    campaign.startsAt = noon
    campaign.ownerEmail = "owner@acme.example"
    return [
      (
        "leads",
        .leads([
          (.sample("lead_1"), LeadIdentity(email: "a@b.example", account: "b.example")),
          (.bare("lead_2", at: noon + .days(1)), LeadIdentity()),
        ]), 2
      ),
      (
        "interactions",
        .interactions([.sample("int_1", of: "lead_1"), .sample("int_2", of: "unknown")]), 2
      ),
      ("outcomes", .outcomes([.won("lead_1"), .lost("lead_2"), .won("lead_1", nil)]), 3),
      ("campaigns", .campaigns([campaign, Campaign(id: "CMP0002", name: "")]), 2),
      (
        "memory_episodic",
        .raw(
          table: "memory_episodic",
          rows: [
            RawRow(
              key: "EPI1", leadID: "lead_1", cells: ["a": "x", "json": ["k": [1, 2.5, nil]]]),
            RawRow(key: "EPI 2|\u{1F680}", leadID: nil, cells: ["a": ""]),
          ]), 2
      ),
    ]
  }

  @Test("imported again, nothing changes and nothing is logged", arguments: Backend.allCases)
  func idempotent(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (name, batch, rows) in Self.batches() {
        let first = try await stores.datasets.importRows(
          batch, event: .imported("evt_\(name)"), in: .default)
        #expect(first == ImportCount(added: rows), "\(name)")
      }
      #expect(try stores.events.latestSequence() == 5)
      for (name, batch, rows) in Self.batches() {
        let again = try await stores.datasets.importRows(
          batch, event: .imported("evt_again_\(name)"), in: .default)
        #expect(again == ImportCount(unchanged: rows), "\(name)")
      }
      #expect(try stores.events.latestSequence() == 5)
      for (name, batch, rows) in Self.batches() {
        let other = try await stores.datasets.importRows(
          batch, event: .imported("evt_other_\(name)"), in: .other)
        #expect(other == ImportCount(added: rows), "\(name)")
      }
    }
  }

  @Test("rows with other content replace what was imported", arguments: Backend.allCases)
  func replaces(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (_, batch, _) in Self.batches() {
        _ = try await stores.datasets.importRows(batch, event: .imported("e"), in: .default)
      }
      var lead = Lead.sample("lead_1")
      lead.region = "US"
      var interaction = Interaction.sample("int_1", of: "lead_1")
      interaction.metadata = ["duration": 13]
      let changed: [ImportBatch] = [
        .leads([
          (lead, LeadIdentity(email: "new@b.example")),
          (.bare("lead_2", at: noon + .days(1)), LeadIdentity()), (.bare("lead_3"), LeadIdentity()),
        ]),
        .interactions([
          interaction, .sample("int_2", of: "unknown"), .sample("int_3", of: "lead_1"),
        ]),
        .outcomes([.won("lead_1", amount: 1), .lost("lead_2"), .won("lead_3")]),
        .campaigns([
          Campaign(id: "CMP0001", name: "Spring"), Campaign(id: "CMP0002", name: ""),
          Campaign(id: "CMP0003", name: "New"),
        ]),
        .raw(
          table: "memory_episodic",
          rows: [
            RawRow(key: "EPI1", leadID: "lead_1", cells: ["a": "y"]),
            RawRow(key: "EPI 2|\u{1F680}", leadID: nil, cells: ["a": ""]),
            RawRow(key: "EPI3", leadID: nil, cells: [:]),
          ]),
      ]
      for batch in changed {
        let count = try await stores.datasets.importRows(
          batch, event: .imported("e"), in: .default)
        #expect(count == ImportCount(added: 1, changed: 1, unchanged: 1))
      }
      #expect(try stores.leads.lead("lead_1", in: .default) == lead)
      #expect(
        try stores.leads.interactions(of: "lead_1", limit: 9, in: .default)
          == [.sample("int_3", of: "lead_1"), interaction])
      let history = try stores.leads.history(
        of: nil, identity: LeadIdentity(email: "new@b.example", account: "b.example"), in: .default)
      #expect(history.duplicates.map(\.leadID) == ["lead_1"])
      #expect(history.accountLeads == 0)
    }
  }

  @Test("importing a lead again does not undo what became of it", arguments: Backend.allCases)
  func keepsTriage(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let imported = Lead.sample("lead_1")
      let batch = ImportBatch.leads([(imported, LeadIdentity())])
      _ = try await stores.datasets.importRows(batch, event: .imported("e1"), in: .default)
      var triaged = imported
      triaged.score = 12
      triaged.category = .coldLead
      try await stores.update(triaged)
      _ = try await stores.leads.record(
        .lost("lead_1"), replacing: false, event: .sample("e2", of: "lead_1"), in: .default)
      triaged.status = .unqualified
      #expect(
        try await stores.datasets.importRows(batch, event: .imported("e3"), in: .default)
          == ImportCount(unchanged: 1))
      #expect(try stores.leads.lead("lead_1", in: .default) == triaged)
      var corrected = imported
      corrected.contact.name = "Zoe"
      #expect(
        try await stores.datasets.importRows(
          .leads([(corrected, LeadIdentity())]), event: .imported("e4"), in: .default)
          == ImportCount(changed: 1))
      corrected.score = 12
      corrected.category = .coldLead
      corrected.status = .unqualified
      #expect(try stores.leads.lead("lead_1", in: .default) == corrected)
      #expect(try stores.leads.latestTriage(of: "lead_1", in: .default) != nil)
    }
  }

  @Test("a lead that was not imported is compared as it is", arguments: Backend.allCases)
  func ownLead(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let identity = LeadIdentity(email: "a@b.example")
      try await stores.add(.sample("lead_1"), identity: identity)
      #expect(
        try await stores.datasets.importRows(
          .leads([(.sample("lead_1"), identity)]), event: .imported("e1"), in: .default)
          == ImportCount(unchanged: 1))
      #expect(
        try await stores.datasets.importRows(
          .leads([(.sample("lead_1"), LeadIdentity())]), event: .imported("e2"), in: .default)
          == ImportCount(changed: 1))
    }
  }

  @Test(
    "an imported interaction is the recorded one of the same content", arguments: Backend.allCases)
  func importedInteraction(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("lead_1"))
      let interaction = Interaction.sample("int_1", of: "lead_1")
      _ = try await stores.datasets.importRows(
        .interactions([interaction]), event: .imported("e1"), in: .default)
      #expect(
        try await !stores.leads.record(interaction, event: .sample("e2", of: nil), in: .default))
      // An import takes leads' activities from their own table.
      #expect(try stores.leads.lead("lead_1", in: .default)?.lastActiveAt == nil)
    }
  }

  @Test(
    "imported outcomes count as conversions and leave the lead's status alone",
    arguments: Backend.allCases)
  func importedOutcomes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      _ = try await stores.datasets.importRows(
        .outcomes([.won("lead_1"), .won("lead_1", .trialStarted)]), event: .imported("e1"),
        in: .default)
      #expect(try stores.leads.lead("lead_1", in: .default)?.status == .open)
      #expect(
        try stores.leads.cohorts(for: CohortKey(.sample("lead_1")), in: .default)[4]
          == CohortCount(leads: 1, conversions: 1))
      #expect(
        try stores.leads.history(of: "lead_1", identity: LeadIdentity(), in: .default).conversions
          == 2)
    }
  }

  @Test("the summary counts tables, categories and times", arguments: Backend.allCases)
  func summary(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(
        try await stores.datasets.summary(in: .default)
          == DatasetSummary(
            tables: [], quarantined: 0, categories: [:], firstLeadAt: nil, lastLeadAt: nil))
      for (name, batch, _) in Self.batches() {
        _ = try await stores.datasets.importRows(
          batch, event: .imported("evt_\(name)"), in: .default)
      }
      #expect(
        try await stores.datasets.summary(in: .default)
          == DatasetSummary(
            tables: [
              .init(name: "campaigns", rows: 2), .init(name: "interactions", rows: 2),
              .init(name: "leads", rows: 2), .init(name: "memory_episodic", rows: 2),
              .init(name: "outcomes", rows: 3),
            ], quarantined: 0, categories: ["campaign_qualified": 1], firstLeadAt: noon,
            lastLeadAt: noon + .days(1)))
    }
  }

  @Test("a batch of nothing is nothing", arguments: Backend.allCases)
  func emptyBatch(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for batch in [ImportBatch.leads([]), .raw(table: "x", rows: [])] {
        #expect(
          try await stores.datasets.importRows(batch, event: .imported("e"), in: .default)
            == ImportCount())
      }
      #expect(try stores.events.latestSequence() == 0)
    }
  }
}

@Suite("DatasetStore: triples")
struct TripleImportContract {
  private static func triple(
    _ key: String, _ subject: String, _ object: String, _ weight: Double, _ source: String
  ) -> TripleRow {
    TripleRow(
      row: RawRow(
        key: key, leadID: nil,
        cells: ["subject": .string(subject), "weight": .string("\(weight)")]),
      relation: NewRelation(
        .named("concept", subject), "boosts", .named("concept", object),
        source: .sample(source, key, weight)))
  }

  @Test("rows that say the same are one relation with their sources", arguments: Backend.allCases)
  func told(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let rows = [
        Self.triple("1", "ROI", "SMB", 0.5, "docs"), Self.triple("2", "roi", "SMB", 0.5, "docs"),
        Self.triple("3", "ROI", "SMB", 0.2, "analyst"), Self.triple("4", "ROI", "EU", 0.9, "docs"),
      ]
      let first = try await stores.datasets.importRows(
        .triples(rows), event: .imported("evt_1"), in: .default)
      #expect(first == ImportCount(added: 4))
      let filter = GraphFilter.at(noon)
      let roi = try #require(try await stores.entity("ROI"))
      let before = try await stores.knowledge.neighbours(
        NeighbourQuery(of: [roi], filter), in: .default)
      #expect(before.steps.map(\.step.relation.sources.count) == [1, 3])
      #expect(abs((before.steps.last?.step.relation.weight ?? 0) - 0.8) < 1e-12)
      let place = try stores.knowledge.latestGraphChange(in: .default)
      let again = try await stores.datasets.importRows(
        .triples(rows), event: .imported("evt_2"), in: .default)
      #expect(again == ImportCount(unchanged: 4))
      #expect(try stores.knowledge.latestGraphChange(in: .default) == place)
      #expect(
        try await stores.knowledge.neighbours(NeighbourQuery(of: [roi], filter), in: .default)
          == before)
      // They are also there as they stand in the file.
      let stored = try await stores.datasets.storedKeys(
        among: ["1", "4", "5"], of: .semanticTriples, in: .default)
      #expect(stored == ["1", "4"])
      #expect(try stores.events.latestSequence() == 1)
    }
  }

  @Test("one that the graph cannot take is put in quarantine", arguments: Backend.allCases)
  func refused(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let source = ImportSource(file: "t.csv", reading: 1)
      let step = ImportStep(
        source: source,
        rows: .triples([
          Self.triple("1", "Z", "ź", 0.5, "docs"), Self.triple("2", "A", "B", 0.5, "docs"),
        ]), lines: [2, 3])
      let result = try await stores.datasets.importRows(
        step, event: .imported("evt_1"), in: .default)
      #expect(result.refused.map(\.line) == [2])
      #expect(result.rows == ImportCount(added: 1))
      #expect(try await stores.facts(around: "A", .at(noon)) == ["A boosts B"])
      // Nothing of it is left in the graph.
      #expect(try await stores.entity("Z", for: .upkeep) == nil)
    }
  }

  @Test("one that is refused is told about until it can be taken", arguments: Backend.allCases)
  func refusedAgain(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.relate(
        NewRelation(
          .named(EntityDescription(type: "concept", name: "IBM", aliases: ["Big Blue"])), "sells",
          .named("concept", "Servers"), source: .sample()))
      func read(_ reading: Int64) async throws -> ImportResult {
        try await stores.datasets.importRows(
          ImportStep(
            source: ImportSource(file: "t.csv", reading: reading),
            rows: .triples([Self.triple("1", "IBM", "Big Blue", 0.5, "docs")]), lines: [2]),
          event: .imported("evt_\(reading)"), in: .default)
      }
      for reading in [1, 2] as [Int64] {
        let result = try await read(reading)
        #expect(result.rows == ImportCount())
        #expect(result.refused.map(\.column) == ["object"])
        #expect(
          result.refused.map(\.reason) == ["names the subject again, expected another thing"])
        #expect(
          try await stores.datasets.quarantinedFiles(in: .default).map(\.rows) == [Int(reading)])
      }
      #expect(
        try await stores.datasets.storedKeys(among: ["1"], of: .semanticTriples, in: .default) == []
      )
      let known = try #require(try await stores.entity("IBM"))
      _ = try await stores.knowledge.forgetEntity(
        known, for: .upkeep, events: { _ in [] }, in: .default)
      #expect(try await read(3).rows == ImportCount(added: 1))
      #expect(try await read(4).rows == ImportCount(unchanged: 1))
    }
  }
}
