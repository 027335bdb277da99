import Marketing
import SQLiteStores
import Sealing
import Testing

extension SQLiteSuite {
  @Suite("Writing", .timeLimit(.minutes(2)))
  struct Writing {
    private let folder: TemporaryFolder
    private let keyRing: KeyRing

    init() throws {
      folder = try TemporaryFolder()
      keyRing = try KeyRing.inMemory()
    }

    private func open(_ name: String = "leads.db") throws -> SQLiteDatabase {
      try SQLiteDatabase.open(path: folder.file(name), keyRing: keyRing)
    }

    @Test func `two hundred leads stored at once are all there`() async throws {
      let database = try open()
      defer { database.close() }
      let stores = Stores(database)
      try await withThrowingTaskGroup { group in
        for number in 0..<200 {
          group.addTask {
            let lead = Lead.sample("lead-\(number)", at: number)
            try await stores.save(lead, events: [.sample(.leadCreated, of: lead.id)])
            // What is answered is seen.
            #expect(try stores.leads.lead(lead.id, in: .home) == lead)
            #expect(try stores.leads.latestTriage(of: lead.id, in: .home) != nil)
          }
        }
        try await group.waitForAll()
      }
      #expect(Set(try await stores.found()).count == 200)
      let events = try stores.events.events(after: 0, limit: 1000)
      #expect(events.map(\.sequence) == Array(1...200))
      #expect(Set(events.map(\.event.leadID)).count == 200)
      let cohorts = try stores.leads.cohorts(for: CohortKey(.sample("")), in: .home)
      #expect(cohorts.map(\.leads) == Array(repeating: 200, count: 5))
    }

