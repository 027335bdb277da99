import JSONRPC
import Marketing
import Testing

/// What every `LeadStore` promises.
@Suite("Lead store")
enum LeadStoreContract {}

extension LeadStoreContract {
  @Suite("Triage", .timeLimit(.minutes(1)))
  struct Triage {
    @Test(arguments: Backend.allCases)
    func `a stored lead comes back as it was`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        let bare = Lead.sample("lead-bare")
        let blank = Lead.sample("lead-blank") {
          $0.contact.name = ""
          $0.message = ""
          $0.source = ""
        }
        for lead in [bare, blank, .complete] {
          try await stores.save(lead)
          #expect(try stores.leads.lead(lead.id, in: .home) == lead)
        }
        #expect(try stores.leads.lead(.named("lead-none"), in: .home) == nil)
      }
    }

    @Test(arguments: Backend.allCases)
    func `the latest triage is the one stored last`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        let lead = Lead.sample("lead-1")
        #expect(try stores.leads.latestTriage(of: lead.id, in: .home) == nil)
        // The later one is older by its own time: what was stored last counts.
        for (basis, triage) in [
          (TriageBasis.unchecked, TriageRecord.sample(of: lead.id, score: 40, at: 9)),
          (.stored(lead), TriageRecord.sample(of: lead.id, score: 1.0 / 3, at: 5)),
        ] {
          try await stores.leads.saveTriage(
            triage, of: lead, identity: LeadIdentity(), basis: basis, events: [], in: .home)
          #expect(try stores.leads.latestTriage(of: lead.id, in: .home) == triage)
        }
      }
    }

    @Test(arguments: Backend.allCases)
    func `an update replaces every field`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        try await stores.save(.complete)
        var changed = Lead.sample(Lead.complete.id.rawValue, at: 3)
        changed.lastActiveAt = .minute(8)
        changed.attributes = ["other": []]
        try await stores.save(changed, isNew: false)
        #expect(try stores.leads.lead(changed.id, in: .home) == changed)
        #expect(try await stores.found() == [changed.id.rawValue])
      }
    }

    @Test(arguments: Backend.allCases)
    func `a new lead whose name is taken is refused and changes nothing`(
      _ backend: Backend
    ) async throws {
      try await backend.withStores { stores in
        let lead = Lead.sample("lead-1") { $0.source = "Website" }
        try await stores.save(lead, events: [.sample(.leadCreated, of: lead.id)])
        let triage = try stores.leads.latestTriage(of: lead.id, in: .home)
        let other = Lead.sample("lead-1", at: 4) { $0.source = "Ads" }
        let refused = try await code {
          try await stores.leads.saveTriage(
            .sample(of: lead.id, score: 99), of: other, identity: LeadIdentity(), basis: .unchecked,
            events: [.sample(.leadCreated, of: lead.id)], in: .home)
        }
        #expect(refused == .conflict)
        #expect(try stores.leads.lead(lead.id, in: .home) == lead)
        #expect(try stores.leads.latestTriage(of: lead.id, in: .home) == triage)
        #expect(try stores.events.events(after: 0, limit: 10).count == 1)
      }
    }

    @Test(arguments: Backend.allCases)
    func `an update of a lead that is not there is refused and logs nothing`(
      _ backend: Backend
    ) async throws {
      try await backend.withStores { stores in
        let lead = Lead.sample("lead-1")
        let refused = try await code {
          try await stores.save(
            lead, isNew: false, events: [.sample(.leadUpdated, of: lead.id)])
        }
        #expect(refused == .notFound)
        #expect(try stores.leads.lead(lead.id, in: .home) == nil)
        #expect(try stores.events.latestSequence() == 0)
      }
    }

    @Test(arguments: Backend.allCases)
    func `one of many that store the same new lead at once succeeds`(
      _ backend: Backend
    ) async throws {
      try await backend.withStores { stores in
        let results = await withTaskGroup { group in
          for number in 0..<20 {
            group.addTask {
              try? await code {
                try await stores.save(
                  .sample("lead-1", at: number), events: [.sample(.leadCreated)])
              }
            }
          }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count { $0 == nil } == 1)
        #expect(results.count { $0 == .conflict } == 19)
        let logged = try stores.events.latestSequence()
        #expect(logged == 1)
      }
    }
  }
}
