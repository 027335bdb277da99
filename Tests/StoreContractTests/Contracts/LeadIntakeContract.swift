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
      #expect(try stores.work.openItems(of: lead.id, in: .default).map(\.id.rawValue) == ["w1"])
      #expect(try stores.events.latestSequence() == 2)
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
      #expect(try stores.work.openItems(of: lead.id, in: .default).isEmpty)
      // The same work once more is the open item.
      #expect(await code(.stored(lead), "w4") == nil)
      let again = try await Self.receive(
        lead, .stored(lead), work: "w5", event: .leadUpdated, stores)
      #expect(again == QueuedWork(workID: WorkID(rawValue: "w4"), isNew: false))
    }
  }
}
