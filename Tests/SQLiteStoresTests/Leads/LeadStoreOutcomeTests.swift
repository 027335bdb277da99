import Marketing
import Testing

extension LeadStoreContract {
  @Suite("Outcomes", .timeLimit(.minutes(1)))
  struct Outcomes {
    @Test(
      arguments: Backend.allCases,
      [(Disposition.converted, LeadStatus.converted), (.lost, .unqualified)])
    func `an outcome sets the status and is the latest`(
      _ backend: Backend, disposition: (Disposition, status: LeadStatus)
    ) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        #expect(try stores.leads.latestOutcome(of: .named("lead-1"), in: .home) == nil)
        var outcome = Outcome.sample(disposition.0, of: "lead-1", at: 3, .purchase, amount: 10.01)
        outcome.campaignID = .named("spring")
        outcome.reason = "They \"liked\" it"
        #expect(try await stores.record(outcome))
        #expect(try stores.leads.latestOutcome(of: .named("lead-1"), in: .home) == outcome)
        let lead = try stores.leads.lead(.named("lead-1"), in: .home)
        #expect(lead?.status == disposition.status)
      }
    }

    @Test(arguments: Backend.allCases)
    func `an equal outcome again changes nothing`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        let outcome = Outcome.sample(.converted, of: "lead-1", at: 3, .purchase, amount: 5)
        #expect(try await stores.record(outcome))
        let logged = try stores.events.latestSequence()
        #expect(try await stores.record(outcome) == false)
        #expect(try await stores.record(outcome, replacing: true) == false)
        #expect(try stores.events.latestSequence() == logged)
        let history = try stores.leads.history(
          of: .named("lead-1"), identity: LeadIdentity(), in: .home)
        #expect(history.conversions == 1)
      }
    }

    @Test(arguments: Backend.allCases)
    func `other conversions add up, a correction replaces`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        let steps: [(Outcome, conversions: Int)] = [
          (.sample(.converted, of: "lead-1", at: 3, .demoBooked), 1),
          (.sample(.converted, of: "lead-1", at: 4, .demoBooked), 2),
          (.sample(.converted, of: "lead-1", at: 4, .purchase, amount: 5), 3),
          (.sample(.converted, of: "lead-1", at: 4, .purchase, amount: 6), 3),
          (.sample(.converted, of: "lead-1", at: 4), 4),
        ]
        for (outcome, conversions) in steps {
          #expect(try await stores.record(outcome))
          let history = try stores.leads.history(
            of: .named("lead-1"), identity: LeadIdentity(), in: .home)
          #expect(history.conversions == conversions)
        }
      }
    }

    @Test(arguments: Backend.allCases)
    func `the latest outcome is the latest by its time`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        let late = Outcome.sample(.converted, of: "lead-1", at: 9, .purchase)
        try await stores.record(late)
        try await stores.record(.sample(.converted, of: "lead-1", at: 2, .demoBooked))
        #expect(try stores.leads.latestOutcome(of: .named("lead-1"), in: .home) == late)
        // Of two at the same time, the one stored later.
        let tie = Outcome.sample(.converted, of: "lead-1", at: 9, .trialStarted)
        try await stores.record(tie)
        #expect(try stores.leads.latestOutcome(of: .named("lead-1"), in: .home) == tie)
      }
    }

    @Test(
      arguments: Backend.allCases, [(Disposition.converted, Disposition.lost), (.lost, .converted)])
    func `another disposition needs replacing`(
      _ backend: Backend, dispositions: (first: Disposition, second: Disposition)
    ) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-1"))
        let first = Outcome.sample(dispositions.first, of: "lead-1", at: 9)
        let second = Outcome.sample(dispositions.second, of: "lead-1", at: 4)
        try await stores.record(first)
        let before = try stores.leads.lead(.named("lead-1"), in: .home)
        let logged = try stores.events.latestSequence()
        let refused = try await code { try await stores.record(second) }
        #expect(refused == .conflict)
        #expect(try stores.leads.latestOutcome(of: .named("lead-1"), in: .home) == first)
        #expect(try stores.leads.lead(.named("lead-1"), in: .home) == before)
        #expect(try stores.events.latestSequence() == logged)

        #expect(try await stores.record(second, replacing: true))
        // The first is gone, or it would be the latest.
        #expect(try stores.leads.latestOutcome(of: .named("lead-1"), in: .home) == second)
        let after = try stores.leads.lead(.named("lead-1"), in: .home)
        #expect(after?.status == (second.disposition == .converted ? .converted : .unqualified))
        let history = try stores.leads.history(
          of: .named("lead-1"), identity: LeadIdentity(), in: .home)
        #expect(history.conversions == (second.disposition == .converted ? 1 : 0))
        #expect(try stores.events.latestSequence() == logged + 1)
      }
    }

    @Test(arguments: Backend.allCases)
    func `a lead that is not there is refused`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        let refused = try await code {
          try await stores.record(.sample(.converted, of: "lead-none"), replacing: true)
        }
        #expect(refused == .notFound)
        #expect(try stores.events.latestSequence() == 0)
        #expect(try stores.leads.latestOutcome(of: .named("lead-none"), in: .home) == nil)
      }
    }
  }
}
