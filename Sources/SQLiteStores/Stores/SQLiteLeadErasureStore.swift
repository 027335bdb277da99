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
    // Nobody can tell from the tables whether a process before this one erased somebody and ended before the log
    // was empty: one without addresses leaves nothing there.
    if database.erasedLog.current == .clean { return true }
    return try await emptyLog()
  }

  private func emptyLog() async throws(StoreError) -> Bool {
    let log = database.erasedLog
    return try await database.writer.emptyLog { log.note(isEmpty: $0) }
  }

  package func isSuppressed(
    _ identity: LeadIdentity, in workspace: WorkspaceID
  ) throws(StoreError) -> Bool {
    let hashes = database.hasher.hashes(of: identity, in: workspace)
    return try database.readers.read { connection in
      for case let hash? in [hashes.email, hashes.phone] {
        var select = try connection.prepare("SELECT 1 FROM suppressions WHERE hash = ?")
        select.bind(hash)
        if try select.step() { return true }
      }
      return false
    }
  }
}
