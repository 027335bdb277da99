import JSONRPC
import Marketing
import Testing

@Suite("MemoryStore: names and ends")
struct MemoryVersionContract {
  @Test("of one call's records none takes another's name", arguments: Backend.allCases)
  func oneCall(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var brief = MemoryRecord.note("m0", "brief")
      brief.expiresAt = noon + .seconds(60)
      try await stores.remember(brief)
      let place = try stores.memories.latestChange(in: .default)
      await #expect(throws: StoreError.self) {
        try await stores.remember(
          .note("m0", "brief again", at: noon + .days(1)), .note("m1", "a"), .note("m1", "b"))
      }
      // Nothing has happened, also not to what had run out.
      #expect(try stores.memories.latestChange(in: .default) == place)
      let twice = try await stores.remember(.note("m1", "a"), .note("m1", "a"))
      #expect(twice.map(\.isNew) == [true, false])
    }
  }

  @Test("of versions of one moment the last one counts", arguments: Backend.allCases)
  func sameMoment(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 0..<24 {
        let key = "key_\(number)"
        try await stores.remember(
          .fact("a\(number)", 1, key: key, from: 0, at: 1),
          .fact("b\(number)", 2, key: key, from: 1, at: 1))
      }
      let found = try stores.memories.memories(
        (0..<24).map { MemoryID(rawValue: "a\($0)") }, for: .upkeep, knownAt: noon + .days(1),
        now: noon, in: .default)
      #expect(found.count == 24 && found.allSatisfy { $0.validTo == noon + .days(1) })
    }
  }

  @Test("a use gives short-term memory its own time again", arguments: Backend.allCases)
  func lifetimes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let kinds: [(MemoryID, MemoryKind, Int)] = [
        ("brief", .shortTerm, 60), ("long", .shortTerm, 600), ("over", .shortTerm, 20),
        ("fact", .longTerm, 60), ("episode", .episodic, 60),
      ]
      for (id, kind, seconds) in kinds {
        var record = MemoryRecord.note(id.rawValue, id.rawValue)
        record.kind = kind
        record.expiresAt = noon + .seconds(seconds)
        try await stores.remember(record)
      }
      for second in [30, 50] {
        let use = MemoryUse(count: 1, lastAt: noon + .seconds(second))
        try await stores.memories.noteUses(
          Dictionary(uniqueKeysWithValues: kinds.map { (OwnedMemoryID($0.0, nil), use) }),
          extending: .days(1),
          in: .default)
      }
      let found = try stores.memories.memories(
        kinds.map(\.0), for: .upkeep, knownAt: noon, now: noon, in: .default)
      #expect(
        found.map(\.expiresAt) == [110, 650, 20, 60, 60].map { noon + .seconds($0) })
    }
  }

  @Test("a context is told by conversation, lead and role", arguments: Backend.allCases)
  func contexts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead)) }
      func context(
        _ id: String, _ conversation: ConversationID?, _ lead: LeadID?, _ role: AgentRoleID? = nil
      ) -> MemoryRecord {
        var record = MemoryRecord.note(id, id, of: lead)
        record.kind = .shortTerm
        (record.conversationID, record.role) = (conversation, role)
        record.content = .context(ConversationContext(intent: id))
        return record
      }
      let places: [(ConversationID?, LeadID?, AgentRoleID?)] = [
        ("A", nil, nil), ("A", "L1", nil), (nil, "L1", nil), (nil, "L2", nil), ("A", nil, "closer"),
        (nil, nil, nil),
      ]
      for (number, place) in places.enumerated() {
        try await stores.remember(context("c\(number)", place.0, place.1, place.2))
      }
      var query = MemoryQuery.at(0, knownAt: 0)
      query.reader = .upkeep
      #expect(try await stores.texts(query).count == places.count)
      for (number, place) in places.enumerated() {
        try await stores.remember(context("d\(number)", place.0, place.1, place.2))
        let texts = try await stores.texts(query)
        #expect(texts.count == places.count && !texts.contains("c\(number)"), "\(number)")
      }
    }
  }

  @Test("no limit is a limit like any other", arguments: Backend.allCases)
  func noLimit(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.remember(.note("m1", "tea"))
      var query = MemoryQuery.at(0, knownAt: 0)
      query.limit = .max
      #expect(try await stores.texts(query) == ["tea"])
      let changes = try #require(
        try await stores.memories.changes(after: .start, limit: .max, in: .default))
      #expect(changes.changes.count == 1 && !changes.hasMore)
      let page = try await stores.memories.consolidationPage(
        of: .records(of: nil), after: 0, limit: .max, now: noon, in: .default)
      #expect(page.memories.count == 1 && page.next == nil)
    }
  }
}