    @Test func `a write that fails takes no other with it`() async throws {
      let database = try open()
      defer { database.close() }
      let stores = Stores(database)
      try await stores.save(.sample("lead-known"))
      let codes = try await withThrowingTaskGroup { group in
        for number in 0..<150 {
          group.addTask { () -> StoreError.Code? in
            let lead = Lead.sample("lead-\(number)")
            return try await code {
              switch number % 3 {
              case 0: try await stores.save(lead, events: [.sample(.leadCreated, of: lead.id)])
              case 1:
                try await stores.save(
                  .sample("lead-known"), events: [.sample(.leadCreated, of: lead.id)])
              default:
                // SQLite itself refuses this one, behind the lead's row.
                var triage = TriageRecord.sample(of: lead.id)
                triage.probability = 2
                try await stores.leads.saveTriage(
                  triage, of: lead, identity: LeadIdentity(), basis: .unchecked,
                  events: [.sample(.leadCreated, of: lead.id)], in: .home)
              }
            }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(codes.count { $0 == nil } == 50)
      #expect(codes.count { $0 == .conflict } == 50)
      #expect(codes.count { $0 == .corrupt } == 50)
      let expected = stride(from: 0, to: 150, by: 3).map { "lead-\($0)" } + ["lead-known"]
      #expect(Set(try await stores.found()) == Set(expected))
      #expect(try stores.events.events(after: 0, limit: 1000).count == 50)
      let cohorts = try stores.leads.cohorts(for: CohortKey(.sample("")), in: .home)
      #expect(cohorts[0].leads == 51)
      #expect(try database.checkIntegrity().isEmpty)
    }

    @Test func `two databases on one file lose nothing`() async throws {
      let first = try open()
      let second = try open()
      defer {
        first.close()
        second.close()
      }
      let both = [Stores(first), Stores(second)]
      try await both[0].save(.sample("lead-shared"))
      try await withThrowingTaskGroup { group in
        for number in 0..<120 {
          let stores = both[number % 2]
          let other = both[(number + 1) % 2]
          group.addTask {
            let lead = Lead.sample("lead-\(number)") {
              $0.contact.name = "Person\(number)"
              $0.source = number % 4 < 2 ? "Website" : "Ads"
            }
            try await stores.save(
              lead, identity: LeadIdentity(email: "shared@a.example", account: "a.example"),
              events: [.sample(.leadCreated, of: lead.id)])
            // The other one sees it at once.
            #expect(try other.leads.lead(lead.id, in: .home) == lead)
            try await other.record(.sample("i-\(number)", of: "lead-shared", at: number))
            try await other.record(.sample(.converted, of: lead.id.rawValue))
          }
        }
        try await group.waitForAll()
      }
      for stores in both {
        #expect(try await stores.found().count == 121)
        #expect(try await stores.found { $0.text = "person" }.count == 120)
        let interactions = try stores.leads.interactions(
          of: .named("lead-shared"), limit: 500, in: .home)
        #expect(interactions.map(\.id.rawValue) == (0..<120).reversed().map { "i-\($0)" })
        let shared = try stores.leads.lead(.named("lead-shared"), in: .home)
        #expect(shared?.lastActiveAt == .minute(119))
        let website = try stores.leads.cohorts(
          for: CohortKey(source: "Website", industry: nil, companySize: nil, region: nil),
          in: .home)
        #expect(website.map(\.leads) == [121, 60, 60, 60, 60])
        #expect(website.map(\.conversions) == [120, 60, 60, 60, 60])
        let history = try stores.leads.history(
          of: nil, identity: LeadIdentity(account: "a.example"), in: .home)
        #expect(history.accountLeads == 120)
        #expect(history.accountConversions == 120)
        #expect(try stores.events.events(after: 0, limit: 1000).map(\.sequence) == Array(1...360))
      }
    }

    @Test func `what is acknowledged is in a copy of the files`() async throws {
      let database = try open()
      defer { database.close() }
      let stores = Stores(database)
      for round in 1...8 {
        let lead = Lead.sample("lead-\(round)")
        try await stores.save(lead, events: [.sample(.leadCreated, of: lead.id)])
        // No part of it may stand only in memory: the shared-memory file is not copied.
        for suffix in ["", "-wal"] {
          try folder.write(
            try folder.bytes(of: "leads.db\(suffix)"), to: "copy-\(round).db\(suffix)")
        }
        let copy = try open("copy-\(round).db")
        defer { copy.close() }
        #expect(try copy.leads.lead(lead.id, in: .home) == lead)
        #expect(try copy.leads.latestTriage(of: lead.id, in: .home) != nil)
        #expect(try copy.events.latestSequence() == Int64(round))
        #expect(try copy.checkIntegrity().isEmpty)
      }
    }

    @Test func `a write is seen by every kind of read once it is answered`() async throws {
      let database = try open()
      defer { database.close() }
      let stores = Stores(database)
      for number in 1...40 {
        let lead = Lead.sample("lead-\(number)") {
          $0.contact.name = "Word\(number)"
          $0.account.industry = "Industry\(number)"
        }
        let identity = LeadIdentity(email: "mail-\(number)@a.example", account: "a.example")
        try await stores.save(lead, identity: identity, events: [.sample(.leadCreated)])
        #expect(try await stores.found { $0.text = "word\(number)" } == ["lead-\(number)"])
        #expect(try await stores.found().count == number)
        let history = try stores.leads.history(of: nil, identity: identity, in: .home)
        #expect(history.duplicates.map(\.leadID) == [lead.id])
        #expect(history.accountLeads == number)
        #expect(
          try stores.leads.cohorts(for: CohortKey(lead), in: .home).map(\.leads)
            == [number, number, 1, 1, 1])
        let values = try await stores.leads.values(
          of: .industry, prefix: "industry\(number)", limit: 1, in: .home)
        #expect(values == ["Industry\(number)"])
        #expect(try stores.events.latestSequence() == Int64(number))
      }
    }

    @Test func `a cancelled caller's write is stored or taken back, never both`() async throws {
      let database = try open()
      defer { database.close() }
      let stores = Stores(database)
      let codes = try await withThrowingTaskGroup { group in
        for number in 0..<100 {
          group.addTask { () -> (String, StoreError.Code?) in
            ("lead-\(number)", try await code { try await stores.save(.sample("lead-\(number)")) })
          }
        }
        group.cancelAll()
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(codes.allSatisfy { $0.1 == nil || $0.1 == .unavailable })
      #expect(Set(try await stores.found()) == Set(codes.filter { $0.1 == nil }.map(\.0)))
    }
  }
}
