import GRDB
import Marketing
import Testing

@testable import SQLiteStores

/// What is stored of packets is unreadable, and shows when it is changed.
@Suite("SQLite: sealed packets")
struct HandoffSealTests {
  private static let header = HandoffPacket.Header(
    leadID: "L1", sender: "triage", receiver: "engagement", reason: "asks", preparedAt: noon)

  private func withChain(
    _ body: (TemporaryFolder, SQLiteDatabase) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    try await Stores(database).add(.bare("L1"))
    for number in 1...3 {
      let handoff = Handoff(
        id: HandoffID(rawValue: "h\(number)"), header: Self.header, sender: "tests",
        state: .prepared,
        quality: HandoffQuality(
          score: 1, completeness: 1, consistency: 1, freshness: 1, relevance: 1),
        gaps: [], attempts: 1, tokens: 1)
      _ = try await database.handoffs.save(
        handoff, packet: Array("zyxpacket \(number)".utf8), escalation: nil, events: [],
        in: .default)
    }
    try await body(folder, database)
  }

  private func change(_ folder: TemporaryFolder, _ sql: String) async throws {
    let other = try DatabaseQueue(path: folder.databasePath)
    try await other.write { try $0.execute(sql: sql) }
    try other.close()
  }

  @Test func noFileHoldsAPacketInClear() async throws {
    try await withChain { folder, _ in
      for (name, bytes) in try folder.contents() {
        #expect(!String(decoding: bytes, as: UTF8.self).contains("zyxpacket"), "\(name)")
      }
    }
  }

  @Test func aChangedPacketIsFoundByTheChainAndNotRead() async throws {
    try await withChain { folder, database in
      try await change(
        folder,
        """
        UPDATE handoffs SET packet = CAST(substr(packet, 1, length(packet) - 1) || x'00' AS BLOB)
        WHERE id = 'h2'
        """)
      #expect(
        try await database.handoffs.brokenHandoffs(of: "L1", in: .default).map(\.rawValue)
          == ["h2"])
      #expect(throws: StoreError.self) { try database.handoffs.handoff("h2", in: .default) }
      #expect(
        try database.handoffs.handoff("h3", in: .default)?.packet == Array("zyxpacket 3".utf8))
    }
  }

  @Test func aPacketThatIsTakenOutIsFound() async throws {
    try await withChain { folder, database in
      try await change(folder, "DELETE FROM handoffs WHERE id = 'h2'")
      #expect(
        try await database.handoffs.brokenHandoffs(of: "L1", in: .default).map(\.rawValue)
          == ["h3"])
    }
  }

  @Test func aPacketThatStandsInAnothersPlaceIsNotRead() async throws {
    try await withChain { folder, database in
      try await change(
        folder,
        "UPDATE handoffs SET packet = (SELECT packet FROM handoffs WHERE id = 'h1') WHERE id = 'h3'"
      )
      #expect(
        try await database.handoffs.brokenHandoffs(of: "L1", in: .default).map(\.rawValue)
          == ["h3"])
      #expect(throws: StoreError.self) { try database.handoffs.handoff("h3", in: .default) }
    }
  }
}
