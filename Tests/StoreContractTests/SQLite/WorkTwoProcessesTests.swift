import Marketing
import SQLiteStores
import Testing

/// Two databases on one file share nothing but the file, as two processes do.
@Suite("SQLite: two processes hand out work")
struct WorkTwoProcessesTests {
  @Test("what one hands out the other does not")
  func disjoint() async throws {
    let folder = try TemporaryFolder()
    let databases = [try folder.openDatabase(), try folder.openDatabase()]
    defer { for database in databases { database.close() } }
    let drafts = (0..<200).map { WorkDraft.sample("w\($0)", due: $0) }
    _ = try await databases[0].work.enqueue(
      drafts, at: noon, events: { _ in [] }, in: .default)
    let names = try await withThrowingTaskGroup(of: [WorkID].self) { group in
      for number in 0..<60 {
        let stores = Stores(databases[number % 2])
        group.addTask { try await stores.claim(5, by: "worker\(number)").map(\.id) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(names.count == 200 && Set(names).count == 200)
  }

  @Test("work that one's process died with is the other's when its time is up")
  func death() async throws {
    let folder = try TemporaryFolder()
    let first = try folder.openDatabase()
    _ = try await Stores(first).enqueue(.sample("a"))
    let lost = try #require(try await Stores(first).claim(lease: 10).first)
    first.close()
    let second = try folder.openDatabase()
    defer { second.close() }
    #expect(try await Stores(second).claim(at: 9).isEmpty)
    let item = try #require(try await Stores(second).claim(by: "w2", at: 10).first)
    #expect(item.claim == lost.claim + 1 && item.payload == lost.payload)
    #expect(try await Stores(second).complete(item.held, at: 11).isNew)
  }
}
