import Foundation
import GRDB
import Marketing
import Sealing
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
    for number in 1...3 { try await save("h\(number)", database) }
    try await body(folder, database)
  }

  @discardableResult
  private func save(_ id: String, _ database: SQLiteDatabase) async throws -> Handoff {
    let handoff = Handoff(
      id: HandoffID(rawValue: id), header: Self.header, sender: "tests", state: .prepared,
      quality: HandoffQuality(
        score: 1, completeness: 1, consistency: 1, freshness: 1, relevance: 1),
      gaps: [], attempts: 1, tokens: 1)
    return try await database.handoffs.save(
      handoff, packet: Array("zyxpacket \(id.dropFirst())".utf8), escalation: nil, events: [],
      in: .default
    ).handoff
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

  @Test func theLastPacketThatIsTakenOutIsMissed() async throws {
    try await withChain { folder, database in
      try await change(folder, "DELETE FROM handoffs WHERE id = 'h3'")
      #expect(
        try await database.handoffs.brokenHandoffs(of: "L1", in: .default).map(\.rawValue)
          == ["h3"])
      // What comes behind it does not hide that.
      let next = try await save("h4", database)
      #expect(next.number == 4)
      #expect(
        try await database.handoffs.brokenHandoffs(of: "L1", in: .default).map(\.rawValue)
          == ["h4"])
      #expect(try !database.handoffs.isIntact("h4", in: .default))
      #expect(try database.handoffs.isIntact("h2", in: .default))
    }
  }

  @Test(arguments: [
    // An older end, the end of nothing, and one of whoever can write the file.
    """
    DELETE FROM handoffs WHERE id = 'h3'; UPDATE handoff_heads SET number = 2, handoff_id = 'h2',
    content_hash = (SELECT content_hash FROM handoffs WHERE id = 'h2')
    """, "DELETE FROM handoff_heads",
    "UPDATE handoff_heads SET seal = content_hash",
  ])
  func anEndThatWasWrittenByOthersIsNone(_ sql: String) async throws {
    try await withChain { folder, database in
      try await change(folder, sql)
      let broken = try await database.handoffs.brokenHandoffs(of: "L1", in: .default)
      #expect(broken.map(\.rawValue).contains { ["h2", "h3"].contains($0) })
      let error = await #expect(throws: StoreError.self) { try await save("h4", database) }
      #expect(error?.code == .corrupt)
    }
  }

  /// Without the key nobody can make the seals anew: those of SHA-256 over the same bytes are not good.
  @Test func aChainThatIsSealedAnewIsFound() async throws {
    try await withChain { folder, database in
      let other = try DatabaseQueue(path: folder.databasePath)
      let packets = try await other.read {
        try Data?.fetchAll($0, sql: "SELECT packet FROM handoffs ORDER BY number").map {
          [UInt8]($0 ?? Data())
        }
      }
      var previous: String?
      var seals: [String] = []
      for packet in packets {
        seals.append(try HandoffChain.seal(packet, behind: previous, by: SHA256.hexadecimal))
        previous = seals.last
      }
      let made = seals
      try await other.write { database in
        for (number, seal) in made.enumerated() {
          try database.execute(
            sql: "UPDATE handoffs SET content_hash = ?, previous_hash = ? WHERE number = ?",
            arguments: [seal, number > 0 ? made[number - 1] : nil, number + 1])
        }
        try database.execute(
          sql: "UPDATE handoff_heads SET content_hash = ?", arguments: [made.last])
      }
      try other.close()
      #expect(
        try await database.handoffs.brokenHandoffs(of: "L1", in: .default).map(\.rawValue)
          == ["h1", "h2", "h3"])
      #expect(try !database.handoffs.isIntact("h1", in: .default))
    }
  }

  @Test func aHandoffIsCheckedWithTheOneBeforeIt() async throws {
    try await withChain { folder, database in
      for id: HandoffID in ["h1", "h2", "h3"] {
        #expect(try database.handoffs.isIntact(id, in: .default))
      }
      #expect(try !database.handoffs.isIntact("h404", in: .default))
      try await change(folder, "UPDATE handoffs SET packet = x'00' WHERE id = 'h1'")
      #expect(try !database.handoffs.isIntact("h1", in: .default))
      #expect(try !database.handoffs.isIntact("h2", in: .default))
      #expect(try database.handoffs.isIntact("h3", in: .default))
    }
  }

  @Test func whatNobodyCanReadIsNotGivenAway() async throws {
    try await withChain { folder, database in
      _ = try await database.handoffs.offer(
        "h3", at: noon, until: noon + .seconds(60),
        event: { .sample("evt_o", .handoffOffered, of: $0.leadID) }, in: .default)
      let accept = { () async throws -> StoredHandoff in
        try await database.handoffs.accept(
          "h3", by: "a", lease: .seconds(30), at: noon,
          event: { .sample("evt_a", .handoffAccepted, of: $0.leadID) }, in: .default)
      }
      try await change(
        folder, "UPDATE handoffs SET packet = CAST(packet || x'00' AS BLOB) WHERE id = 'h3'")
      await #expect(throws: StoreError.self) { try await accept() }
      let page = try await database.handoffs.handoffs(HandoffQuery(), in: .default)
      #expect(page.items.first { $0.id == "h3" }?.state == .offered)
      #expect(
        try database.events.events(of: "L1", limit: 99, in: .default)
          .allSatisfy { $0.event.kind != .handoffAccepted })
    }
  }
}
