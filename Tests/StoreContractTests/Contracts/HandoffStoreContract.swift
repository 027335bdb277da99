import JSONRPC
import Marketing
import Testing

extension Handoff {
  static func sample(
    _ id: String, of lead: LeadID = "L1", from sender: AgentRoleID = "triage",
    to role: AgentRoleID = "engagement", state: State = .prepared,
    at time: Timestamp = noon
  ) -> Handoff {
    Handoff(
      id: HandoffID(rawValue: id),
      header: HandoffPacket.Header(
        leadID: lead, sender: sender, receiver: role, reason: "asks for a \"demo\"",
        preparedAt: time),
      sender: "ann/prepare_handoff", state: state,
      quality: HandoffQuality(
        score: 0.9, completeness: 1, consistency: 0.5, freshness: 0.25, relevance: 0.125),
      gaps: ["budget"], attempts: 2, tokens: 321)
  }
}

extension Escalation {
  static func sample(
    _ id: String, of lead: LeadID? = "L1", subject: String = "h1", at time: Timestamp = noon
  ) -> Escalation {
    Escalation(
      id: EscalationID(rawValue: id), leadID: lead, subject: subject, reason: "too little is known",
      context: ["gaps": ["contact"], "quality": 0.5], owner: "sales-lead", openedAt: time,
      deadline: time + .seconds(3600))
  }
}

extension Stores {
  @discardableResult
  func prepare(
    _ handoff: Handoff, _ packet: String = "{}", escalation: Escalation? = nil,
    in workspace: WorkspaceID = .default
  ) async throws -> Handoff {
    try await handoffs.save(
      handoff, packet: Array(packet.utf8), escalation: escalation,
      events: [.sample("evt_\(handoff.id)", .handoffPrepared, of: handoff.leadID)], in: workspace
    ).handoff
  }

  @discardableResult
  func offer(
    _ id: HandoffID, at now: Timestamp = noon, for lifetime: Duration = .seconds(60),
    work: (@Sendable (Handoff) -> WorkDraft)? = nil
  ) async throws -> Handoff {
    try await handoffs.offer(
      id, at: now, until: now + lifetime, work: work,
      event: { .sample("evt_o_\($0.id)", .handoffOffered, of: $0.leadID) }, in: .default)
  }

  @discardableResult
  func accept(
    _ id: HandoffID, by receiver: String, at now: Timestamp = noon
  ) async throws -> StoredHandoff {
    try await handoffs.accept(
      id, by: receiver, lease: .seconds(30), at: now,
      event: { .sample("evt_a_\($0.id)", .handoffAccepted, of: $0.leadID) }, in: .default)
  }

  @discardableResult
  func reject(
    _ id: HandoffID, by receiver: String, work: (@Sendable (Handoff) -> WorkDraft)? = nil
  ) async throws -> Handoff {
    try await handoffs.reject(
      id, by: receiver, because: "no phone", at: noon, work: work,
      event: { .sample("evt_r_\($0.id)", .handoffRejected, of: $0.leadID) }, in: .default)
  }

  func handoffKinds(of lead: LeadID = "L1") throws -> [String] {
    try events.events(of: lead, limit: 999, in: .default).map(\.event.kind.rawValue)
      .filter { $0.hasPrefix("handoff") || $0.hasPrefix("escalation") }
  }
}

