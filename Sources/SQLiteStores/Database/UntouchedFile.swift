import GRDBSQLite
import Glibc
import Marketing

/// A database opened so that nothing beside it is made and nothing in it changes. An ordinary connection
/// that only reads would make the write-ahead log and its index, and leave them behind.
struct UntouchedFile: ~Copyable {
  /// How a file can be opened without a trace.
  enum Access: Sendable, Hashable {
    /// Everything is in the file itself.
    case alone
    /// Beside log and index that are there already, as with a process that serves.
    case shared
    /// A log is there without its index: opening the file would make one.
    case impossible
  }

  private let connection: OpaquePointer

  /// How the file can be opened now.
  static func access(_ path: String) -> Access {
    let log = size("\(path)-wal")
    if log != nil, size("\(path)-shm") != nil { return .shared }
    return (log ?? 0) > 0 ? .impossible : .alone
  }

  init(path: String, _ access: Access) throws {
    // Only what is opened as a URI can be called immutable.
    let query = access == .alone ? "immutable=1" : "mode=ro"
    var pointer: OpaquePointer?
    let code = sqlite3_open_v2(
      "file:\(Self.escaped(path))?\(query)", &pointer,
      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let pointer else {
      sqlite3_close_v2(pointer)
      throw SQLFailure(code, nil)
    }
    sqlite3_busy_timeout(pointer, 5000)
    connection = pointer
  }

  deinit { sqlite3_close_v2(connection) }

  /// The first column of every row that a query without values yields, as bytes.
  func column(_ sql: String) throws -> [[UInt8]] {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
    defer { sqlite3_finalize(statement) }
    guard code == SQLITE_OK else { throw SQLFailure(code, connection) }
    var rows: [[UInt8]] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        let bytes = UnsafeRawBufferPointer(
          start: sqlite3_column_blob(statement, 0), count: Int(sqlite3_column_bytes(statement, 0)))
        rows.append(Array(bytes))
      case SQLITE_DONE: return rows
      case let code: throw SQLFailure(code, connection)
      }
    }
  }

  /// The integer that a query without values yields first, 0 when it yields none.
  func integer(_ sql: String) throws -> Int64 {
    Int64(String(decoding: try column(sql).first ?? [], as: UTF8.self)) ?? 0
  }

  /// The size of a file in bytes; `nil` when there is none.
  static func size(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// A path within a URI; two slashes at its start would be taken for a host.
  private static func escaped(_ path: String) -> String {
    let slashes = path.prefix { $0 == "/" }.count
    return (slashes > 1 ? String(path.dropFirst(slashes - 1)) : path)
      .replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
  }
}
