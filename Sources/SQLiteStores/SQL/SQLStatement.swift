import GRDB
import GRDBSQLite
import Marketing

/// One use of a prepared statement: values are bound in the order of its parameters, the columns of a
/// row are read in theirs. The end of the use resets it, so that it holds no lock and no values.
struct SQLStatement: ~Copyable {
  private let owner: Statement
  private let pointer: OpaquePointer
  private let connection: OpaquePointer?
  private var parameter: Int32 = 0
  private var column: Int32 = 0

  init(_ statement: Statement, connection: OpaquePointer?) {
    self.owner = statement
    self.pointer = statement.sqliteStatement
    self.connection = connection
  }

  deinit {
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
  }

  /// Goes to the next row.
  /// - Returns: whether there is one.
  mutating func step() throws -> Bool {
    column = 0
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw SQLFailure(code, connection)
    }
  }

  /// Runs to the end, after which values can be bound anew.
  mutating func run() throws {
    while try step() {}
    sqlite3_reset(pointer)
    parameter = 0
  }
}

// Values go in as copies that SQLite owns. None of the binding functions fails unless the value is
// longer than a gigabyte or the statement has fewer parameters, and then the statement does.
extension SQLStatement {
  private static var transient: sqlite3_destructor_type {
    unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }

  mutating func bind(_ value: Int64?) {
    parameter += 1
    if let value {
      sqlite3_bind_int64(pointer, parameter, value)
    } else {
      sqlite3_bind_null(pointer, parameter)
    }
  }

  mutating func bind(_ value: Int) { bind(Int64(value)) }

  mutating func bind(_ value: Bool?) { bind(value.map { $0 ? 1 : 0 } as Int64?) }

  mutating func bind(_ value: Double?) {
    parameter += 1
    if let value {
      sqlite3_bind_double(pointer, parameter, value)
    } else {
      sqlite3_bind_null(pointer, parameter)
    }
  }

  mutating func bind(_ value: String?) {
    parameter += 1
    guard var value else {
      sqlite3_bind_null(pointer, parameter)
      return
    }
    value.withUTF8 { bind(text: $0) }
  }

  mutating func bind(text utf8: [UInt8]) {
    parameter += 1
    utf8.withUnsafeBufferPointer { bind(text: $0) }
  }

  private func bind(text utf8: UnsafeBufferPointer<UInt8>) {
    // An empty buffer may have no address, and no address would mean NULL.
    guard let start = utf8.baseAddress, !utf8.isEmpty else {
      sqlite3_bind_text(pointer, parameter, "", 0, Self.transient)
      return
    }
    _ = start.withMemoryRebound(to: CChar.self, capacity: utf8.count) { start in
      sqlite3_bind_text64(
        pointer, parameter, start, UInt64(utf8.count), Self.transient, UInt8(SQLITE_UTF8))
    }
  }

  mutating func bind(blob bytes: [UInt8]?) {
    parameter += 1
    guard let bytes else {
      sqlite3_bind_null(pointer, parameter)
      return
    }
    if bytes.isEmpty {
      sqlite3_bind_zeroblob(pointer, parameter, 0)
    } else {
      sqlite3_bind_blob64(pointer, parameter, bytes, UInt64(bytes.count), Self.transient)
    }
  }

  mutating func bind(_ value: Timestamp?) { bind(value?.milliseconds) }

  mutating func bind<Entity>(_ value: Identifier<Entity>?) { bind(value?.rawValue) }

  mutating func bind(_ value: (some RawRepresentable<String>)?) { bind(value?.rawValue) }
}

extension SQLStatement {
  private mutating func next() -> Int32 {
    defer { column += 1 }
    return column
  }

  private func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(pointer, column) == SQLITE_NULL
  }

  /// Goes on with another column of the row.
  mutating func seek(toColumn column: Int32) { self.column = column }

  mutating func skip(_ count: Int32 = 1) { column += count }

  mutating func integer() -> Int64 { sqlite3_column_int64(pointer, next()) }

  mutating func optionalInteger() -> Int64? {
    let column = next()
    return isNull(column) ? nil : sqlite3_column_int64(pointer, column)
  }

  mutating func optionalBool() -> Bool? { optionalInteger().map { $0 != 0 } }

  mutating func double() -> Double { sqlite3_column_double(pointer, next()) }

  mutating func optionalDouble() -> Double? {
    let column = next()
    return isNull(column) ? nil : sqlite3_column_double(pointer, column)
  }

  mutating func text() -> String { optionalText() ?? "" }

  mutating func optionalText() -> String? {
    withText { String(decoding: $0, as: UTF8.self) }
  }

  /// Calls `body` with a text's bytes, which are good during the call; `nil` for NULL.
  mutating func withText<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result? {
    let column = next()
    guard let start = sqlite3_column_text(pointer, column) else { return nil }
    let count = Int(sqlite3_column_bytes(pointer, column))
    return try body(UnsafeBufferPointer(start: start, count: count))
  }

  mutating func optionalBlob() -> [UInt8]? {
    let column = next()
    guard !isNull(column) else { return nil }
    // An empty blob has no address.
    guard let start = sqlite3_column_blob(pointer, column) else { return [] }
    let count = Int(sqlite3_column_bytes(pointer, column))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  mutating func timestamp() -> Timestamp { Timestamp(milliseconds: integer()) }

  mutating func optionalTimestamp() -> Timestamp? {
    optionalInteger().map(Timestamp.init(milliseconds:))
  }

  mutating func identifier<Entity>(
    _ type: Identifier<Entity>.Type = Identifier<Entity>.self
  ) -> Identifier<Entity> { Identifier(rawValue: text()) }

  mutating func optionalIdentifier<Entity>(
    _ type: Identifier<Entity>.Type = Identifier<Entity>.self
  ) -> Identifier<Entity>? { optionalText().map(Identifier.init(rawValue:)) }

  /// A value of a closed set of texts.
  /// - Throws: `.corrupt` for any other text, so that a newer program's word is not taken for another.
  mutating func choice<Choice: RawRepresentable<String>>(
    _ type: Choice.Type = Choice.self
  ) throws -> Choice {
    guard let choice = try optionalChoice(type) else { throw Self.unknown(type) }
    return choice
  }

  /// The same of a column that may be NULL.
  mutating func optionalChoice<Choice: RawRepresentable<String>>(
    _ type: Choice.Type = Choice.self
  ) throws -> Choice? {
    guard let text = optionalText() else { return nil }
    guard let choice = Choice(rawValue: text) else { throw Self.unknown(type) }
    return choice
  }

  private static func unknown<Choice>(_ type: Choice.Type) -> StoreError {
    StoreError(.corrupt, "The database holds a \(type) that this version does not know")
  }
}
