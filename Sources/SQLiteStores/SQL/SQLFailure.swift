import GRDB
import GRDBSQLite
import Marketing
import Sealing

/// What SQLite answered instead of doing what it was told. Holds no values.
struct SQLFailure: Error {
  /// The extended result code.
  let code: Int32
  /// The library's text for the code; for a broken constraint also which one.
  let message: String

  /// Whether another connection stands in the way.
  var isBusy: Bool { code & 0xFF == SQLITE_BUSY }

  init(_ code: Int32, _ connection: OpaquePointer?) {
    self.code = code
    let general = String(cString: sqlite3_errstr(code))
    // Only here is the detailed text sure to be made of the schema's names alone.
    if code & 0xFF == SQLITE_CONSTRAINT, let detail = sqlite3_errmsg(connection) {
      self.message = "\(general): \(String(cString: detail))"
    } else {
      self.message = general
    }
  }
}

extension StoreError {
  /// A store's answer to a failure underneath it.
  init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let failure as SQLFailure:
      self.init(sqliteCode: failure.code, cause: "SQLite \(failure.code): \(failure.message)")
    case let error as DatabaseError:
      let code = error.extendedResultCode.rawValue
      self.init(
        sqliteCode: code, cause: "SQLite \(code): \(String(cString: sqlite3_errstr(code)))")
    case let error as SealingError:
      self.init(
        .corrupt, "A sealed value of the database could not be read or written",
        cause: error.message)
    case is CancellationError: self = .cancelled
    default: self.init(.corrupt, "The store failed", cause: "\(type(of: error))")
    }
  }

  private init(sqliteCode code: Int32, cause: String) {
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED:
      self.init(.unavailable, "Another process holds the database, try again later", cause: cause)
    case SQLITE_FULL:
      self.init(.unavailable, "The disk of the database is full", cause: cause)
    case SQLITE_INTERRUPT, SQLITE_ABORT: self = .cancelled
    // What GRDB answers on a connection that was closed between its choice and its use.
    case SQLITE_MISUSE: self = .closed
    case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_NOMEM, SQLITE_TOOBIG,
      SQLITE_PROTOCOL:
      self.init(.unavailable, "The database could not be read or written", cause: cause)
    case SQLITE_NOTADB:
      self.init(.corrupt, "The file is not a database", cause: cause)
    default:
      self.init(.corrupt, "The database is not as expected", cause: cause)
    }
  }

  static var cancelled: StoreError {
    StoreError(.unavailable, "The call was cancelled before the store did what it asked")
  }

  static var closed: StoreError { StoreError(.unavailable, "The store is closed") }
}
