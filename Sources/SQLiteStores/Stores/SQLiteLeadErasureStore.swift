package import Marketing

/// Erases people from SQLite.
package struct SQLiteLeadErasureStore: LeadErasureStore {
  let database: SQLiteDatabase

  package func erase(
    _ id: LeadID, identity: @escaping @Sendable (Lead) -> LeadIdentity, at now: Timestamp,
    event: @escaping @Sendable (LeadErasure) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> LeadErasure {
    let database = database
    var erasure = try await database.writer.perform { connection in
      let eraser = LeadEraser(
        id: id, workspace: workspace, hasher: database.hasher, connection: connection)
      let erasure = try eraser.erase(identity: identity, at: now)
      try ErasureMark.set(connection)
      try database.row(of: event(erasure), in: workspace).append(to: connection)
      return erasure
    }
    // What counts and filters this process holds in memory were made with it.
    database.recent.expire()
    database.erasedLog.wait()
    // The lead is erased, whatever becomes of the log and of the caller: in a task of its own, as nothing else
    // keeps a cancellation out.
    erasure.isLogClean = await Task { (try? await emptyLog()) ?? false }.value
    return erasure
  }

  package func finishErasures() async throws(StoreError) -> Bool {
    // Also where another process has erased somebody since, and may have ended before the log was empty.
    let isMarked = try database.readers.read { try ErasureMark.value($0) != nil }
    if !isMarked, database.erasedLog.current == .clean { return true }
    return try await emptyLog()
  }

  private func emptyLog() async throws(StoreError) -> Bool {
    let log = database.erasedLog
    let mark = try database.readers.read { try ErasureMark.value($0) }
    let isEmpty = try await database.writer.emptyLog { log.note(isEmpty: $0) }
    if isEmpty, let mark {
      // Unless somebody else was erased meanwhile, whose mark is another one.
      try await database.writer.perform { try ErasureMark.remove(mark, $0) }
    }
    return isEmpty
  }

  package func isSuppressed(
    _ identity: LeadIdentity, in workspace: WorkspaceID
  ) throws(StoreError) -> Bool {
    let hashes = identity.contactAddresses.flatMap { $0.same + $0.possible }
      .map { database.hasher.hash(of: $0, in: workspace) }
    return try database.readers.read { connection in
      for hash in hashes {
        var select = try connection.prepare("SELECT 1 FROM suppressions WHERE hash = ?")
        select.bind(hash)
        if try select.step() { return true }
      }
      return false
    }
  }
}

/// Says, to every process that has the database open, that the log of changes may hold something of somebody who
/// was erased.
private enum ErasureMark {
  private static let name = "erasure"

  static func value(_ connection: SQLConnection) throws -> [UInt8]? {
    var select = try connection.prepare("SELECT value FROM store_info WHERE name = ?")
    select.bind(name)
    return try select.step() ? select.optionalBlob() : nil
  }

  /// Each erasure has a mark of its own.
  static func set(_ connection: SQLConnection) throws {
    var insert = try connection.prepare(
      "INSERT OR REPLACE INTO store_info (name, value) VALUES (?, randomblob(16))")
    insert.bind(name)
    try insert.run()
  }

  static func remove(_ mark: [UInt8], _ connection: SQLConnection) throws {
    var delete = try connection.prepare("DELETE FROM store_info WHERE name = ? AND value = ?")
    delete.bind(name)
    delete.bind(blob: mark)
    try delete.run()
  }
}
