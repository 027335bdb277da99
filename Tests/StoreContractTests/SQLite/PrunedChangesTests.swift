import GRDB
import Marketing
import Testing

@testable import SQLiteStores

/// How changes of what is gone are found, and what becomes of those that an earlier version left.
@Suite("SQLite: pruned changes")
struct PrunedChangesTests {
  @Test func noListIsReadWhole() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    for list in [ChangeList.memory, .graph] {
      let gone = "\(list.rawValue)_changes_of_gone"
      let next = try await database.pooled.read { try Self.plan(of: list.nextWorkspaceSQL, in: $0) }
      #expect(next.contains("INDEX \(gone)"), "\(next)")
      let found = try await database.pooled.read { try Self.plan(of: list.prunableSQL, in: $0) }
      #expect(found.contains("INDEX \(gone)"), "\(found)")
      #expect(found.contains("COVERING INDEX \(list.rawValue)_changes_of_workspace"), "\(found)")
      for plan in [next, found] {
        #expect(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "\(plan)")
      }
    }
  }

  @Test func whatAnEarlierVersionLeftIsPrunedToo() async throws {
    let folder = try TemporaryFolder()
    var database = try folder.openDatabase()
    defer { database.close() }
    let stores = Stores(database)
    try await stores.remember(.note("m1", "one"), .note("m2", "two"), .note("m3", "three"))
    try await stores.relate(.sample("A", "uses", "B"), .sample("B", "uses", "C"))
    _ = try await stores.memories.forget(
      ["m1", "m3"], for: .upkeep, events: { _ in [] }, in: .default)
    let entity = try #require(try await stores.entity("A"))
    _ = try await stores.knowledge.forgetEntity(
      entity, for: .upkeep, events: { _ in [] }, in: .default)
    try await stores.remember(.note("m4", "four"))
    try await stores.relate(.sample("C", "uses", "D"))
    database.close()
    try Self.takeBack(folder.databasePath)
    database = try folder.openDatabase()
    #expect(try await database.memories.pruneChanges(keeping: 1, limit: 9) == 2)
    #expect(try await database.knowledge.pruneGraphChanges(keeping: 1, limit: 9) == 2)
    let memory = try #require(
      try await database.memories.changes(after: .start, limit: 9, in: .default))
    let isStored = memory.changes.allSatisfy { if case .stored = $0 { true } else { false } }
    #expect(memory.changes.count == 2 && isStored)
    let graph = try #require(
      try await database.knowledge.graphChanges(after: .start, limit: 9, in: .default))
    // Three entities and two relations are left.
    #expect(graph.changes.count == 5)
  }

  /// Another process prunes; what this one held back is not served as if it were whole.
  @Test func anotherProcessPrunes() async throws {
    let folder = try TemporaryFolder()
    let (one, other) = (try folder.openDatabase(), try folder.openDatabase())
    defer {
      one.close()
      other.close()
    }
    try await Stores(one).remember(.note("m1", "one"), .note("m2", "two"))
    let page = try #require(try await other.memories.changes(after: .start, limit: 9, in: .default))
    _ = try await one.memories.forget(["m1"], for: .upkeep, events: { _ in [] }, in: .default)
    try await Stores(one).remember(.note("m3", "three"))
    async let first = one.memories.pruneChanges(keeping: 1, limit: 9)
    async let second = other.memories.pruneChanges(keeping: 1, limit: 9)
    #expect(try await [first, second].reduce(0, +) >= 1)
    for database in [one, other] {
      #expect(try await database.memories.changes(after: page.place, limit: 9, in: .default) == nil)
    }
  }

  /// Makes of a file what the version before wrote.
  private static func takeBack(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    let last = try #require(Schema.migrations.firstIndex { $0.name == "floors of changes" })
    try queue.write { database in
      // What later versions have added; what refers to a table was added behind it.
      let added = Schema.migrations[last...].dropFirst().flatMap {
        $0.sql.matches(of: /CREATE TABLE (\w+)/).map { String($0.1) }
      }
      let triggers = Schema.migrations[last...].dropFirst().flatMap {
        $0.sql.matches(of: /CREATE TRIGGER (\w+)/).map { String($0.1) }
      }
      for trigger in triggers { try database.execute(sql: "DROP TRIGGER \(trigger)") }
      for table in added.reversed() { try database.execute(sql: "DROP TABLE \(table)") }
      try database.execute(
        sql: """
          DROP TABLE change_floors;
          DROP INDEX memory_changes_of_gone;
          DROP INDEX graph_changes_of_gone;
          ALTER TABLE memory_changes DROP COLUMN is_gone;
          ALTER TABLE graph_changes DROP COLUMN is_gone;
          PRAGMA user_version = \(last);
          """)
    }
    try queue.close()
  }

  private static func plan(of sql: String, in connection: SQLConnection) throws -> String {
    var select = try connection.prepare("EXPLAIN QUERY PLAN " + sql)
    var steps: [String] = []
    while try select.step() {
      select.seek(toColumn: 3)
      steps.append(select.text())
    }
    return steps.joined(separator: "; ")
  }
}
