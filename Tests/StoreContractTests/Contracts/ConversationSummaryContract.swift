import Marketing
import Testing

extension MemoryRecord {
  fileprivate static func summary(
    _ id: String, of originals: MemoryID..., role: AgentRoleID? = nil, on day: Int = 0
  ) -> MemoryRecord {
    var record = MemoryRecord.note(id, "summary \(id)", at: noon + .days(day))
    record.validFrom = noon
    (record.content, record.derivedFrom) = (.summary, originals)
    (record.conversationID, record.role) = ("C1", role)
    return record
  }
}

@Suite("MemoryStore: summaries of conversations")
struct ConversationSummaryContract {
  @Test("a summary takes the place of those of its originals", arguments: Backend.allCases)
  func succession(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.remember(
        .summary("s1", of: "a", "b"), .summary("s2", of: "b", "x"),
        .summary("s3", of: "a", role: "closer"))
      let fates = try await stores.remember(.summary("s4", of: "a", "b", "c", on: 1))
      #expect(fates == [Remembered(id: "s4", isNew: true, superseded: ["s1"])])
      let query = { (day: Int) in MemoryQuery.at(2, knownAt: day, now: 2, role: "closer") }
      #expect(
        try await Set(stores.texts(query(1))) == ["summary s2", "summary s3", "summary s4"])
      #expect(
        try await Set(stores.texts(query(0))) == ["summary s1", "summary s2", "summary s3"],
        "what was known before stays known of then")
      let again = try await stores.remember(.summary("s4", of: "a", "b", "c", on: 2))
      #expect(again == [Remembered(id: "s4", isNew: false)])
    }
  }

  @Test("a summary that was given up may be made again", arguments: Backend.allCases)
  func again(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (id, day) in [("s1", 0), ("s2", 1), ("s1", 2)] {
        let fates = try await stores.remember(.summary(id, of: "a", "b", on: day))
        #expect(fates.map(\.isNew) == [true])
      }
      #expect(try await stores.texts(.at(3, knownAt: 3, now: 3)) == ["summary s1"])
      #expect(try await stores.texts(.at(3, knownAt: 1, now: 3)) == ["summary s2"])
    }
  }
}