@Suite("HandoffStore")
struct HandoffStoreContract {
  @Test("a handoff comes back with its packet, numbered and sealed", arguments: Backend.allCases)
  func saves(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      var expected = Handoff.sample("h1")
      let first = try await stores.prepare(expected, "one")
      (expected.number, expected.contentHash) = (1, first.contentHash)
      #expect(first == expected && first.contentHash.count == 64)
      let stored = try #require(try stores.handoffs.handoff("h1", in: .default))
      #expect(stored == StoredHandoff(expected, packet: Array("one".utf8)))
      let second = try await stores.prepare(.sample("h2"), "two")
      #expect(second.number == 2 && second.previousHash == first.contentHash)
      #expect(try stores.handoffs.latestHandoff(of: "L1", in: .default)?.handoff == second)
      #expect(try stores.handoffs.handoff("h3", in: .default) == nil)
      #expect(try stores.handoffs.handoff("h1", in: .other) == nil)
      #expect(try stores.handoffs.latestHandoff(of: "L2", in: .default) == nil)
      // Preparing it again changes nothing, another one of its name is refused.
      let again = try await stores.handoffs.save(
        .sample("h1", at: noon + .seconds(9)), packet: [1], escalation: nil,
        events: [.sample("evt_x", .handoffPrepared, of: "L1")], in: .default)
      #expect(again.handoff == first && !again.isNew)
      try await expect(.conflict) { try await stores.prepare(.sample("h1", to: "sales")) }
      try await expect(.notFound) { try await stores.prepare(.sample("h4", of: "L404")) }
      #expect(try stores.handoffKinds() == ["handoff.prepared", "handoff.prepared"])
      #expect(try await stores.handoffs.brokenHandoffs(of: "L1", in: .default) == [])
    }
  }

  @Test("a life is logged once for each change", arguments: Backend.allCases)
  func life(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.prepare(.sample("h1"), "packet")
      try await expect(.conflict) { try await stores.accept("h1", by: "a") }
      let offered = try await stores.offer("h1")
      #expect(offered.expiresAt == noon + .seconds(60))
      #expect(try await stores.offer("h1", at: noon + .seconds(1)) == offered)
      #expect(try await stores.reject("h1", by: "a").rejection == "no phone")
      try await stores.reject("h1", by: "a")
      try await stores.offer("h1")
      let accepted = try await stores.accept("h1", by: "a")
      #expect(accepted.packet == Array("packet".utf8) && accepted.handoff.acceptedBy == "a")
      #expect(accepted.handoff.leaseUntil == noon + .seconds(30))
      // Its lease goes on from there.
      var extended = accepted
      extended.handoff.leaseUntil = noon + .seconds(35)
      #expect(try await stores.accept("h1", by: "a", at: noon + .seconds(5)) == extended)
      #expect(try stores.handoffs.handoff("h1", in: .default) == extended)
      try await expect(.conflict) { try await stores.accept("h1", by: "b") }
      try await expect(.conflict) { try await stores.reject("h1", by: "b") }
      #expect(
        try await stores.accept("h1", by: "b", at: noon + .seconds(35)).handoff.acceptedBy == "b")
      for step in ["offer", "accept", "reject"] {
        try await expect(.notFound) {
          switch step {
          case "offer": try await stores.offer("h404")
          case "accept": try await stores.accept("h404", by: "a")
          default: try await stores.reject("h404", by: "a")
          }
        }
      }
      #expect(
        try stores.handoffKinds() == [
          "handoff.prepared", "handoff.offered", "handoff.rejected", "handoff.offered",
          "handoff.accepted", "handoff.accepted",
        ])
    }
  }

  @Test("a lead is on offer or in somebody's hands once", arguments: Backend.allCases)
  func offeredOnce(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      for (id, from, role) in [
        ("h1", "triage", "engagement"), ("h2", "triage", "engagement"), ("h3", "triage", "sales"),
        ("h4", "engagement", "sales"),
      ] {
        try await stores.prepare(
          .sample(id, from: AgentRoleID(rawValue: from), to: AgentRoleID(rawValue: role)))
      }
      try await stores.offer("h1")
      for id: HandoffID in ["h2", "h3", "h4"] {
        let error = await #expect(throws: StoreError.self) { try await stores.offer(id) }
        #expect(error?.code == .conflict && error?.message.contains("'h1'") == true)
      }
      try await stores.accept("h1", by: "a")
      let error = await #expect(throws: StoreError.self) { try await stores.offer("h3") }
      #expect(error?.code == .conflict)
      for part in ["'h1'", "'a'", "reject_handoff"] {
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
      }
      // Who has the lead hands it on.
      try await stores.offer("h4", at: noon + .seconds(1))
      // Neither that offer nor the lease stands in the way any more.
      #expect(try await stores.offer("h2", at: noon + .seconds(61)).state == .offered)
    }
  }

  /// A thousand times. A few rounds go on side by side, so that a store that writes for many at once may do so.
  @Test("of fifty receivers one gets it", arguments: Backend.allCases)
  func oneWinner(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let (rounds, atOnce) = (1000, 4)
      for start in stride(from: 0, to: rounds, by: atOnce) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for round in start..<start + atOnce {
            group.addTask { try await self.race(round, stores) }
          }
          try await group.waitForAll()
        }
      }
      let accepted = try stores.events.events(after: 0, limit: 100_000)
        .filter { $0.event.kind == .handoffAccepted }
      #expect(accepted.count == rounds)
      #expect(Set(accepted.map(\.event.leadID)).count == rounds)
    }
  }

  private func race(_ round: Int, _ stores: Stores) async throws {
    let (id, lead) = (HandoffID(rawValue: "h\(round)"), LeadID(rawValue: "L\(round)"))
    try await stores.add(.bare(lead.rawValue))
    try await stores.prepare(.sample(id.rawValue, of: lead))
    try await stores.offer(id)
    let winners = await withTaskGroup(of: String?.self) { group in
      for receiver in 0..<50 {
        group.addTask { try? await stores.accept(id, by: "r\(receiver)").handoff.acceptedBy }
      }
      return await group.reduce(into: [String]()) { $0 += [$1].compactMap(\.self) }
    }
    #expect(winners.count == 1)
    #expect(try stores.handoffs.handoff(id, in: .default)?.handoff.acceptedBy == winners.first)
  }

  @Test("offers whose time is over end, the first to end first", arguments: Backend.allCases)
  func expires(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 1...4 {
        let lead = LeadID(rawValue: "L\(number)")
        try await stores.add(.bare(lead.rawValue))
        try await stores.prepare(.sample("h\(number)", of: lead))
        try await stores.offer(
          HandoffID(rawValue: "h\(number)"), for: .seconds(100 - number * 10))
      }
      try await stores.accept("h1", by: "a")
      func expire(at time: Timestamp, limit: Int) async throws -> [String] {
        try await stores.handoffs.expire(dueBy: time, limit: limit) {
          .sample("evt_e_\($0.id)", .handoffExpired, of: $0.leadID)
        }.map(\.id.rawValue)
      }
      #expect(try await expire(at: noon + .seconds(59), limit: 9) == [])
      #expect(try await expire(at: noon + .seconds(100), limit: 1) == ["h4"])
      #expect(try await expire(at: noon + .seconds(100), limit: 9) == ["h3", "h2"])
      #expect(try await expire(at: noon + .seconds(100), limit: 9) == [])
      #expect(try stores.handoffs.handoff("h4", in: .default)?.handoff.state == .expired)
      #expect(try stores.handoffKinds(of: "L4").last == "handoff.expired")
      try await expect(.conflict) { try await stores.accept("h4", by: "a", at: noon) }
      #expect(try await stores.offer("h4", at: noon + .seconds(200)).state == .offered)
    }
  }

  @Test("handoffs are listed page by page", arguments: Backend.allCases)
  func lists(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 0..<7 {
        let lead = LeadID(rawValue: "L\(number % 2)")
        if number < 2 { try await stores.add(.bare(lead.rawValue)) }
        try await stores.prepare(
          .sample(
            "h\(number)", of: lead, to: number % 3 == 0 ? "sales" : "engagement",
            at: noon + .seconds(number / 2)))
      }
      try await stores.offer("h6")
      func list(_ change: (inout HandoffQuery) -> Void) async throws -> [String] {
        var query = HandoffQuery(limit: 2)
        change(&query)
        var found: [String] = []
        while true {
          let page = try await stores.handoffs.handoffs(query, in: .default)
          #expect(page.items.count <= 2)
          found += page.items.map(\.id.rawValue)
          guard let next = page.next else { return found }
          query.after = next
        }
      }
      #expect(try await list { _ in } == ["h6", "h4", "h5", "h2", "h3", "h0", "h1"])
      #expect(try await list { $0.receiverRole = "sales" } == ["h6", "h3", "h0"])
      #expect(try await list { $0.leadID = "L1" } == ["h5", "h3", "h1"])
      #expect(try await list { $0.states = [.offered] } == ["h6"])
      #expect(
        try await list {
          ($0.states, $0.leadID, $0.receiverRole) = ([.prepared, .expired], "L0", "engagement")
        } == ["h4", "h2"])
      #expect(try await stores.handoffs.handoffs(HandoffQuery(), in: .other).items == [])
    }
  }

  @Test("an escalation comes with its handoff and lets it go on", arguments: Backend.allCases)
  func escalations(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.prepare(
        .sample("h1", state: .needsHuman), escalation: .sample("e1"))
      #expect(try stores.handoffs.escalation("e1", in: .default) == .sample("e1"))
      #expect(try stores.handoffs.escalation("e1", in: .other) == nil)
      try await expect(.conflict) { try await stores.offer("h1") }
      try await stores.handoffs.open(
        .sample("e2", of: nil, subject: "CMP1", at: noon + .seconds(1)),
        event: .sample("evt_e2", .escalationOpened, of: nil), in: .default)
      try await stores.handoffs.open(
        .sample("e2", of: nil, subject: "CMP1", at: noon + .seconds(1)),
        event: .sample("evt_e2b", .escalationOpened, of: nil), in: .default)
      try await expect(.conflict) {
        try await stores.handoffs.open(
          .sample("e2"), event: .sample("evt_x", .escalationOpened, of: nil), in: .default)
      }
      try await expect(.notFound) {
        try await stores.handoffs.open(
          .sample("e3", of: "L404"), event: .sample("evt_x", .escalationOpened, of: nil),
          in: .default)
      }
      @discardableResult
      func resolve(_ id: EscalationID, _ words: String) async throws -> Escalation {
        try await stores.handoffs.resolve(
          id, with: words, by: "maria", at: noon + .seconds(5),
          event: { .sample("evt_r_\($0.id)", .escalationResolved, of: $0.leadID) }, in: .default)
      }
      try await expect(.notFound) { try await resolve("e404", "go on") }
      let resolved = try await resolve("e1", "go on")
      #expect(resolved.state == .resolved && resolved.resolvedBy == "maria")
      #expect(try await resolve("e1", "no") == resolved)
      #expect(try stores.handoffs.escalation("e1", in: .default) == resolved)
      #expect(try await stores.offer("h1").state == .offered)
      func list(_ change: (inout EscalationQuery) -> Void) async throws -> [String] {
        var query = EscalationQuery(limit: 1)
        change(&query)
        var found: [String] = []
        while true {
          let page = try await stores.handoffs.escalations(query, in: .default)
          found += page.items.map(\.id.rawValue)
          guard let next = page.next else { return found }
          query.after = next
        }
      }
      #expect(try await list { _ in } == ["e2", "e1"])
      #expect(try await list { $0.state = .open } == ["e2"])
      #expect(try await list { $0.subject = "h1" } == ["e1"])
      #expect(try await list { $0.leadID = "L1" } == ["e1"])
      #expect(try await list { $0.owner = "nobody" } == [])
      #expect(
        try stores.handoffKinds() == ["handoff.prepared", "escalation.resolved", "handoff.offered"])
    }
  }

  @Test("an erased lead takes its handoffs along", arguments: Backend.allCases)
  func erasure(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] {
        try await stores.add(.bare(lead))
        try await stores.prepare(
          .sample("h_\(lead)", of: LeadID(rawValue: lead)), "packet of \(lead)",
          escalation: .sample("e_\(lead)", of: LeadID(rawValue: lead)))
      }
      let erasure = try await stores.erase("L1", LeadIdentity())
      #expect(erasure.isComplete)
      for place in ["handoffs", "escalations"] {
        #expect(
          erasure.places.first { $0.name == place }
            == .init(name: place, erased: 1, remaining: 0))
      }
      #expect(try stores.handoffs.handoff("h_L1", in: .default) == nil)
      #expect(try stores.handoffs.escalation("e_L1", in: .default) == nil)
      #expect(
        try stores.handoffs.handoff("h_L2", in: .default)?.packet == Array("packet of L2".utf8))
      try await expect(.notFound) { try await stores.accept("h_L1", by: "a") }
      // One of its name that comes later begins a chain of its own.
      try await stores.add(.bare("L1"))
      let later = try await stores.prepare(.sample("h_L1"))
      #expect(later.number == 1 && later.previousHash == nil)
    }
  }

  private func expect(
    _ code: StoreError.Code, _ body: () async throws -> some Any,
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let error = await #expect(throws: StoreError.self, sourceLocation: location) {
      _ = try await body()
    }
    #expect(error?.code == code, sourceLocation: location)
  }
}
