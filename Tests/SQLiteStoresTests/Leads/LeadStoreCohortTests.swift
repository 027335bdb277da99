import Marketing
import Testing

extension LeadStoreContract {
  @Suite("Cohorts", .timeLimit(.minutes(1)))
  struct Cohorts {
    private let key = CohortKey(
      source: "Website", industry: "FinTech", companySize: "51-200", region: "EU")

    private func lead(_ id: String, _ key: CohortKey) -> Lead {
      Lead.sample(id) {
        $0.source = key.source
        $0.account.industry = key.industry
        $0.account.companySize = key.companySize
        $0.region = key.region
      }
    }

    private func counts(_ stores: Stores, _ key: CohortKey) throws -> [[Int]] {
      try stores.leads.cohorts(for: key, in: .home).map { [$0.leads, $0.conversions] }
    }

    @Test(arguments: Backend.allCases)
    func `there are five counts from the start`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        let found = try counts(stores, key)
        #expect(found == Array(repeating: [0, 0], count: 5))
      }
    }

    @Test(arguments: Backend.allCases)
    func `each level counts the leads that share it, at once`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        var others = Array(repeating: key, count: 4)
        others[0].region = "US"
        others[1].companySize = "1-10"
        others[2].industry = nil
        others[3].source = "Ads"
        try await stores.save(lead("lead-0", key))
        #expect(try counts(stores, key) == [[1, 0], [1, 0], [1, 0], [1, 0], [1, 0]])
        for (number, other) in others.enumerated() {
          try await stores.save(lead("lead-\(number + 1)", other))
        }
        #expect(try counts(stores, key) == [[5, 0], [4, 0], [3, 0], [2, 0], [1, 0]])
        // A deeper level is cut by all above it: the same region by another source is another cohort.
        #expect(try counts(stores, others[3]) == [[5, 0], [1, 0], [1, 0], [1, 0], [1, 0]])
      }
    }

    @Test(arguments: Backend.allCases)
    func `an absent field is a level of its own`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        let absent = CohortKey(source: nil, industry: nil, companySize: nil, region: nil)
        let empty = CohortKey(source: "", industry: "", companySize: "", region: "")
        try await stores.save(lead("lead-1", absent))
        #expect(try counts(stores, absent) == Array(repeating: [1, 0], count: 5))
        #expect(try counts(stores, empty) == [[1, 0]] + Array(repeating: [0, 0], count: 4))
        // Values do not run together.
        try await stores.save(
          lead("lead-2", CohortKey(source: "ab", industry: "c", companySize: nil, region: nil)))
        let shifted = CohortKey(source: "a", industry: "bc", companySize: nil, region: nil)
        #expect(try counts(stores, shifted)[2] == [0, 0])
      }
    }

    @Test(arguments: Backend.allCases)
    func `conversions follow outcomes, replaced ones too`(_ backend: Backend) async throws {
      try await backend.withStores { stores in
        try await stores.save(lead("lead-1", key))
        try await stores.save(lead("lead-2", key))
        let steps: [(Outcome, conversions: Int)] = [
          (.sample(.converted, of: "lead-1", at: 1, .demoBooked), 1),
          (.sample(.converted, of: "lead-1", at: 2, .purchase), 1),
          (.sample(.lost, of: "lead-2", at: 2), 1),
          (.sample(.converted, of: "lead-2", at: 3), 2),
          (.sample(.lost, of: "lead-1", at: 4), 1),
          (.sample(.lost, of: "lead-1", at: 5), 1),
          (.sample(.converted, of: "lead-1", at: 6), 2),
        ]
        for (outcome, conversions) in steps {
          try await stores.record(outcome, replacing: true)
          #expect(
            try counts(stores, key) == Array(repeating: [2, conversions], count: 5))
        }
      }
    }

    @Test(arguments: Backend.allCases)
    func `a lead moves with its changed fields, its conversions with it`(
      _ backend: Backend
    ) async throws {
      try await backend.withStores { stores in
        try await stores.save(lead("lead-1", key))
        try await stores.save(lead("lead-2", key))
        try await stores.record(.sample(.converted, of: "lead-1"))
        var moved = key
        moved.companySize = "1-10"
        try await stores.save(lead("lead-1", moved), isNew: false)
        #expect(try counts(stores, key) == [[2, 1], [2, 1], [2, 1], [1, 0], [1, 0]])
        #expect(try counts(stores, moved) == [[2, 1], [2, 1], [2, 1], [1, 1], [1, 1]])
        // What comes after the move counts in the new place.
        try await stores.record(.sample(.lost, of: "lead-1"), replacing: true)
        #expect(try counts(stores, moved) == [[2, 0], [2, 0], [2, 0], [1, 0], [1, 0]])
      }
    }

    @Test(arguments: Backend.allCases)
    func `imported leads and outcomes count once, in either order`(
      _ backend: Backend
    ) async throws {
      try await backend.withStores { stores in
        let outcomes = ImportBatch.outcomes([
          .sample(.converted, of: "lead-1"), .sample(.converted, of: "lead-2", at: 1),
          .sample(.converted, of: "lead-2", at: 2),
        ])
        let leads = { (id: String) in
          ImportBatch.leads([(lead: self.lead(id, self.key), identity: LeadIdentity())])
        }
        try await stores.importRows(leads("lead-1"))
        for _ in 0..<2 {
          try await stores.importRows(outcomes)
          #expect(try counts(stores, key) == Array(repeating: [1, 1], count: 5))
        }
        for _ in 0..<2 {
          try await stores.importRows(leads("lead-2"))
          #expect(try counts(stores, key) == Array(repeating: [2, 2], count: 5))
        }
      }
    }
  }
}
