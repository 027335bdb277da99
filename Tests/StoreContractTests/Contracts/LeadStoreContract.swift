import JSONRPC
import Marketing
import Testing

@Suite("LeadStore: leads, interactions, outcomes")
struct LeadStoreContract {
  @Test("a lead, its triage and events are stored together", arguments: Backend.allCases)
  func saves(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let lead = Lead.sample("lead_1")
      let triage = TriageRecord.sample(lead.id)
      let events = [
        Event.sample("evt_1", .leadCreated, of: lead.id, personal: ["name": "Zoë Example"]),
        Event.sample("evt_2", of: lead.id),
      ]
      try await stores.leads.saveTriage(
        triage, of: lead, identity: LeadIdentity(), basis: .unchecked, events: events, in: .default)
      #expect(try stores.leads.lead(lead.id, in: .default) == lead)
      #expect(try stores.leads.latestTriage(of: lead.id, in: .default) == triage)
      let logged = try stores.events.events(of: lead.id, limit: 10, in: .default)
      #expect(logged.map(\.event) == events)
    }
  }

  @Test("absent fields stay absent, empty texts stay empty", arguments: Backend.allCases)
  func absent(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var lead = Lead.bare("lead_1")
      try await stores.add(lead)
      #expect(try stores.leads.lead(lead.id, in: .default) == lead)
      lead.contact.name = ""
      lead.message = ""
      lead.hasConsent = false
      try await stores.update(lead)
      #expect(try stores.leads.lead(lead.id, in: .default) == lead)
    }
  }

  @Test("nothing is found under a name that nobody has", arguments: Backend.allCases)
  func missing(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let id = LeadID(rawValue: "nobody")
      #expect(try stores.leads.lead(id, in: .default) == nil)
      #expect(try stores.leads.latestTriage(of: id, in: .default) == nil)
      #expect(try stores.leads.latestOutcome(of: id, in: .default) == nil)
      #expect(try stores.leads.interactions(of: id, limit: 5, in: .default).isEmpty)
    }
  }

  @Test("a new lead does not replace one of its name", arguments: Backend.allCases)
  func conflict(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let lead = Lead.sample("lead_1")
      try await stores.add(lead)
      let error = await #expect(throws: StoreError.self) {
        try await stores.leads.saveTriage(
          .sample(lead.id, score: 1), of: .bare("lead_1"), identity: LeadIdentity(),
          basis: .unchecked,
          events: [.sample("evt_9", of: lead.id)], in: .default)
      }
      #expect(error?.code == .conflict)
      #expect(error?.message.contains("lead_1") == true)
      #expect(try stores.leads.lead(lead.id, in: .default) == lead)
      #expect(try stores.leads.latestTriage(of: lead.id, in: .default)?.score == 71.25)
      #expect(try stores.events.latestSequence() == 1)
    }
  }

  @Test("a lead that is gone is not made anew by its next triage", arguments: Backend.allCases)
  func gone(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let error = await #expect(throws: StoreError.self) {
        try await stores.update(.sample("lead_1"))
      }
      let code = try #require(error?.code)
      #expect(code == StoreError.Code.notFound)
      #expect(try stores.leads.lead("lead_1", in: .default) == nil)
      #expect(try stores.events.latestSequence() == 0)
    }
  }

  @Test("a later triage replaces lead and triage", arguments: Backend.allCases)
  func updates(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var lead = Lead.sample("lead_1")
      try await stores.add(lead)
      let read = lead
      lead.contact.name = nil
      lead.score = 12
      lead.attributes = [:]
      var triage = TriageRecord.sample(lead.id, score: 12)
      triage.reasons = []
      try await stores.leads.saveTriage(
        triage, of: lead, identity: LeadIdentity(), basis: .stored(read), events: [], in: .default)
      #expect(try stores.leads.lead(lead.id, in: .default) == lead)
      #expect(try stores.leads.latestTriage(of: lead.id, in: .default) == triage)
    }
  }

  @Test("an interaction is stored once, with one event", arguments: Backend.allCases)
  func interactions(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      let interaction = Interaction.sample("int_1", of: "lead_1")
      let event = Event.sample("evt_1", .interactionRecorded, of: interaction.leadID)
      #expect(try await stores.leads.record(interaction, event: event, in: .default))
      #expect(try await !stores.leads.record(interaction, event: event, in: .default))
      let stored = try stores.leads.interactions(of: interaction.leadID, limit: 5, in: .default)
      #expect(stored == [interaction])
      #expect(try stores.events.latestSequence() == 2)
    }
  }

  @Test(
    "an interaction and its memory are stored together, or neither", arguments: Backend.allCases)
  func rememberedInteractions(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      func record(_ id: String, of lead: String) async throws -> Bool {
        let interaction = Interaction.sample(id, of: lead)
        let memory = InteractionMemory.record(of: interaction, recordedAt: noon).analyzed
        return try await stores.leads.record(
          interaction, isTimeAssumed: false, memory: memory,
          event: .sample("evt_\(id)", .interactionRecorded, of: interaction.leadID), in: .default
        ).isNew
      }
      func changes() async throws -> [MemoryRecord] {
        let page = try await stores.memories.changes(after: .start, limit: 10, in: .default)
        return (page?.changes ?? []).compactMap { change in
          if case .stored(_, let memory) = change { memory.record } else { nil }
        }
      }
      #expect(try await record("int_1", of: "lead_1"))
      #expect(try await !record("int_1", of: "lead_1"))
      #expect(try await changes().map(\.source.reference) == ["int_1"])
      await #expect(throws: StoreError.self) { try await record("int_2", of: "nobody") }
      #expect(try await changes().count == 1)
    }
  }

  @Test("another interaction under a taken name is refused", arguments: Backend.allCases)
  func interactionConflict(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      let first = Interaction.sample("int_1", of: "lead_1")
      let event = Event.sample("evt_1", of: first.leadID)
      _ = try await stores.leads.record(first, event: event, in: .default)
      var second = first
      second.kind = .complaint
      second.occurredAt = noon + .seconds(9999)
      let error = await #expect(throws: StoreError.self) {
        try await stores.leads.record(second, event: event, in: .default)
      }
      #expect(error?.code == .conflict)
      #expect(
        try stores.leads.interactions(of: first.leadID, limit: 5, in: .default) == [first])
      #expect(
        try stores.leads.lead(first.leadID, in: .default)?.lastActiveAt == noon + .seconds(60))
    }
  }

  @Test(
    "only what the lead did moves its last activity, and only forward", arguments: Backend.allCases)
  func lastActivity(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      func record(_ id: String, _ kind: InteractionKind, _ seconds: Int) async throws -> Timestamp?
      {
        _ = try await stores.leads.record(
          .sample(id, of: "lead_1", kind, at: noon + .seconds(seconds)),
          event: .sample("evt_\(id)", of: "lead_1"), in: .default)
        return try stores.leads.lead("lead_1", in: .default)?.lastActiveAt
      }
      #expect(try await record("a", .emailSent, 500) == noon + .seconds(60))
      #expect(try await record("b", .emailClick, 200) == noon + .seconds(200))
      #expect(try await record("c", .siteVisit, 100) == noon + .seconds(200))
    }
  }

  @Test("interactions come latest first, as many as asked for", arguments: Backend.allCases)
  func latestFirst(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      try await stores.add(.sample("lead_2"))
      for (id, lead, seconds) in [
        ("a", "lead_1", 10), ("b", "lead_1", 30), ("c", "lead_1", 20), ("d", "lead_1", 30),
        ("e", "lead_2", 40),
      ] {
        _ = try await stores.leads.record(
          .sample(id, of: lead, at: noon + .seconds(seconds)),
          event: .sample("evt_\(id)", of: nil), in: .default)
      }
      func ids(_ limit: Int) throws -> [String] {
        try stores.leads.interactions(of: "lead_1", limit: limit, in: .default).map(\.id.rawValue)
      }
      #expect(try ids(10) == ["d", "b", "c", "a"])
      #expect(try ids(2) == ["d", "b"])
      #expect(try ids(0).isEmpty)
      #expect(try ids(-1).isEmpty)
    }
  }

  @Test("what concerns no stored lead is refused", arguments: Backend.allCases)
  func unknownLead(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"), in: .other)
      let event = Event.sample("evt_1", of: "lead_1")
      let first = await #expect(throws: StoreError.self) {
        try await stores.leads.record(.sample("i", of: "lead_1"), event: event, in: .default)
      }
      let second = await #expect(throws: StoreError.self) {
        try await stores.leads.record(.won("lead_1"), replacing: true, event: event, in: .default)
      }
      #expect(first?.code == .notFound)
      #expect(second?.code == .notFound)
      #expect(try stores.events.latestSequence() == 1)
    }
  }

  @Test("an outcome sets the lead's status and is stored once", arguments: Backend.allCases)
  func outcomes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      try await stores.add(.sample("lead_2"))
      let won = Outcome.won("lead_1")
      let lost = Outcome.lost("lead_2")
      for (outcome, status) in [(won, LeadStatus.converted), (lost, .unqualified)] {
        let event = Event.sample("evt_\(outcome.leadID)", .outcomeRecorded, of: outcome.leadID)
        #expect(
          try await stores.leads.record(outcome, replacing: false, event: event, in: .default))
        #expect(
          try await !stores.leads.record(outcome, replacing: false, event: event, in: .default))
        #expect(try stores.leads.latestOutcome(of: outcome.leadID, in: .default) == outcome)
        #expect(try stores.leads.lead(outcome.leadID, in: .default)?.status == status)
      }
      #expect(try stores.events.latestSequence() == 4)
    }
  }

  @Test(
    "a second conversion is stored beside the first, the latest is the latest",
    arguments: Backend.allCases)
  func severalOutcomes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      let outcomes: [Outcome] = [
        .won("lead_1", .demoBooked, at: noon), .won("lead_1", .purchase, at: noon + .days(2)),
        .won("lead_1", .trialStarted, at: noon + .days(1)),
      ]
      for outcome in outcomes {
        #expect(
          try await stores.leads.record(
            outcome, replacing: false, event: .sample("e", of: "lead_1"), in: .default))
      }
      #expect(try stores.leads.latestOutcome(of: "lead_1", in: .default) == outcomes[1])
      let history = try stores.leads.history(
        of: "lead_1", identity: LeadIdentity(), in: .default)
      #expect(history.conversions == 3)
    }
  }

  @Test("a correction of an outcome takes its place", arguments: Backend.allCases)
  func correction(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      for amount in [10.0, 20.0] {
        #expect(
          try await stores.leads.record(
            .won("lead_1", amount: amount), replacing: false, event: .sample("e", of: "lead_1"),
            in: .default))
      }
      #expect(try stores.leads.latestOutcome(of: "lead_1", in: .default)?.value?.amount == 20)
      let history = try stores.leads.history(
        of: "lead_1", identity: LeadIdentity(), in: .default)
      #expect(history.conversions == 1)
    }
  }

  @Test("another disposition is refused unless it shall replace", arguments: Backend.allCases)
  func otherDisposition(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("lead_1"))
      let event = Event.sample("e", of: "lead_1")
      let won = Outcome.won("lead_1")
      let lost = Outcome.lost("lead_1", at: noon + .days(-1))
      _ = try await stores.leads.record(won, replacing: false, event: event, in: .default)
      let error = await #expect(throws: StoreError.self) {
        try await stores.leads.record(lost, replacing: false, event: event, in: .default)
      }
      #expect(error?.code == .conflict)
      #expect(try stores.leads.latestOutcome(of: "lead_1", in: .default) == won)
      #expect(try await stores.leads.record(lost, replacing: true, event: event, in: .default))
      #expect(try stores.leads.latestOutcome(of: "lead_1", in: .default) == lost)
      #expect(try stores.leads.lead("lead_1", in: .default)?.status == .unqualified)
      let key = CohortKey(.sample("lead_1"))
      #expect(
        try stores.leads.cohorts(for: key, in: .default)[0] == CohortCount(leads: 1))
    }
  }

  @Test("a second workspace sees nothing and has names of its own", arguments: Backend.allCases)
  func isolation(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let lead = Lead.sample("lead_1")
      let identity = LeadIdentity(
        email: "a@b.example", phone: "+4722334455", companyAndName: "acme\nann",
        account: "acme.example")
      try await stores.add(lead, identity: identity)
      _ = try await stores.leads.record(
        .sample("int_1", of: "lead_1"), event: .sample("e1", of: lead.id), in: .default)
      _ = try await stores.leads.record(
        .won("lead_1"), replacing: false, event: .sample("e2", of: lead.id), in: .default)

      #expect(try stores.leads.lead(lead.id, in: .other) == nil)
      #expect(try stores.leads.latestTriage(of: lead.id, in: .other) == nil)
      #expect(try stores.leads.latestOutcome(of: lead.id, in: .other) == nil)
      #expect(try stores.leads.interactions(of: lead.id, limit: 9, in: .other).isEmpty)
      #expect(
        try stores.leads.history(of: lead.id, identity: identity, in: .other) == LeadHistory())
      #expect(
        try stores.leads.cohorts(for: CohortKey(lead), in: .other)
          == [CohortCount](repeating: CohortCount(), count: 5))
      var query = LeadQuery()
      #expect(try await stores.leads.search(query, in: .other).total == 0)
      query.text = "rockets"
      #expect(try await stores.leads.search(query, in: .other).leads.isEmpty)
      for field in LeadField.allCases {
        #expect(
          try await stores.leads.values(of: field, prefix: "", limit: 9, in: .other).isEmpty)
      }
      #expect(try stores.events.events(of: lead.id, limit: 9, in: .other).isEmpty)
      #expect(try await stores.datasets.summary(in: .other).tables.isEmpty)

      try await stores.add(.bare("lead_1"), in: .other)
      #expect(try stores.leads.lead(lead.id, in: .other) == .bare("lead_1"))
      #expect(try stores.leads.lead(lead.id, in: .default)?.contact == lead.contact)
    }
  }

  @Test(
    "200 writers at once lose nothing, and one that fails takes no other with it",
    arguments: Backend.allCases)
  func concurrent(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("taken"))
      let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<200 {
          group.addTask {
            let isTaken = number % 10 == 3
            do {
              try await stores.add(isTaken ? .bare("taken") : .sample("lead_\(number)"))
              return false
            } catch let error as StoreError where isTaken && error.code == .conflict {
              return true
            }
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(refused == 20)
      for number in 0..<200 where number % 10 != 3 {
        let id = LeadID(rawValue: "lead_\(number)")
        #expect(try stores.leads.lead(id, in: .default)?.id == id)
      }
      #expect(try await stores.leads.search(LeadQuery(), in: .default).total == 181)
      #expect(
        try stores.leads.cohorts(for: CohortKey(.sample("x")), in: .default).map(\.leads)
          == [181, 180, 180, 180, 180])
      #expect(try stores.events.latestSequence() == 181)
    }
  }
}
