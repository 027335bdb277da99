import Foundation
import GRDB
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
        MemoryDesk(store: database.memories), erasures: database.erasures,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        now: { lead.createdAt })
      await upkeep.keep()
      #expect(try await !database.erasures.finishErasures())
      try await other.unsafeRead { try $0.execute(sql: "ROLLBACK") }
      await upkeep.keep()
      // Nothing has been written since, so that an empty log is seen to be empty.
      #expect(FileManager.default.contents(atPath: "\(path)-wal") == Data())
    }
  }
}
