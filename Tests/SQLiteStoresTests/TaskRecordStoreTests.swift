import Marketing
import Testing

extension TaskRecord {
  static func sample(
    _ id: String, principal: String = "ann", hasEnded: Bool = false, touched: Int = 0,
    expires: Int? = nil, content: String = "{}"
  ) -> TaskRecord {
    TaskRecord(
      id: id, principal: principal, hasEnded: hasEnded, touchedAt: .minute(touched),
      expiresAt: expires.map(Timestamp.minute), content: content)
  }
}

/// What every `TaskRecordStore` promises.
@Suite("Task record store", .timeLimit(.minutes(1)))
struct TaskRecordStoreContract {
  @Test(arguments: Backend.allCases)
  func `a record comes back as it was, and in its latest state`(
    _ backend: Backend
  ) async throws {
    try await backend.withStores { stores in
      #expect(try stores.tasks.record("task-1", at: .minute(0), in: .home) == nil)
      for record in [
        TaskRecord.sample("task-1", content: "{\"state\":\"working\",\"text\":\"🐟\\u0000\"}"),
        .sample("task-1", touched: 4, expires: 90, content: ""),
        .sample("task-1", hasEnded: true, touched: 5, content: "not JSON"),
      ] {
        try await stores.tasks.save(record, in: .home)
        #expect(try stores.tasks.record("task-1", at: .minute(1), in: .home) == record)
      }
    }
  }

  @Test(arguments: Backend.allCases)
  func `a record is gone from the moment it expires`(_ backend: Backend) async throws {
    try await backend.withStores { stores in
      let record = TaskRecord.sample("task-1", expires: 10)
      try await stores.tasks.save(record, in: .home)
      for (minute, found) in [(9, record), (10, nil), (11, nil)] as [(Int, TaskRecord?)] {
        #expect(try stores.tasks.record("task-1", at: .minute(minute), in: .home) == found)
      }
      // Its life can be prolonged until it is removed.
      let prolonged = TaskRecord.sample("task-1", expires: 20)
      try await stores.tasks.save(prolonged, in: .home)
      #expect(try stores.tasks.record("task-1", at: .minute(11), in: .home) == prolonged)
    }
  }

  @Test(arguments: Backend.allCases)
  func `other records of other principals and workspaces are kept`(
    _ backend: Backend
  ) async throws {
    try await backend.withStores { stores in
      let anns = TaskRecord.sample("task-1", principal: "ann", content: "1")
      let bobs = TaskRecord.sample("task-2", principal: "bob", content: "2")
      let aways = TaskRecord.sample("task-1", principal: "eve", content: "3")
      try await stores.tasks.save(anns, in: .home)
      try await stores.tasks.save(bobs, in: .home)
      try await stores.tasks.save(aways, in: .away)
      try await stores.tasks.save(.sample("task-2", principal: "bob", content: "4"), in: .home)
      #expect(try stores.tasks.record("task-1", at: .minute(0), in: .home) == anns)
      #expect(try stores.tasks.record("task-2", at: .minute(0), in: .home)?.content == "4")
      #expect(try stores.tasks.record("task-1", at: .minute(0), in: .away) == aways)
      #expect(try stores.tasks.record("task-2", at: .minute(0), in: .away) == nil)
    }
  }

  @Test(arguments: Backend.allCases)
  func `what has expired is removed in every workspace`(_ backend: Backend) async throws {
    try await backend.withStores { stores in
      for workspace in [WorkspaceID.home, .away] {
        try await stores.tasks.save(.sample("expired", expires: 10), in: workspace)
        try await stores.tasks.save(.sample("alive", expires: 11), in: workspace)
        try await stores.tasks.save(.sample("lasting"), in: workspace)
      }
      try await stores.tasks.removeExpired(at: .minute(10))
      for workspace in [WorkspaceID.home, .away] {
        // Asked as of an earlier time, for expired ones do not show anyway.
        #expect(try stores.tasks.record("expired", at: .minute(0), in: workspace) == nil)
        #expect(try stores.tasks.record("alive", at: .minute(0), in: workspace) != nil)
        #expect(try stores.tasks.record("lasting", at: .minute(0), in: workspace) != nil)
      }
    }
  }

  @Test(arguments: Backend.allCases)
  func `abandoned are those not ended and not touched, oldest first`(
    _ backend: Backend
  ) async throws {
    try await backend.withStores { stores in
      #expect(try stores.tasks.abandoned(before: .minute(99)).isEmpty)
      let old = TaskRecord.sample("task-old", touched: 2)
      let older = TaskRecord.sample("task-older", touched: 1)
      try await stores.tasks.save(old, in: .home)
      try await stores.tasks.save(older, in: .away)
      try await stores.tasks.save(.sample("task-ended", hasEnded: true, touched: 1), in: .home)
      try await stores.tasks.save(.sample("task-alive", touched: 3), in: .home)
      let found = try stores.tasks.abandoned(before: .minute(3))
      #expect(found.map(\.0) == [.away, .home])
      #expect(found.map(\.1) == [older, old])
      // A touch takes it off the list.
      try await stores.tasks.save(.sample("task-older", touched: 7), in: .away)
      #expect(try stores.tasks.abandoned(before: .minute(3)).map(\.1) == [old])
    }
  }
}
