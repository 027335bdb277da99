import GRDB
import GRDBSQLite

/// A connection to the database, good within one access of its queue. Statements are prepared once for
/// each connection, by GRDB's cache; values are bound and read by the C interface, which on rows of this
/// width takes half the time of GRDB's argument and row types.
struct SQLConnection {
  private let database: Database
  /// What the writer's current transaction appends to the index queue; `nil` where nothing is written.
  let newEntries: NewEntries?

  init(_ database: Database, newEntries: NewEntries? = nil) {
    self.database = database
    self.newEntries = newEntries
  }

  /// A statement, ready for its first value.
  func prepare(_ sql: String) throws -> SQLStatement {
    SQLStatement(try database.cachedStatement(sql: sql), connection: database.sqliteConnection)
  }

  /// Runs a statement without values.
  func execute(_ sql: String) throws {
    var statement = try prepare(sql)
    try statement.run()
  }

  /// Runs several statements that are needed once.
  func executeScript(_ sql: String) throws { try database.execute(sql: sql) }

  /// The integer that a query without values yields first; `nil` when it yields none.
  func integer(_ sql: String) throws -> Int64? {
    var statement = try prepare(sql)
    return try statement.step() ? statement.integer() : nil
  }

  /// The text that a query without values yields first; `nil` when it yields none.
  func text(_ sql: String) throws -> String? {
    var statement = try prepare(sql)
    return try statement.step() ? statement.optionalText() : nil
  }

  /// How many rows the last `INSERT`, `UPDATE` or `DELETE` changed.
  var changedRows: Int { Int(sqlite3_changes(database.sqliteConnection)) }

  /// The row of the last `INSERT`.
  var insertedRow: Int64 { sqlite3_last_insert_rowid(database.sqliteConnection) }

  /// Whether a transaction is open. SQLite ends one by itself when the disk is full. There is none
  /// once the database is closed.
  var isInTransaction: Bool {
    guard let pointer = database.sqliteConnection else { return false }
    return sqlite3_get_autocommit(pointer) == 0
  }

  /// Runs queries on one state of the database.
  func reading<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN DEFERRED")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
  }
}
