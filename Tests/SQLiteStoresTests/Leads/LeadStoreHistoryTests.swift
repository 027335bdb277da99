import Marketing
import Testing

extension LeadStoreContract {
  @Suite("History", .timeLimit(.minutes(1)))
  struct History {
    private let identity = LeadIdentity(
      email: "ann@fjord.example", phone: "+4722334455", companyAndName: "fjord\nann",
      account: "fjord.example")

    @Test(arguments: Backend.allCases)
    func `nothing is known of a stranger`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        for id in [nil, LeadID.named("lead-none")] {
          let history = try stores.leads.history(of: id, identity: identity, in: .home)
          #expect(history == LeadHistory())
        }
      }
    }

    @Test(arguments: Backend.allCases)
    func `a lead that is not stored has no past of its own`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        // An import may bring these before their lead.
        try await stores.importRows(.interactions([.sample("i-1", of: "lead-1")]))
        try await stores.importRows(.outcomes([.sample(.converted, of: "lead-1")]))
        let before = try stores.leads.history(
          of: .named("lead-1"), identity: identity, in: .home)
        #expect(before == LeadHistory())
        try await stores.save(.sample("lead-1"))
        let after = try stores.leads.history(
          of: .named("lead-1"), identity: identity, in: .home)
        #expect(after.conversions == 1)
        #expect(after.interactions == [.reply: 1])
      }
    }

    @Test(
      arguments: Backend.allCases,
      [
        (LeadIdentity(email: "ann@fjord.example"), DuplicateMatch.Reason.email),
        (LeadIdentity(phone: "+4722334455"), .phone),
        (LeadIdentity(companyAndName: "fjord\nann"), .companyAndName),
        (LeadIdentity(email: "ann@fjord.example", phone: "+4722334455"), .email),
        (LeadIdentity(email: "bob@fjord.example", phone: "+4722334455"), .phone),
        (LeadIdentity(phone: "+4799999999", companyAndName: "fjord\nann"), .companyAndName),
        (LeadIdentity(account: "fjord.example"), nil),
        (LeadIdentity(email: "+4722334455", phone: "ann@fjord.example"), nil),
        (LeadIdentity(), nil),
      ])
    func `a duplicate is found by its strongest reason`(
      _ backend: Backend, other: (identity: LeadIdentity, reason: DuplicateMatch.Reason?)
    ) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-own"), identity: identity)
        try await stores.save(.sample("lead-other"), identity: other.identity)
        let own = try stores.leads.history(
          of: .named("lead-own"), identity: identity, in: .home)
        #expect(
          own.duplicates
            == other.reason.map {
              [
                DuplicateMatch(
                  leadID: .named("lead-other"), reason: $0,
                  createdAt: Lead.sample("lead-other").createdAt)
              ]
            }
            ?? [])
        // Without a name both are others.
        let both = try stores.leads.history(of: nil, identity: identity, in: .home)
        #expect(both.duplicates.count == (other.reason == nil ? 1 : 2))
      }
    }

    @Test(arguments: Backend.allCases)
    func `interactions and conversions of the lead and its duplicates add up`(
      _ backend: Backend
    ) async throws {
      try await backend.withStores { stores in
        try await stores.save(.sample("lead-own"), identity: identity)
        try await stores.save(
          .sample("lead-twin") { $0.lastActiveAt = .minute(50) },
          identity: LeadIdentity(phone: identity.phone))
        try await stores.save(
          .sample("lead-colleague"), identity: LeadIdentity(account: identity.account))
        try await stores.record(.sample("i-1", of: "lead-own", at: 5, .reply, outcome: .positive))
        try await stores.record(.sample("i-2", of: "lead-own", at: 90, .emailSent))
        try await stores.record(.sample("i-3", of: "lead-twin", at: 7, .reply, outcome: .negative))
        try await stores.record(.sample("i-4", of: "lead-colleague", at: 99, .meeting))
        try await stores.record(.sample(.converted, of: "lead-own", at: 1, .demoBooked))
        try await stores.record(.sample(.converted, of: "lead-twin", at: 1, .purchase))
        try await stores.record(.sample(.converted, of: "lead-colleague", at: 1, .purchase))
        try await stores.record(.sample(.converted, of: "lead-colleague", at: 2, .purchase))

        var expected = LeadHistory()
        expected.interactions = [.reply: 2, .emailSent: 1]
        expected.outcomes = [.positive: 1, .negative: 1, .none: 1]
        expected.lastLeadActivity = .minute(50)
        expected.conversions = 2
        expected.isStored = true
        expected.hasConverted = true
        expected.duplicates = [
          DuplicateMatch(
            leadID: .named("lead-twin"), reason: .phone,
            createdAt: Lead.sample("lead-twin").createdAt, hasConverted: true)
        ]
        expected.accountLeads = 1
        expected.accountConversions = 1
        let own = try stores.leads.history(
          of: .named("lead-own"), identity: identity, in: .home)
        #expect(own == expected)

        let stranger = try stores.leads.history(of: nil, identity: identity, in: .home)
        #expect(stranger.accountLeads == 2)
        #expect(stranger.accountConversions == 2)
        #expect(stranger.duplicates.map(\.leadID.rawValue) == ["lead-own", "lead-twin"])
      }
    }

    @Test(arguments: Backend.allCases)
    func `duplicates and account follow a changed identity`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        let lead = Lead.sample("lead-1")
        let old = LeadIdentity(email: "old@a.example", account: "a.example")
        let new = LeadIdentity(email: "new@b.example", account: "b.example")
        try await stores.save(lead, identity: old)
        try await stores.record(.sample(.converted, of: "lead-1"))
        try await stores.save(lead, identity: new, isNew: false)
        let left = try stores.leads.history(of: nil, identity: old, in: .home)
        #expect(left == LeadHistory())
        let found = try stores.leads.history(of: nil, identity: new, in: .home)
        #expect(
          found.duplicates == [
            DuplicateMatch(
              leadID: lead.id, reason: .email, createdAt: lead.createdAt, hasConverted: true)
          ])
        #expect(found.accountLeads == 1)
        #expect(found.accountConversions == 1)
        // The lead's own share is what is stored, not what the caller thinks of.
        let moving = try stores.leads.history(of: lead.id, identity: new, in: .home)
        #expect(moving.accountLeads == 0)
        #expect(moving.duplicates.isEmpty)
      }
    }

    @Test(arguments: Backend.allCases)
    func `the first fifty duplicates are looked at, the lead itself never`(
      _ backend: Backend
    ) async throws {
      try await backend.withStores { stores in
        let shared = LeadIdentity(email: "info@fjord.example")
        for number in 100..<160 {
          try await stores.save(.sample("lead-\(number)"), identity: shared)
        }
        let limit = LeadHistory.maximumDuplicates
        let expected = (100..<160).filter { $0 != 110 }.prefix(limit).map { "lead-\($0)" }
        let history = try stores.leads.history(
          of: .named("lead-110"), identity: shared, in: .home)
        #expect(history.duplicates.map(\.leadID.rawValue) == expected)
      }
    }
  }
}
