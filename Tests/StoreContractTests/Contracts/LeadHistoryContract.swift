import JSONRPC
import Marketing
import Testing

@Suite("LeadStore: history and cohorts")
struct LeadHistoryContract {
  private static let ann = LeadIdentity(
    email: "ann@acme.example", phone: "+4722334455", companyAndName: "acme\nann",
    account: "acme.example")

  @Test("a lead without a past has none", arguments: Backend.allCases)
  func empty(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(
        try stores.leads.history(of: nil, identity: Self.ann, in: .default) == LeadHistory())
      #expect(
        try stores.leads.history(of: "nobody", identity: LeadIdentity(), in: .default)
          == LeadHistory())
    }
  }

  @Test("duplicates share e-mail, else phone, else company and name", arguments: Backend.allCases)
  func duplicates(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let others: [(String, LeadIdentity)] = [
        ("by_name", LeadIdentity(companyAndName: "acme\nann")),
        ("by_all", Self.ann),
        ("by_phone", LeadIdentity(phone: "+4722334455", companyAndName: "acme\nann")),
        ("stranger", LeadIdentity(email: "bob@acme.example", account: "acme.example")),
        ("by_email", LeadIdentity(email: "ann@acme.example")),
        ("nobody", LeadIdentity()),
      ]
      for (id, identity) in others { try await stores.add(.bare(id), identity: identity) }
      let expected = [
        DuplicateMatch(leadID: "by_name", reason: .companyAndName, createdAt: noon),
        DuplicateMatch(leadID: "by_all", reason: .email, createdAt: noon),
        DuplicateMatch(leadID: "by_phone", reason: .phone, createdAt: noon),
        DuplicateMatch(leadID: "by_email", reason: .email, createdAt: noon),
      ]
      let new = try stores.leads.history(of: nil, identity: Self.ann, in: .default)
      #expect(new.duplicates == expected)
      #expect(new.accountLeads == 2)
      let stored = try stores.leads.history(of: "by_all", identity: Self.ann, in: .default)
      #expect(stored.duplicates == expected.filter { $0.leadID != "by_all" })
      #expect(stored.accountLeads == 1)
      let none = try stores.leads.history(of: nil, identity: LeadIdentity(), in: .default)
      #expect(none.duplicates.isEmpty)
    }
  }

  @Test(
    "interactions, activity and conversions of the lead and its duplicates count",
    arguments: Backend.allCases)
  func counts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (id, identity) in [
        ("self", Self.ann), ("twin", LeadIdentity(phone: "+4722334455")),
        ("colleague", LeadIdentity(account: "acme.example")),
        ("converted", LeadIdentity(account: "acme.example")),
      ] {
        try await stores.add(.bare(id), identity: identity)
      }
      for (id, lead, kind, seconds) in [
        ("i1", "self", InteractionKind.emailSent, 900), ("i2", "self", .emailOpen, 100),
        ("i3", "twin", .emailOpen, 300), ("i4", "colleague", .reply, 500),
      ] {
        _ = try await stores.leads.record(
          .sample(id, of: lead, kind, at: noon + .seconds(seconds)),
          event: .sample("evt_\(id)", of: nil), in: .default)
      }
      for lead in ["twin", "converted", "self"] {
        _ = try await stores.leads.record(
          .won(lead), replacing: false, event: .sample("evt_\(lead)", of: nil), in: .default)
      }
      var expected = LeadHistory()
      expected.interactions = [.emailSent: 1, .emailOpen: 2]
      expected.outcomes = [.positive: 3]
      expected.lastLeadActivity = noon + .seconds(300)
      expected.conversions = 2
      expected.isStored = true
      expected.hasConverted = true
      expected.duplicates = [
        DuplicateMatch(leadID: "twin", reason: .phone, createdAt: noon, hasConverted: true)
      ]
      expected.accountLeads = 2
      expected.accountConversions = 1
      #expect(try stores.leads.history(of: "self", identity: Self.ann, in: .default) == expected)
    }
  }

  @Test(
    "a lead's own last activity counts where no interaction is later", arguments: Backend.allCases)
  func ownActivity(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.sample("self"), identity: Self.ann)
      let history = try stores.leads.history(of: "self", identity: Self.ann, in: .default)
      #expect(history.lastLeadActivity == noon + .seconds(60))
      #expect(history.accountLeads == 0)
    }
  }

  @Test(
    "a lead that changes its identity is found by the new one only", arguments: Backend.allCases)
  func changedIdentity(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("self"), identity: Self.ann)
      try await stores.settle()
      let moved = LeadIdentity(email: "ann@new.example", account: "new.example")
      try await stores.update(.bare("self"), identity: moved)
      for _ in 0..<2 {
        let old = try stores.leads.history(of: nil, identity: Self.ann, in: .default)
        #expect(old.duplicates.isEmpty)
        #expect(old.accountLeads == 0)
        let new = try stores.leads.history(of: nil, identity: moved, in: .default)
        #expect(new.duplicates == [DuplicateMatch(leadID: "self", reason: .email, createdAt: noon)])
        #expect(new.accountLeads == 1)
        try await stores.settle()
      }
    }
  }

  @Test("of very many duplicates the first are looked at", arguments: Backend.allCases)
  func manyDuplicates(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let identity = LeadIdentity(email: "info@acme.example")
      for number in 0..<70 { try await stores.add(.bare("lead_\(number)"), identity: identity) }
      try await stores.settle()
      for number in 70..<80 { try await stores.add(.bare("lead_\(number)"), identity: identity) }
      let first = (0..<LeadHistory.maximumDuplicates).map { "lead_\($0)" }
      let new = try stores.leads.history(of: nil, identity: identity, in: .default)
      #expect(new.duplicates.map(\.leadID.rawValue) == first)
      let own = try stores.leads.history(of: "lead_0", identity: identity, in: .default)
      #expect(own.duplicates.map(\.leadID.rawValue) == Array(first.dropFirst()) + ["lead_50"])
    }
  }

  @Test(
    "cohorts are cut level by level, and an absent field is a value", arguments: Backend.allCases)
  func cohorts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let keys: [(String, CohortKey)] = [
        ("a", CohortKey(source: "Web", industry: "Retail", companySize: "1-10", region: "EU")),
        ("b", CohortKey(source: "Web", industry: "Retail", companySize: "1-10", region: "US")),
        ("c", CohortKey(source: "Web", industry: "Retail", companySize: nil, region: "EU")),
        ("d", CohortKey(source: "Web", industry: nil, companySize: "1-10", region: "EU")),
        ("e", CohortKey(source: nil, industry: "Retail", companySize: "1-10", region: "EU")),
        ("f", CohortKey(source: "web", industry: "Retail", companySize: "1-10", region: "EU")),
        ("g", CohortKey(source: "", industry: "Retail", companySize: "1-10", region: "EU")),
      ]
      for (id, key) in keys {
        try await stores.add(.bare(id, key))
      }
      for id in ["a", "c", "e"] {
        _ = try await stores.leads.record(
          .won(id), replacing: false, event: .sample("evt_\(id)", of: nil), in: .default)
      }
      for _ in 0..<2 {
        func counts(_ place: Int) throws -> [[Int]] {
          try stores.leads.cohorts(for: keys[place].1, in: .default).map {
            [$0.leads, $0.conversions]
          }
        }
        #expect(try counts(0) == [[7, 3], [4, 2], [3, 2], [2, 1], [1, 1]])
        #expect(try counts(1) == [[7, 3], [4, 2], [3, 2], [2, 1], [1, 0]])
        #expect(try counts(2) == [[7, 3], [4, 2], [3, 2], [1, 1], [1, 1]])
        #expect(try counts(4) == [[7, 3], [1, 1], [1, 1], [1, 1], [1, 1]])
        #expect(try counts(5) == [[7, 3], [1, 0], [1, 0], [1, 0], [1, 0]])
        #expect(try counts(6) == [[7, 3], [1, 0], [1, 0], [1, 0], [1, 0]])
        let unknown = CohortKey(source: "x", industry: "y", companySize: "z", region: nil)
        #expect(
          try stores.leads.cohorts(for: unknown, in: .default).map(\.leads) == [7, 0, 0, 0, 0])
        try await stores.settle()
      }
    }
  }

  @Test(
    "a lead that changes its fields changes its cohorts, with its conversion",
    arguments: Backend.allCases)
  func moves(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let old = CohortKey(source: "Web", industry: "Retail", companySize: "1-10", region: "EU")
      let new = CohortKey(source: "Ads", industry: "Retail", companySize: "1-10", region: "EU")
      try await stores.add(.bare("a", old))
      _ = try await stores.leads.record(
        .won("a"), replacing: false, event: .sample("e", of: nil), in: .default)
      try await stores.settle()
      try await stores.update(.bare("a", new))
      for _ in 0..<2 {
        #expect(
          try stores.leads.cohorts(for: old, in: .default).map { [$0.leads, $0.conversions] }
            == [[1, 1], [0, 0], [0, 0], [0, 0], [0, 0]])
        #expect(
          try stores.leads.cohorts(for: new, in: .default).map { [$0.leads, $0.conversions] }
            == [[1, 1], [1, 1], [1, 1], [1, 1], [1, 1]])
        try await stores.settle()
      }
    }
  }

  @Test(
    "a conversion counts whether it is stored before or after its lead", arguments: Backend.allCases
  )
  func conversionFirst(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.datasets.importRows(
        .outcomes([.won("a")]), event: .imported("e1"), in: .default)
      _ = try await stores.datasets.importRows(
        .leads([(.sample("a"), Self.ann)]), event: .imported("e2"), in: .default)
      #expect(
        try stores.leads.cohorts(for: CohortKey(.sample("a")), in: .default)
          == [CohortCount](repeating: CohortCount(leads: 1, conversions: 1), count: 5))
      #expect(
        try stores.leads.history(of: "a", identity: Self.ann, in: .default).conversions == 1)
    }
  }
}

extension Lead {
  fileprivate static func bare(_ id: String, _ key: CohortKey) -> Lead {
    var lead = Lead.bare(id)
    lead.source = key.source
    lead.account.industry = key.industry
    lead.account.companySize = key.companySize
    lead.region = key.region
    return lead
  }
}

extension Stores {
  /// Lets a store that keeps indexes behind bring them up to date.
  func settle() async throws {
    var query = LeadQuery()
    query.text = "anything"
    _ = try await leads.search(query, in: .default)
  }
}
