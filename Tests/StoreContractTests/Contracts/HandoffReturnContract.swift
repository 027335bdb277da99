import JSONRPC
import Marketing
import Testing

/// What handoffs have to do with the queue of work and with each other.
@Suite("HandoffStore: work, order, escalations")
struct HandoffReturnContract {
  private static let takeOver: @Sendable (Handoff) -> WorkDraft = { handoff in
    draft("engage_lead", "engagement", handoff)
  }
  private static let handOver: @Sendable (Handoff) -> WorkDraft = { handoff in
    draft("triage_lead", "triage", handoff)
  }

  private static func draft(_ kind: String, _ role: AgentRoleID, _ handoff: Handoff) -> WorkDraft {
    let offer = handoff.offeredAt?.milliseconds ?? 0
    return WorkDraft(
      id: WorkID(rawValue: "work_\(kind)_\(offer)"), kind: WorkKind(rawValue: kind), role: role,
      leadID: handoff.leadID, subject: handoff.id.rawValue, key: "\(kind):\(offer)", dueAt: noon)
  }

  private func open(_ stores: Stores) throws -> [String] {
    try stores.work.openItems(of: "L1", limit: 20, in: .default).map {
      "\($0.kind) \($0.state.rawValue)"
    }
  }

  private func claim(_ role: AgentRoleID, _ stores: Stores) async throws -> WorkItem? {
    try await stores.work.claim(
      WorkRequest(
        role: role, worker: "w", limit: 9, lease: .seconds(600), time: noon + .seconds(1)),
      events: { _ in [] }, in: .default
    ).first
  }

  @Test(
    "a rejection ends the receivers' work and makes work for the sender's role",
    arguments: Backend.allCases, [false, true])
  func rejection(backend: Backend, isClaimed: Bool) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.prepare(.sample("h1"))
      try await stores.offer("h1", work: Self.takeOver)
      #expect(try open(stores) == ["engage_lead ready"])
      let claimed = isClaimed ? try await claim("engagement", stores) : nil
      if isClaimed { try await stores.accept("h1", by: "a") }
      try await stores.reject("h1", by: "a", work: Self.handOver)
      #expect(try open(stores) == ["triage_lead ready"])
      #expect(try await claim("engagement", stores) == nil)
      // Again changes nothing.
      try await stores.reject("h1", by: "a", work: Self.handOver)
      #expect(try open(stores) == ["triage_lead ready"])
      if let claimed {
        // Its worker may still say that it is done.
        let completion = try await stores.work.complete(
          HeldWork(claimed.id, claim: claimed.claim), result: [:], next: [], at: noon,
          events: { _ in [] }, in: .default)
        #expect(!completion.isNew && completion.item.result == ["handoff": "rejected"])
      }
      // A new offer is new work.
      try await stores.offer("h1", at: noon + .seconds(1), work: Self.takeOver)
      #expect(try open(stores) == ["triage_lead ready", "engage_lead ready"])
      #expect(try await claim("engagement", stores)?.subject == "h1")
    }
  }

  @Test("an offer that ends is given back", arguments: Backend.allCases)
  func expiry(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      for id in ["h1", "h2"] { try await stores.prepare(.sample(id)) }
      func expire(at time: Timestamp) async throws -> [String] {
        try await stores.handoffs.expire(
          dueBy: time, limit: 9, work: Self.handOver,
          event: { .sample("evt_e_\($0.id)", .handoffExpired, of: $0.leadID) }
        ).map(\.id.rawValue)
      }
      try await stores.offer("h1", work: Self.takeOver)
      // Offered anew before anybody has noticed that its time was over.
      try await stores.offer("h1", at: noon + .seconds(60), work: Self.takeOver)
      #expect(try open(stores) == ["engage_lead ready"])
      #expect(try await expire(at: noon + .seconds(120)) == ["h1"])
      #expect(try open(stores) == ["triage_lead ready"])
      // Of one behind which another is on its way already nothing is to be done.
      try await stores.offer("h1", at: noon + .seconds(200), work: Self.takeOver)
      try await stores.offer("h2", at: noon + .seconds(260), work: Self.takeOver)
      #expect(try await expire(at: noon + .seconds(261)) == ["h1"])
      #expect(try open(stores) == ["triage_lead ready", "engage_lead ready"])
    }
  }

  @Test("a receiver whose work is done does not hold the lead", arguments: Backend.allCases)
  func done(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      for id in ["h1", "h2"] { try await stores.prepare(.sample(id)) }
      try await stores.offer("h1", work: Self.takeOver)
      let item = try #require(try await claim("engagement", stores))
      try await stores.accept("h1", by: "a")
      try await expect(.conflict) { try await stores.offer("h2") }
      _ = try await stores.work.complete(
        HeldWork(item.id, claim: item.claim), result: [:], next: [], at: noon,
        events: { _ in [] }, in: .default)
      #expect(try await stores.offer("h2").state == .offered)
    }
  }

  @Test("what was made behind another handoff is stale", arguments: Backend.allCases)
  func stale(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      func save(_ id: String, behind number: Int) async throws -> SavedHandoff {
        try await stores.handoffs.save(
          .sample(id), packet: [1], behind: number, escalation: nil, events: [], in: .default)
      }
      #expect(try await save("h1", behind: 0).handoff.number == 1)
      try await expect(.stale) { _ = try await save("h2", behind: 0) }
      try await expect(.stale) { _ = try await save("h2", behind: 2) }
      #expect(try stores.handoffs.handoff("h2", in: .default) == nil)
      #expect(try await save("h2", behind: 1).handoff.number == 2)
      // What is stored already is not behind anything new.
      #expect(try await save("h1", behind: 0).isNew == false)
    }
  }

  @Test("one escalation is open for a lead and a role", arguments: Backend.allCases)
  func oneEscalation(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      func save(_ id: String, _ escalation: String, to role: AgentRoleID) async throws
        -> EscalationID?
      {
        try await stores.handoffs.save(
          .sample(id, to: role, state: .needsHuman), packet: [1],
          escalation: .sample(escalation, subject: id),
          events: [
            .sample("evt_\(id)", .handoffPrepared, of: "L1"),
            .sample("evt_\(escalation)", .escalationOpened, of: "L1"),
          ], in: .default
        ).escalationID
      }
      #expect(try await save("h1", "e1", to: "engagement") == "e1")
      #expect(try await save("h2", "e2", to: "sales") == "e2")
      #expect(try await save("h3", "e3", to: "engagement") == "e1")
      #expect(try stores.handoffs.escalation("e1", in: .default)?.subject == "h3")
      #expect(try stores.handoffs.escalation("e3", in: .default) == nil)
      #expect(
        try stores.handoffKinds() == [
          "handoff.prepared", "escalation.opened", "handoff.prepared", "escalation.opened",
          "handoff.prepared",
        ])
      _ = try await stores.handoffs.resolve(
        "e1", with: "go on", by: "maria", at: noon,
        event: { .sample("evt_r_\($0.id)", .escalationResolved, of: $0.leadID) }, in: .default)
      #expect(try await stores.offer("h3").state == .offered)
      // Once it is resolved, the next one is a new one.
      #expect(try await save("h4", "e4", to: "engagement") == "e4")
    }
  }

  private func expect(
    _ code: StoreError.Code, _ body: () async throws -> Void,
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let error = await #expect(throws: StoreError.self, sourceLocation: location) {
      try await body()
    }
    #expect(error?.code == code, sourceLocation: location)
  }
}
