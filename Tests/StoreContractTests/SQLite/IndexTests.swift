import Marketing
import SQLiteStores
import Testing

/// The SQLite stores answer much from memory and from tables that lag behind. Whatever is done in
/// whatever order, they must answer as the dictionaries of the in-memory stores do.
@Suite("SQLite: derived tables")
struct IndexTests {
  private static let sources = ["Web", "Ads", nil]
  private static let emails = (0..<6).map { "p\($0)@acme.example" } + [nil]
  private static let accounts = ["acme.example", "other.example", nil]

  private static func lead(
    _ id: String, _ generator: inout SeededGenerator
  ) -> (lead: Lead, identity: LeadIdentity) {
    var lead = Lead.bare(id)
    lead.source = sources.randomElement(using: &generator) ?? nil
    lead.account.industry = sources.randomElement(using: &generator) ?? nil
    lead.message = ["demo please", "pricing", nil].randomElement(using: &generator) ?? nil
    let identity = LeadIdentity(
      email: emails.randomElement(using: &generator) ?? nil,
      phone: Bool.random(using: &generator) ? "+47\(generator.next() % 5)" : nil,
      companyAndName: nil, account: accounts.randomElement(using: &generator) ?? nil)
    return (lead, identity)
  }

  /// One random change, done to all stores alike.
  private static func change(
    _ step: Int, _ generator: inout SeededGenerator, _ all: [Stores]
  ) async throws {
    let id = "lead_\(generator.next() % 25)"
    let (lead, identity) = lead(id, &generator)
    let choice = generator.next() % 8
    let won = Bool.random(using: &generator)
    for stores in all {
      let isStored = try stores.leads.lead(lead.id, in: .default) != nil
      switch choice {
      case 0...3 where !isStored: try await stores.add(lead, identity: identity)
      case 0...3: try await stores.update(lead, identity: identity)
      case 4 where isStored:
        _ = try await stores.leads.record(
          won ? .won(id) : .lost(id), replacing: true, event: .sample("evt_\(step)", of: lead.id),
          in: .default)
      case 5:
        _ = try await stores.datasets.importRows(
          .leads([(lead, identity)]), event: .imported("evt_\(step)"), in: .default)
      case 6:
        _ = try await stores.datasets.importRows(
          .outcomes([.won(id)]), event: .imported("evt_\(step)"), in: .default)
      case 7 where step % 3 == 0: try await stores.settle()
      default: break
      }
    }
  }

  private static func compare(
    _ step: Int, _ generator: inout SeededGenerator, _ expected: Stores, _ actual: Stores
  ) async throws {
    let (lead, identity) = lead("lead_\(generator.next() % 25)", &generator)
    let id: LeadID? = Bool.random(using: &generator) ? lead.id : nil
    #expect(
      try actual.leads.history(of: id, identity: identity, in: .default)
        == expected.leads.history(of: id, identity: identity, in: .default), "step \(step)")
    #expect(
      try actual.leads.cohorts(for: CohortKey(lead), in: .default)
        == expected.leads.cohorts(for: CohortKey(lead), in: .default), "step \(step)")
    if step % 16 == 0 {
      var query = LeadQuery()
      query.text = lead.message
      query.limit = 200
      let page = try await actual.leads.search(query, in: .default)
      #expect(try await page == expected.leads.search(query, in: .default), "step \(step)")
    }
  }

  @Test("one process answers as the dictionaries do", arguments: [1, 2, 3], [false, true])
  func oneProcess(seed: UInt64, runs: Bool) async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    let memory = InMemoryStores()
    let expected = Stores(
      leads: memory, events: memory, datasets: memory, tasks: memory, idempotency: memory)
    let actual = Stores(database)
    let runner = runs ? Task { await database.run() } : nil
    var generator = SeededGenerator(seed: seed)
    for step in 0..<500 {
      try await Self.change(step, &generator, [expected, actual])
      try await Self.compare(step, &generator, expected, actual)
    }
    runner?.cancel()
    await runner?.value
  }

  @Test("so do two, each after it has heard of the other", .timeLimit(.minutes(2)))
  func twoProcesses() async throws {
    let folder = try TemporaryFolder()
    let first = try folder.openDatabase()
    let second = try folder.openDatabase()
    defer {
      first.close()
      second.close()
    }
    let memory = InMemoryStores()
    let expected = Stores(
      leads: memory, events: memory, datasets: memory, tasks: memory, idempotency: memory)
    let runner = Task { await first.run() }
    var changes = first.events.changes().makeAsyncIterator()
    var heard: Int64 = 0
    var generator = SeededGenerator(seed: 4)
    for step in 0..<60 {
      let writer = Stores(Bool.random(using: &generator) ? first : second)
      for part in 0..<5 {
        try await Self.change(step * 5 + part, &generator, [expected, writer])
      }
      let newest = try second.events.latestSequence()
      while heard < newest { heard = try #require(await changes.next()) }
      try await Self.compare(step, &generator, expected, Stores(first))
    }
    runner.cancel()
    await runner.value
  }

  @Test(
    "the indexes are in the file when nothing has been written for a moment",
    .timeLimit(.minutes(1)))
  func idle() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    let runner = Task { await database.run() }
    for number in 0..<5 { try await Stores(database).add(.sample("lead_\(number)")) }
    while try database.unindexedEntries() > 0 { await Task.yield() }
    #expect(
      try database.leads.cohorts(for: CohortKey(.sample("x")), in: .default)[0].leads == 5)
    runner.cancel()
    await runner.value
  }
}
