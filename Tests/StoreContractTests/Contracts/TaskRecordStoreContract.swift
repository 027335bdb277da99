import Marketing
import Testing

@Suite("TaskRecordStore")
struct TaskRecordStoreContract {
  private func record(
    _ id: String, ended: Bool = false, touched: Int = 0, expires: Int? = nil,
    _ content: String = "{}"
  ) -> TaskRecord {
    TaskRecord(
      id: id, principal: "alice", hasEnded: ended, touchedAt: noon + .seconds(touched),
      expiresAt: expires.map { noon + .seconds($0) }, content: content)
  }

  @Test("a record is kept, and replaced by its next state", arguments: Backend.allCases)
  func saves(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let working = record("task_1", expires: 60, #"{"status":"working","note":"\u{1F680}"}"#)
      try await stores.tasks.save(working, in: .default)
      #expect(try stores.tasks.record("task_1", at: noon, in: .default) == working)
      let done = record("task_1", ended: true, touched: 5, "done")
      try await stores.tasks.save(done, in: .default)
      #expect(try stores.tasks.record("task_1", at: noon + .days(900), in: .default) == done)
      #expect(try stores.tasks.record("task_2", at: noon, in: .default) == nil)
      #expect(try stores.tasks.record("task_1", at: noon, in: .other) == nil)
    }
  }

  @Test(
    "an expired record is not found, before and after it is removed", arguments: Backend.allCases)
  func expires(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.tasks.save(record("task_1", expires: 60), in: .default)
      try await stores.tasks.save(record("task_2", expires: 120), in: .other)
      let last = noon + .seconds(59)
      #expect(try stores.tasks.record("task_1", at: last, in: .default) != nil)
      #expect(try stores.tasks.record("task_1", at: noon + .seconds(60), in: .default) == nil)
      try await stores.tasks.removeExpired(at: noon + .seconds(60))
      // Gone for good: not even an earlier time finds it.
      #expect(try stores.tasks.record("task_1", at: noon, in: .default) == nil)
      #expect(try stores.tasks.record("task_2", at: noon, in: .other) != nil)
    }
  }

  @Test(
    "abandoned records are those that run and were not touched, in every workspace",
    arguments: Backend.allCases)
  func abandoned(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.tasks.save(record("task_1", touched: 10), in: .default)
      try await stores.tasks.save(record("task_2", ended: true, touched: 10), in: .default)
      try await stores.tasks.save(record("task_3", touched: 5), in: .other)
      try await stores.tasks.save(record("task_4", touched: 30), in: .other)
      let found = try stores.tasks.abandoned(before: noon + .seconds(30))
      #expect(found.map(\.0.rawValue) == ["other", "default"])
      #expect(found.map(\.1) == [record("task_3", touched: 5), record("task_1", touched: 10)])
    }
  }

  @Test("a record that has ended does not change any more", arguments: Backend.allCases)
  func endsOnce(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try await stores.tasks.save(record("task_1"), in: .default))
      #expect(try await stores.tasks.save(record("task_1", touched: 1), in: .default))
      let end = record("task_1", ended: true, touched: 2, "cancelled")
      #expect(try await stores.tasks.save(end, in: .default))
      for late in [record("task_1", touched: 3), record("task_1", ended: true, touched: 4)] {
        #expect(try await !stores.tasks.save(late, in: .default))
        #expect(try stores.tasks.record("task_1", at: noon, in: .default) == end)
      }
      #expect(try stores.tasks.abandoned(before: noon + .days(1)).isEmpty)
      // One of the same name elsewhere is another.
      #expect(try await stores.tasks.save(record("task_1"), in: .other))
    }
  }
}
