import JSONRPC
import Marketing
import Testing

@Suite("HandoffStore: sender and receiver are one") struct HandoffTakeoverContract {
  @Test("who prepares and takes over at once has it in one step", arguments: Backend.allCases)
  func takenOver(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      _ = try await stores.journeys.advance(
        "L1", to: .triaged, reason: nil, event: .sample("evt_t", .leadTriaged, of: "L1"),
        in: .default)
      func save(_ handoff: Handoff, lease: Duration = .zero) async throws -> SavedHandoff {
        let name = handoff.id.rawValue
        return try await stores.handoffs.save(
          handoff, packet: Array("packet".utf8), behind: nil, escalation: nil,
          takeover: HandoffTakeover(
            by: "both", lease: lease, at: noon,
            offered: { .sample("evt_o_\(name)", .handoffOffered, of: $0.leadID) },
            accepted: { .sample("evt_a_\(name)", .handoffAccepted, of: $0.leadID) }),
          events: [.sample("evt_\(name)", .handoffPrepared, of: handoff.leadID)], in: .default)
      }
      let saved = try await save(.sample("h1"))
      #expect(saved.isNew && saved.handoff.state == .accepted)
      #expect(saved.handoff.acceptedBy == "both" && saved.handoff.leaseUntil == noon)
      let stored = try #require(try stores.handoffs.handoff("h1", in: .default))
      #expect(stored == StoredHandoff(saved.handoff, packet: Array("packet".utf8)))
      #expect(try await !save(.sample("h1")).isNew)
      let once = ["handoff.prepared", "handoff.offered", "handoff.accepted"]
      #expect(try stores.handoffKinds() == once)
      #expect(try stores.journeys.journey(of: "L1", in: .default)?.stage == .handedOff)
      // What a person has to look at nobody has.
      let poor = try await save(.sample("h2", state: .needsHuman))
      #expect(poor.handoff.state == .needsHuman && poor.handoff.acceptedBy == nil)
      // Where the lead is on its way already nothing is stored at all.
      try await stores.prepare(.sample("h3"))
      try await stores.offer("h3")
      await expect(.conflict) { try await save(.sample("h4")) }
      #expect(try stores.handoffs.handoff("h4", in: .default) == nil)
      #expect(try stores.handoffs.latestHandoff(of: "L1", in: .default)?.handoff.id == "h3")
      #expect(try await stores.handoffs.brokenHandoffs(of: "L1", in: .default) == [])
    }
  }
}
