import JSONRPC
import Marketing
import Testing

@Suite("JourneyStore")
struct JourneyContract {
  /// Triages a lead that is stored.
  private func triage(
    _ lead: Lead, _ stores: Stores, events: [Event], in workspace: WorkspaceID = .default
  ) async throws {
    let known = try #require(try stores.leads.lead(lead.id, in: workspace))
    try await stores.leads.saveTriage(
      .sample(lead.id), of: lead, identity: LeadIdentity(), basis: .stored(known), events: events,
      in: workspace)
  }

  private func new(_ lead: Lead, _ stores: Stores) async throws {
    try await stores.leads.saveTriage(
      .sample(lead.id), of: lead, identity: LeadIdentity(), basis: .unchecked,
      events: [
        .sample("evt_c", .leadCreated, of: lead.id), .sample("evt_t", .leadTriaged, of: lead.id),
      ], in: .default)
  }

  private func stages(_ id: LeadID, _ stores: Stores) throws -> [JourneyStage] {
    try #require(try stores.journeys.journey(of: id, in: .default)).steps.map(\.stage)
  }

  private func advance(
    _ id: LeadID, _ stage: JourneyStage, _ stores: Stores
  ) async throws -> Bool {
    let place = try stores.events.latestSequence()
    return try await stores.journeys.advance(
      id, to: stage, reason: "because",
      event: .sample("evt_\(place)", .journeyAdvanced, of: id), in: .default)
  }

  @Test("a new lead is received and triaged, each by its event", arguments: Backend.allCases)
  func begin(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await new(.sample("L1"), stores)
      let journey = try #require(try stores.journeys.journey(of: "L1", in: .default))
      #expect(
        journey.steps == [
          JourneyStep(
            stage: .received, at: noon, actor: "tests/triage_lead", eventID: "evt_c"),
          JourneyStep(stage: .triaged, at: noon, actor: "tests/triage_lead", eventID: "evt_t"),
        ])
      #expect(journey.leadID == "L1" && journey.stage == .triaged)
      #expect(try stores.journeys.journey(of: "L1", in: .other) == nil)
      #expect(try stores.journeys.journey(of: "L2", in: .default) == nil)
    }
  }

  @Test("what is legal is a step, what is not or is repeated is none", arguments: Backend.allCases)
  func moves(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await new(.sample("L1"), stores)
      let moves: [(JourneyStage, Bool)] = [
        (.triaged, false), (.monitored, false), (.received, false), (.handedOff, true),
        (.handedOff, false), (.triaged, true), (.engaged, true), (.handedOff, false),
        (.monitored, true), (.optimized, true), (.engaged, true), (.closed, true),
        (.triaged, false), (.received, true),
      ]
      for (stage, isTaken) in moves {
        let before = try stores.events.latestSequence()
        #expect(try await advance("L1", stage, stores) == isTaken, "to \(stage)")
        #expect(try stores.events.latestSequence() == before + (isTaken ? 1 : 0))
      }
      let taken = moves.filter(\.1).map(\.0)
      #expect(try stages("L1", stores) == [.received, .triaged] + taken)
      let last = try stores.journeys.journey(of: "L1", in: .default)?.steps.last
      #expect(last?.reason == "because" && last?.eventID != nil)
      let error = await #expect(throws: StoreError.self) {
        try await advance("nobody", .engaged, stores)
      }
      #expect(error?.code == .notFound)
    }
  }

  @Test("triage moves nobody out of an agent's hands", arguments: Backend.allCases)
  func triageAgain(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let lead = Lead.sample("L1")
      try await new(lead, stores)
      for stage: JourneyStage in [.handedOff, .engaged, .monitored] {
        #expect(try await advance("L1", stage, stores))
        var written = lead
        written.message = "again in \(stage)"
        try await triage(
          written, stores,
          events: [.sample("evt_u", .leadUpdated, of: "L1"), .sample("evt_v", of: "L1")])
        #expect(try stages("L1", stores).last == stage)
      }
    }
  }

  @Test("a lead that writes again after it was closed begins anew", arguments: Backend.allCases)
  func again(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await new(.sample("L1"), stores)
      let lost = Outcome.lost("L1", at: noon + .seconds(9))
      for _ in 0..<2 {
        _ = try await stores.leads.record(
          lost, replacing: false, event: .sample("evt_o", .outcomeRecorded, of: "L1"),
          in: .default)
      }
      #expect(try stages("L1", stores) == [.received, .triaged, .closed])
      var lead = try #require(try stores.leads.lead("L1", in: .default))
      let events: [Event] = [
        .sample("evt_u", .leadUpdated, of: "L1"), .sample("evt_v", .leadTriaged, of: "L1"),
      ]
      lead.persona = "CEO"
      try await triage(lead, stores, events: events)
      #expect(try stages("L1", stores).last == .closed, "it wrote nothing")
      lead.message = "I am back"
      try await triage(lead, stores, events: events)
      #expect(
        try stages("L1", stores) == [.received, .triaged, .closed, .received, .triaged])
    }
  }

  @Test("outcomes end the way", arguments: Backend.allCases)
  func outcomes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await new(.sample("L1"), stores)
      func record(_ outcome: Outcome) async throws {
        _ = try await stores.leads.record(
          outcome, replacing: true, event: .sample("evt_o", .outcomeRecorded, of: "L1"),
          in: .default)
      }
      try await record(.won("L1"))
      try await record(.won("L1", .demoBooked, at: noon + .seconds(1)))
      #expect(try stages("L1", stores) == [.received, .triaged, .converted])
      try await record(.lost("L1"))
      try await record(.won("L1", at: noon + .seconds(2)))
      #expect(
        try stages("L1", stores) == [.received, .triaged, .converted, .closed, .converted])
      let step = try stores.journeys.journey(of: "L1", in: .default)?.steps.last
      #expect(step?.reason == "liked it" && step?.eventID == "evt_o")
    }
  }

  @Test("a lead without steps has a way all the same", arguments: Backend.allCases)
  func derived(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.datasets.importRows(
        .leads([(.bare("L1"), LeadIdentity())]), event: .imported("evt_1"), in: .default)
      #expect(try stages("L1", stores) == [.received])
      _ = try await stores.datasets.importRows(
        .outcomes([.won("L1", at: noon + .days(3))]), event: .imported("evt_2"), in: .default)
      let journey = try #require(try stores.journeys.journey(of: "L1", in: .default))
      #expect(
        journey.steps == [
          JourneyStep(stage: .received, at: noon),
          JourneyStep(stage: .converted, at: noon + .days(3), reason: "liked it"),
        ])
      // An imported lead is triaged: from here on its steps are stored.
      _ = try await stores.datasets.importRows(
        .leads([(.bare("L2"), LeadIdentity())]), event: .imported("evt_3"), in: .default)
      try await triage(.bare("L2"), stores, events: [.sample("evt_t2", of: "L2")])
      let second = try #require(try stores.journeys.journey(of: "L2", in: .default))
      #expect(second.steps.map(\.stage) == [.received, .triaged])
      #expect(second.steps.map(\.eventID) == [nil, "evt_t2"])
      // One that converted is not taken back by its score.
      try await triage(
        try #require(try stores.leads.lead("L1", in: .default)), stores,
        events: [.sample("evt_t1", of: "L1")])
      #expect(try stages("L1", stores).last == .converted)
    }
  }
}
