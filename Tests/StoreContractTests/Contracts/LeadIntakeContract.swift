import Marketing
import Testing

@Suite("LeadStore: leads that come in for agents") struct LeadIntakeContract {
  private static func draft(_ id: String, of lead: Lead) -> WorkDraft {
    WorkDraft(
      id: WorkID(rawValue: id), kind: .triageLead, role: .triage, leadID: lead.id, dueAt: noon)
  }

  private static func receive(
    _ lead: Lead, _ basis: TriageBasis, work: String, event: Event.Kind, _ stores: Stores
  ) async throws -> QueuedWork {
    try await stores.leads.receive(
      lead, identity: LeadIdentity(of: lead, keepsPlusTags: false), basis: basis,
      work: draft(work, of: lead), at: noon,
      events: [.sample("evt_\(work)", event, of: lead.id)],
      noting: { [.sample("evt_q_\($0.id)", .workEnqueued, of: lead.id)] }, in: .default)
  }

  @Test(
    "the lead, its step, its work and its event are stored together", arguments: Backend.allCases)
  func together(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let lead = Lead.sample("lead_1")
      let queued = try await Self.receive(
        lead, .new(hasDuplicates: true), work: "w1", event: .leadCreated, stores)
      #expect(queued == QueuedWork(workID: WorkID(rawValue: "w1"), isNew: true))
      #expect(try stores.leads.lead(lead.id, in: .default) == lead)
      #expect(try stores.leads.latestTriage(of: lead.id, in: .default) == nil)
      let journey = try stores.journeys.journey(of: lead.id, in: .default)
      #expect(journey?.steps.map(\.stage) == [.received])
      #expect(
        try stores.work.openItems(of: lead.id, limit: 20, in: .default).map(\.id.rawValue) == ["w1"]
      )
      #expect(try stores.events.latestSequence() == 2)
    }
  }

  @Test(
    "news of a lead whose triage is under way are triaged behind it", arguments: Backend.allCases)
  func behind(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var lead = Lead.sample("lead_1")
      _ = try await Self.receive(
        lead, .new(hasDuplicates: true), work: "w1", event: .leadCreated, stores)
      func again(_ work: String, message: String?) async throws -> QueuedWork {
        let known = lead
        lead.message = message
        return try await Self.receive(
          lead, .stored(known), work: work, event: .leadUpdated, stores)
      }
      func claim() async throws -> [String] {
        try await stores.work.claim(
          WorkRequest(role: .triage, worker: "a", limit: 9, lease: .seconds(60), time: noon),
          events: { _ in [] }, in: .default
        ).map(\.id.rawValue)
      }
      // Nobody has begun: that triage will see it.
      #expect(try await again("w2", message: "one") == QueuedWork(workID: "w1", isNew: false))
      #expect(try await claim() == ["w1"])
      // The same form once more says nothing new.
      #expect(try await again("w3", message: "one") == QueuedWork(workID: "w1", isNew: false))
      #expect(try await again("w4", message: "two") == QueuedWork(workID: "w4", isNew: true))
      #expect(try await again("w5", message: "three") == QueuedWork(workID: "w4", isNew: false))
      #expect(try await claim() == ["w4"])
      #expect(try await again("w6", message: "four") == QueuedWork(workID: "w6", isNew: true))
      #expect(try await claim() == ["w6"])
    }
  }

  @Test(
    "who triages a lead and goes on with it has its work from the same moment",
    arguments: Backend.allCases)
  func held(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let lead = Lead.sample("lead_1")
      func triage(_ basis: TriageBasis, _ work: String, at seconds: Int) async throws -> HeldWork? {
        let hold = WorkHold(
          Self.draft(work, of: lead), by: "all_in_one", lease: .seconds(10),
          at: noon + .seconds(seconds), events: Event.ofWork)
        return try await stores.leads.saveTriage(
          .sample(lead.id), of: lead, identity: LeadIdentity(of: lead, keepsPlusTags: false),
          basis: basis, shadows: [], hold: hold, events: [], in: .default)
      }
      let held = try #require(try await triage(.new(hasDuplicates: true), "w1", at: 0))
      #expect(held == HeldWork("w1", claim: 1))
      let item = try #require(try stores.work.item("w1", in: .default))
      #expect(item.state == .claimed && item.worker == "all_in_one")
      #expect(item.leaseUntil == noon + .seconds(10))
      // While it lives nobody else has it, also who triages the lead meanwhile.
      #expect(try await stores.claim(at: 9).isEmpty)
      #expect(try await triage(.stored(lead), "w2", at: 9) == nil)
      #expect(try stores.work.item("w2", in: .default) == nil)
      // It died: an agent goes on.
      let agent = try #require(try await stores.claim(at: 10).first)
      #expect(agent.id == "w1" && agent.claim == 2)
      #expect(try await stores.fail(agent.held, at: 11).state == .ready)
      // What waits in the queue is taken out of it, and ended.
      let again = try #require(try await triage(.stored(lead), "w3", at: 12))
      #expect(again == HeldWork("w1", claim: 3))
      #expect(try await stores.complete(again, at: 13).isNew)
      #expect(try stores.work.openItems(of: lead.id, limit: 9, in: .default).isEmpty)
      #expect(
        try stores.workEvents().map { $0.split(separator: " ")[0] } == [
          "work.claimed", "work.claimed", "work.released", "work.claimed", "work.completed",
        ])
      // What is refused holds nothing.
      await #expect(throws: StoreError.self) {
        try await triage(.new(hasDuplicates: true), "w4", at: 14)
      }
      #expect(try stores.work.item("w4", in: .default) == nil)
    }
  }

  @Test("what is refused leaves nothing", arguments: Backend.allCases)
  func refusals(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let lead = Lead.sample("lead_1")
      func code(_ basis: TriageBasis, _ work: String) async -> StoreError.Code? {
        do {
          _ = try await Self.receive(lead, basis, work: work, event: .leadUpdated, stores)
          return nil
        } catch {
          return (error as? StoreError)?.code
        }
      }
      #expect(await code(.stored(lead), "w1") == .notFound)
      try await stores.add(lead)
      #expect(await code(.new(hasDuplicates: true), "w2") == .conflict)
      var other = lead
      other.message = "other"
      #expect(await code(.stored(other), "w3") == .stale)
      #expect(try stores.work.openItems(of: lead.id, limit: 20, in: .default).isEmpty)
      // The same work once more is the open item.
      #expect(await code(.stored(lead), "w4") == nil)
      let again = try await Self.receive(
        lead, .stored(lead), work: "w5", event: .leadUpdated, stores)
      #expect(again == QueuedWork(workID: WorkID(rawValue: "w4"), isNew: false))
    }
  }
}
