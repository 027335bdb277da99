import JSONRPC
import Marketing
import Testing

extension LeadStoreContract {
  @Suite("Interactions", .timeLimit(.minutes(1)))
  struct Interactions {
    @Test(arguments: Backend.allCases)
    func `an interaction comes back as it was`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        var full = Interaction.sample("i-full", of: "lead-1", at: 2, .callAnswered)
        full.conversationID = "conversation"
        full.campaignID = .named("spring")
        full.variantID = "variant"
        full.outcome = .callbackRequested
        full.agentID = "agent"
        full.metadata = ["nested": ["quote": "\"", "list": [nil, 1.5]]]
        let bare = Interaction.sample("i-bare", of: "lead-1", at: 1)
        #expect(try await stores.record(full))
        #expect(try await stores.record(bare))
        #expect(
          try stores.leads.interactions(of: .named("lead-1"), limit: 9, in: .home) == [full, bare])
      }
    }

    @Test(arguments: Backend.allCases)
    func `recording the same again changes nothing`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        let interaction = Interaction.sample("i-1", of: "lead-1", at: 5)
        #expect(try await stores.record(interaction))
        let lead = try stores.leads.lead(.named("lead-1"), in: .home)
        let logged = try stores.events.latestSequence()
        #expect(try await stores.record(interaction) == false)
        #expect(try stores.events.latestSequence() == logged)
        #expect(try stores.leads.lead(.named("lead-1"), in: .home) == lead)
        let stored = try stores.leads.interactions(of: .named("lead-1"), limit: 9, in: .home)
        #expect(stored == [interaction])
      }
    }

    @Test(arguments: Backend.allCases)
    func `recording what was imported changes nothing`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        let lead = Lead.sample("lead-1")
        try await stores.save(lead)
        let interaction = Interaction.sample("i-1", of: "lead-1", at: 5)
        try await stores.importRows(.interactions([interaction]))
        let logged = try stores.events.latestSequence()
        #expect(try await stores.record(interaction) == false)
        #expect(try stores.leads.lead(lead.id, in: .home) == lead)
        #expect(try stores.events.latestSequence() == logged)
      }
    }

    @Test(arguments: Backend.allCases)
    func `a name that belongs to another interaction is refused`(
      _ backend: Backend
    ) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        try await stores.save(.sample("lead-2"))
        let known = Interaction.sample("i-1", of: "lead-1", at: 5)
        try await stores.record(known)
        let logged = try stores.events.latestSequence()
        var otherMetadata = known
        otherMetadata.metadata = ["a": 1]
        for other in [
          Interaction.sample("i-1", of: "lead-2", at: 5), .sample("i-1", of: "lead-1", at: 6),
          .sample("i-1", of: "lead-1", at: 5, .meeting), otherMetadata,
        ] {
          let refused = try await code { try await stores.record(other) }
          #expect(refused == .conflict)
        }
        #expect(try stores.leads.lead(.named("lead-1"), in: .home)?.lastActiveAt == .minute(5))
        #expect(try stores.leads.lead(.named("lead-2"), in: .home)?.lastActiveAt == nil)
        #expect(try stores.events.latestSequence() == logged)
      }
    }

    @Test(arguments: Backend.allCases)
    func `a lead that is not there is refused`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        let refused = try await code {
          try await stores.record(.sample("i-1", of: "lead-none"))
        }
        #expect(refused == .notFound)
        #expect(try stores.events.latestSequence() == 0)
        let stored = try stores.leads.interactions(of: .named("lead-none"), limit: 9, in: .home)
        #expect(stored.isEmpty)
      }
    }

    @Test(arguments: Backend.allCases)
    func `the last activity only moves forward and only by what the lead did`(
      _ backend: Backend
    ) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        let steps: [(InteractionKind, at: Int, last: Int?)] = [
          (.emailSent, 9, nil), (.reply, 5, 5), (.siteVisit, 3, 5), (.bounce, 12, 5),
          (.meeting, 8, 8), (.callMade, 20, 8), (.complaint, 8, 8),
        ]
        for (number, step) in steps.enumerated() {
          try await stores.record(
            .sample("i-\(number)", of: "lead-1", at: step.at, step.0))
          let last = try stores.leads.lead(.named("lead-1"), in: .home)?.lastActiveAt
          #expect(last == step.last.map(Timestamp.minute))
        }
      }
    }

    @Test(arguments: Backend.allCases)
    func `interactions come latest first up to the limit`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        try await stores.save(.sample("lead-2"))
        try await stores.record(.sample("other", of: "lead-2", at: 99))
        for (id, minute) in [("b", 2), ("d", 4), ("a", 1), ("c2", 3), ("c1", 3)] {
          try await stores.record(.sample(id, of: "lead-1", at: minute))
        }
        let order = ["d", "c2", "c1", "b", "a"]
        for limit in [-1, 0, 1, 3, 5, 100] {
          let found = try stores.leads.interactions(
            of: .named("lead-1"), limit: limit, in: .home)
          #expect(found.map(\.id.rawValue) == Array(order.prefix(max(0, limit))))
        }
      }
    }
  }
}
