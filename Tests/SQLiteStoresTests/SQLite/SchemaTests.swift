import Foundation
import GRDB
import JSONRPC
import Marketing
import Testing

@testable import SQLiteStores

extension SQLiteSuite {
  @Suite("The schema")
  struct SchemaState {
    @Test func `a file that another process sets up meanwhile is new or ours, nothing between`()
      throws
    {
      let folder = try TemporaryFolder()
      let path = folder.file("leads.db")
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { database in
        let connection = SQLConnection(database)
        #expect(try connection.text("PRAGMA journal_mode = WAL") == "wal")
        let hasMigrated = Locked(false)
        database.trace(options: .statement) { event in
          // The other process is done between the first and the second value that are read.
          guard "\(event)" == "PRAGMA user_version", !hasMigrated.withLock({ $0 }) else { return }
          hasMigrated.withLock { $0 = true }
          do {
            try DatabaseQueue(path: path).writeWithoutTransaction {
              try Schema.migrate(SQLConnection($0), path: path)
            }
          } catch {
            Issue.record(error)
          }
        }
        try Schema.check(connection, path: path)
        #expect(hasMigrated.withLock { $0 })
        try Schema.check(connection, path: path)
      }
    }

    @Test func `a file of an earlier version gets what is new and keeps what it has`() throws {
      let folder = try TemporaryFolder()
      let path = folder.file("leads.db")
      try DatabaseQueue(path: path).writeWithoutTransaction { database in
        let connection = SQLConnection(database)
        try connection.executeScript(Schema.migrations[0].sql)
        try connection.executeScript(
          "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 1")
        try connection.execute("INSERT INTO store_info VALUES ('kept', x'01')")
        try connection.execute(
          """
          INSERT INTO outcomes (workspace, lead_id, disposition, occurred_at)
          VALUES ('default', 'a', 'lost', 77)
          """)
        try Schema.migrate(connection, path: path)
        #expect(try connection.integer("PRAGMA user_version") == Schema.version)
        #expect(try connection.integer("SELECT count(*) FROM store_info") == 1)
        try Schema.clean(connection)
        #expect(try connection.integer("SELECT count(*) FROM store_info") == 2)
        #expect(try connection.integer("SELECT count(*) FROM imported_outcomes") == 0)
        #expect(try connection.integer("SELECT count(*) FROM idempotency_keys") == 0)
        #expect(try connection.integer("SELECT count(*) FROM access_keys") == 0)
        #expect(try connection.integer("SELECT count(*) FROM scoring_models") == 0)
        #expect(try connection.integer("SELECT recorded_at FROM outcomes") == 77)
      }
    }

    @Test func `what an earlier version deleted is not in the file any more`() throws {
      let folder = try TemporaryFolder()
      let path = folder.file("leads.db")
      let queue = try DatabaseQueue(path: path)
      func holdsWord() throws -> Bool {
        try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data("zyxdeleted".utf8)) != nil
      }
      try queue.writeWithoutTransaction { database in
        let connection = SQLConnection(database)
        _ = try connection.integer("PRAGMA secure_delete = OFF")
        try connection.executeScript(Schema.migrations[0].sql)
        try connection.executeScript(
          "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 1")
        try connection.execute("INSERT INTO store_info VALUES ('zyxdeleted', x'01')")
        try connection.execute("DELETE FROM store_info")
        #expect(try holdsWord())
        try Schema.migrate(connection, path: path)
        #expect(try holdsWord())
        try Schema.clean(connection)
        #expect(try !holdsWord())
      }
    }
  }
}
