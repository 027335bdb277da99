import Marketing
import SQLiteStores
import Testing

@Suite("SQLite: scoring models")
struct ScoringModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("choices, lessons and contents are there after closing and opening")
  func reopened() async throws {
    let first = try folder.openDatabase()
    let stores = Stores(first)
    for number in 1...2 { try await stores.add(.sample(content: [UInt8(number)])) }
    try await stores.activate("leads-1")
    try await stores.activate("leads-2")
    try await stores.challenge("leads-1")
    try await stores.add(.bare("a"))
    _ = try await stores.leads.record(
      .won("a"), replacing: false, lesson: Lesson(values: ["source": "Ads"]),
      event: .sample("e", of: "a"), in: .default)
    let choices = try stores.models.choices(in: .default)
    let counts = try await stores.models.lessonCounts(in: .default)
    first.close()
    let second = try folder.openDatabase()
    defer { second.close() }
    let reopened = Stores(second)
    #expect(try reopened.models.choices(in: .default) == choices)
    #expect(choices.challenger == "leads-1")
    #expect(try await reopened.models.lessonCounts(in: .default) == counts)
    #expect(counts.leads.won == 1)
    #expect(try await reopened.models.content(of: "leads-2", in: .default) == [2])
    #expect(try await reopened.add(.sample()) == "leads-3")
    #expect(try await reopened.rollBack().active == .trained("leads-1"))
    #expect(try await reopened.rollBack().active == .scorecard)
  }

  @Test("what one process chooses answers in the other at once")
  func twoProcesses() async throws {
    let databases = [try folder.openDatabase(), try folder.openDatabase()]
    defer { for database in databases { database.close() } }
    let stores = databases.map { Stores($0) }
    for number in 1...6 {
      let (here, there) = (stores[number % 2], stores[(number + 1) % 2])
      let id = try await here.add(.sample(content: [UInt8(number)]), role: .active)
      #expect(try there.models.choices(in: .default).active == .trained(id))
      #expect(try await there.models.content(of: id, in: .default) == [UInt8(number)])
    }
    #expect(try await stores[0].rollBack().active == .trained("leads-5"))
    #expect(try await stores[1].rollBack().active == .trained("leads-4"))
    #expect(try stores[0].models.choices(in: .default).active == .trained("leads-4"))
  }

  @Test("two processes that choose at once leave one chain of choices")
  func together() async throws {
    let databases = [try folder.openDatabase(), try folder.openDatabase()]
    defer { for database in databases { database.close() } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<40 {
        group.addTask { try await Stores(databases[number % 2]).add(.sample(), role: .active) }
      }
      try await group.waitForAll()
    }
    let stores = Stores(databases[0])
    var seen: Set<String> = []
    while try stores.models.choices(in: .default).previous != nil {
      seen.insert(try stores.models.choices(in: .default).active.name)
      try await stores.rollBack()
    }
    #expect(seen == Set((1...40).map { "leads-\($0)" }))
    #expect(try stores.models.choices(in: .default).active == .scorecard)
  }

  @Test("a report that no JSON can hold is refused and nothing is stored")
  func notANumber() async throws {
    let database = try folder.openDatabase()
    defer { database.close() }
    let stores = Stores(database)
    let code = await failure {
      var model = NewScoringModel.sample()
      model.report.metrics.auc = .nan
      try await stores.add(model, role: .active)
    }
    #expect(code == .corrupt)
    #expect(try await stores.models.models(named: nil, in: .default).isEmpty)
    #expect(try stores.events.latestSequence() == 0)
  }
}
