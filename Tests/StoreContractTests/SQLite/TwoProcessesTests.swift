import Marketing
import SQLiteStores
import Testing

/// Two databases on one file share nothing but the file, as two processes do.
@Suite("SQLite: two processes on one file")
struct TwoProcessesTests {
  private let folder: TemporaryFolder
  private let first: SQLiteDatabase
  private let second: SQLiteDatabase

  init() throws {
    folder = try TemporaryFolder()
    first = try folder.openDatabase()
    second = try folder.openDatabase()
  }

  private func close() {
    first.close()
    second.close()
  }

  @Test("both write at once and lose nothing")
  func together() async throws {
    defer { close() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (name, database) in [("a", first), ("b", second)] {
        for number in 0..<150 {
          group.addTask { try await Stores(database).add(.sample("lead_\(name)\(number)")) }
        }
      }
      try await group.waitForAll()
    }
    for database in [first, second] {
      #expect(try database.events.latestSequence() == 300)
      #expect(try await database.leads.search(LeadQuery(), in: .default).total == 300)
      #expect(
        try database.leads.cohorts(for: CohortKey(.sample("x")), in: .default).map(\.leads)
          == [300, 300, 300, 300, 300])
    }
    let places = try first.events.events(after: 0, limit: 1000).map(\.sequence)
    #expect(places == Array(1...300))
  }

  @Test(
    "a duplicate that the other stored is noticed, and seen at the next look",
    arguments: [
      false, true,
    ])
  func duplicates(isIndexed: Bool) async throws {
    defer { close() }
    // The indexing of the first makes a filter of identities, which then knows nothing of the second's.
    let runner = Task { [first] in await first.run() }
    for number in 1...5 {
      let identity = LeadIdentity(email: "ann\(number)@acme.example", account: "acme.example")
      try await Stores(first).add(
        .bare("own_\(number)"), identity: LeadIdentity(email: "own\(number)@acme.example"))
      let before = try first.leads.history(of: nil, identity: identity, in: .default)
      #expect(before.duplicates.isEmpty)
      try await Stores(second).add(.bare("twin_\(number)"), identity: identity)
      if isIndexed { try await Stores(second).settle() }
      let id = LeadID(rawValue: "lead_\(number)")
      do {
        try await first.leads.saveTriage(
          .sample(id), of: .bare(id.rawValue), identity: identity,
          basis: .new(hasDuplicates: false), events: [], in: .default)
        Issue.record("the twin was not noticed")
      } catch {
        #expect(error.code == .stale)
      }
      let history = try first.leads.history(of: nil, identity: identity, in: .default)
      #expect(history.duplicates.map(\.leadID.rawValue) == ["twin_\(number)"])
    }
    runner.cancel()
    await runner.value
  }

  @Test("each hears of the other's commit", .timeLimit(.minutes(1)))
  func notices() async throws {
    defer { close() }
    let runner = Task { [second] in await second.run() }
    var changes = second.events.changes().makeAsyncIterator()
    var heard: Int64 = 0
    for number in 1...3 {
      try await Stores(first).add(.bare("lead_\(number)"))
      // The first look may find the log as it was before the commit.
      while heard < number { heard = try #require(await changes.next()) }
      #expect(heard == number)
      let id = LeadID(rawValue: "lead_\(number)")
      #expect(try second.leads.lead(id, in: .default) != nil)
    }
    runner.cancel()
    await runner.value
  }

  @Test("what one has in memory follows what the other writes", .timeLimit(.minutes(1)))
  func memory() async throws {
    defer { close() }
    let runner = Task { [first] in await first.run() }
    var changes = first.events.changes().makeAsyncIterator()
    let identity = LeadIdentity(email: "ann@acme.example", account: "acme.example")
    let key = CohortKey(.sample("x"))
    for number in 1...6 {
      let writer = number % 2 == 0 ? first : second
      try await Stores(writer).add(.sample("lead_\(number)"), identity: identity)
      if number % 3 == 0 { try await Stores(second).settle() }
      var heard: Int64 = 0
      while heard < number { heard = try #require(await changes.next()) }
      #expect(
        try first.leads.cohorts(for: key, in: .default).map(\.leads)
          == [Int](repeating: number, count: 5))
      let history = try first.leads.history(of: nil, identity: identity, in: .default)
      #expect(history.accountLeads == number)
      #expect(history.duplicates.count == number)
    }
    runner.cancel()
    await runner.value
  }
}
