import Foundation
import GRDB
import JSONRPC
import Logging
import Marketing
import MarketingTools
import SQLiteStores
import Sealing
import ServerApp
import Testing

@Suite struct MemoryUpkeepTests {
  @Test func itFinishesAnErasureThatAReaderHeldUp() async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/leads.sqlite"
      let database = try SQLiteDatabase.open(
        path: path, keysAt: KeyRing.path(besideDatabase: path))
      defer { database.close() }
      let lead = Lead(id: LeadID(rawValue: "L1"), createdAt: Timestamp(milliseconds: 0))
      try await database.leads.saveTriage(
        TriageRecord(
          leadID: lead.id, triagedAt: lead.createdAt, score: 1, probability: 0.5,
          isCalibrated: false, category: .coldLead, confidence: 1, reasons: [],
          modelVersion: "test"), of: lead, identity: LeadIdentity(),
        basis: .new(hasDuplicates: false),
        events: [], in: .default)
      var configuration = Configuration()
      (configuration.readonly, configuration.allowsUnsafeTransactions) = (true, true)
      let other = try DatabaseQueue(path: path, configuration: configuration)
      try await other.unsafeRead { try $0.execute(sql: "BEGIN; SELECT count(*) FROM leads") }
      let erasure = try await database.erasures.erase(
        lead.id, identity: { _ in LeadIdentity() }, at: lead.createdAt,
        event: { _ in
          Event(
            id: EventID(rawValue: "e1"), kind: .leadErased, occurredAt: lead.createdAt,
            actor: "test")
        }, in: .default)
      #expect(!erasure.isLogClean)
      let upkeep = MemoryUpkeep(
        MemoryDesk(store: database.memories), knowledge: database.knowledge,
        erasures: database.erasures,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        now: { lead.createdAt })
      // An empty log in which the page was written from which the mark of the erasure went.
      let marksPage = 32 + 24 + 4096
      func logSize() -> Int { FileManager.default.contents(atPath: "\(path)-wal")?.count ?? 0 }
      await upkeep.keep()
      #expect(try await !database.erasures.finishErasures())
      #expect(logSize() > marksPage)
      try await other.unsafeRead { try $0.execute(sql: "ROLLBACK") }
      await upkeep.keep()
      #expect(try await database.erasures.finishErasures())
      #expect(logSize() <= marksPage)
    }
  }

  @Test func itPrunesChangesOfWhatIsGoneFromTimeToTime() async throws {
    let start = Timestamp(milliseconds: 1_752_580_800_000)
    let clock = Locked(start)
    let stores = InMemoryStores()
    defer { stores.close() }
    let upkeep = MemoryUpkeep(
      MemoryDesk(store: stores), knowledge: stores, erasures: stores,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, keptChanges: 1,
      now: { clock.withLock { $0 } })
    func remember(_ id: String, expiresAt end: Timestamp? = nil) async throws {
      var record = MemoryRecord(
        id: MemoryID(rawValue: id), kind: .shortTerm, text: "tea",
        source: MemorySource(name: "test"), validFrom: start, recordedAt: start)
      record.expiresAt = end
      _ = try await stores.remember(
        [AnalyzedMemory(record: record, text: AnalyzedText(plain: "tea"))], events: [],
        in: .default)
    }
    func relate(_ subject: String) async throws -> EntityID {
      let related = try await stores.relate(
        [
          NewRelation(
            .named("company", subject), "uses", .named("company", "Tea"),
            source: RelationSource(
              MemorySource(name: "test"), trust: .agent, weight: 0.5))
        ], at: start, events: { _ in [] }, in: .default)
      return try #require(related.first).relation.subject
    }
    func changes() async throws -> [Int?] {
      let memory = try await stores.changes(after: .start, limit: 99, in: .default)
      let graph = try await stores.graphChanges(after: .start, limit: 99, in: .default)
      return [memory?.changes.count, graph?.changes.count]
    }
    for number in 0..<3 { try await remember("m\(number)", expiresAt: start) }
    let gone = try await relate("Gone")
    _ = try await stores.forgetEntity(gone, for: .upkeep, events: { _ in [] }, in: .default)
    _ = try await relate("Stays")
    let before = try await changes()
    // Two entities and their relation, an entity and a relation that are gone.
    #expect(before == [3, 5])
    await upkeep.keep()
    #expect(try await changes() == [1, 3], "the newest change stays, though it is of what is gone")
    try await remember("m9")
    await upkeep.keep()
    #expect(try await changes() == [2, 3], "not at every look")
    clock.withLock { $0 = start + .seconds(300) }
    await upkeep.keep()
    #expect(try await changes() == [1, 3])
  }
}
