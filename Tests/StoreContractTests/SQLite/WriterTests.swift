import Marketing
import SQLiteStores
import Testing

@Suite("SQLite: the writer")
struct WriterTests {
  @Test("writes that fail in a group are undone whole, with what they left for the indexes")
  func undone() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    let stores = Stores(database)
    let identity = LeadIdentity(email: "ann@acme.example", account: "acme.example")
    try await stores.add(.sample("lead_0"), identity: identity)
    _ = try stores.leads.cohorts(for: CohortKey(.sample("x")), in: .default)
    // Fails behind the lead, its key and its index entry: at the triage.
    var broken = TriageRecord.sample("x")
    broken.confidence = -1
    let failed = await withTaskGroup(of: Bool.self) { group in
      for number in 1...120 {
        group.addTask { [broken] in
          let lead = Lead.sample("lead_\(number)")
          do {
            try await stores.leads.saveTriage(
              number % 3 == 0 ? broken : .sample(lead.id), of: lead, identity: identity,
              basis: .unchecked, events: [.sample("evt_\(number)", of: lead.id)], in: .default)
            return false
          } catch {
            return true
          }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(failed == 40)
    for _ in 0..<2 {
      let cohorts = try stores.leads.cohorts(for: CohortKey(.sample("x")), in: .default)
      #expect(cohorts.map(\.leads) == [81, 81, 81, 81, 81])
      let history = try stores.leads.history(of: nil, identity: identity, in: .default)
      #expect(history.accountLeads == 81)
      #expect(history.duplicates.count == LeadHistory.maximumDuplicates)
      var query = LeadQuery()
      query.text = "rockets"
      #expect(try await stores.leads.search(query, in: .default).total == 81)
    }
    #expect(try stores.events.latestSequence() == 81)
  }

  @Test("a cancelled task's write is done whole or not at all")
  func cancelled() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    let stores = Stores(database)
    let outcomes = await withTaskGroup(of: (Int, StoreError?).self) { group in
      for number in 0..<100 {
        group.addTask {
          do {
            try await stores.add(.sample("lead_\(number)"))
            return (number, nil)
          } catch {
            return (number, error as? StoreError)
          }
        }
        if number == 50 { group.cancelAll() }
      }
      var outcomes: [Int: StoreError?] = [:]
      for await (number, error) in group { outcomes[number] = error }
      return outcomes
    }
    #expect(outcomes.count == 100)
    for (number, error) in outcomes {
      let stored = try stores.leads.lead(LeadID(rawValue: "lead_\(number)"), in: .default)
      #expect((stored != nil) == (error == nil))
      if let error { #expect(error.code == .unavailable) }
    }
    // Tasks of a cancelled group are cancelled from the start.
    let late = outcomes.filter { $0.key > 50 && $0.value == nil }
    #expect(late.isEmpty)
  }

  @Test("a cancelled search ends with an error or its result")
  func cancelledSearch() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    try await Stores(database).add(.sample("lead_1"))
    let search = Task { try await database.leads.search(LeadQuery(), in: .default) }
    search.cancel()
    switch await search.result {
    case .success(let page): #expect(page.total == 1)
    case .failure(let error): #expect((error as? StoreError)?.code == .unavailable)
    }
    #expect(try await database.leads.search(LeadQuery(), in: .default).total == 1)
  }
}
