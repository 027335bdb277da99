package import Marketing

/// Answers to requests that may be repeated, in SQLite.
package struct SQLiteIdempotencyStore: IdempotencyStore {
  let database: SQLiteDatabase

  /// How much of what has expired goes with each claim: more than comes with one, and little enough not to
  /// be noticed.
  private static let sweep = 100

  package func claim(
    _ claim: IdempotencyClaim, in workspace: WorkspaceID
  ) async throws(StoreError) -> IdempotencyDecision {
    try await database.writer.perform { connection in
      try Self.removeExpired(at: claim.time, connection)
      if let used = try UsedKey.find(claim, in: workspace, connection) {
        guard used.fingerprint == claim.fingerprint else { return .mismatch }
        if let reply = used.reply { return .answered(reply) }
        if used.leaseEnd > claim.time { return .running(until: used.leaseEnd) }
      }
      var insert = try connection.prepare(
        """
        INSERT INTO idempotency_keys
          (key, principal, workspace, fingerprint, holder, leased_until, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key, principal, workspace) DO UPDATE SET
          fingerprint = excluded.fingerprint, holder = excluded.holder,
          leased_until = excluded.leased_until, expires_at = excluded.expires_at,
          status = NULL, media_type = NULL, body = NULL
        """)
      insert.bind(claim.key)
      insert.bind(claim.principal)
      insert.bind(workspace)
      insert.bind(blob: claim.fingerprint)
      insert.bind(blob: claim.holder)
      insert.bind(claim.leaseEnd)
      insert.bind(claim.end)
      try insert.run()
      return .claimed
    }
  }

  @discardableResult
  package func complete(
    _ claim: IdempotencyClaim, with reply: StoredReply, about lead: LeadID?,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try await database.writer.perform { connection in
      var reply = reply
      if let lead, try LeadRow.find(lead, in: workspace, connection) == nil { reply = .erased }
      var update = try connection.prepare(
        """
        UPDATE idempotency_keys SET status = ?, media_type = ?, body = ?
        WHERE key = ? AND principal = ? AND workspace = ? AND holder = ? AND status IS NULL
        """)
      update.bind(reply.status)
      update.bind(reply.mediaType)
      update.bind(blob: reply.body)
      Self.bind(claim, workspace, &update)
      try update.run()
      return connection.changedRows > 0
    }
  }

  package func release(
    _ claim: IdempotencyClaim, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try await database.writer.perform { connection in
      var delete = try connection.prepare(
        """
        DELETE FROM idempotency_keys
        WHERE key = ? AND principal = ? AND workspace = ? AND holder = ? AND status IS NULL
        """)
      Self.bind(claim, workspace, &delete)
      try delete.run()
    }
  }

  private static func bind(
    _ claim: IdempotencyClaim, _ workspace: WorkspaceID, _ statement: inout SQLStatement
  ) {
    statement.bind(claim.key)
    statement.bind(claim.principal)
    statement.bind(workspace)
    statement.bind(blob: claim.holder)
  }

  private static func removeExpired(at time: Timestamp, _ connection: SQLConnection) throws {
    var delete = try connection.prepare(
      """
      DELETE FROM idempotency_keys WHERE row IN
        (SELECT row FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
      """)
    delete.bind(time)
    delete.bind(sweep)
    try delete.run()
  }
}

/// A row of a key that has been used and not expired.
private struct UsedKey {
  let fingerprint: [UInt8]
  let leaseEnd: Timestamp
  let reply: StoredReply?

  static func find(
    _ claim: IdempotencyClaim, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> UsedKey? {
    var select = try connection.prepare(
      """
      SELECT fingerprint, leased_until, status, media_type, body FROM idempotency_keys
      WHERE key = ? AND principal = ? AND workspace = ? AND expires_at > ?
      """)
    select.bind(claim.key)
    select.bind(claim.principal)
    select.bind(workspace)
    select.bind(claim.time)
    guard try select.step() else { return nil }
    let fingerprint = select.optionalBlob() ?? []
    let leaseEnd = select.timestamp()
    guard let status = select.optionalInteger() else {
      return UsedKey(fingerprint: fingerprint, leaseEnd: leaseEnd, reply: nil)
    }
    let mediaType = select.text()
    let reply = StoredReply(
      status: Int(status), mediaType: mediaType, body: select.optionalBlob() ?? [])
    return UsedKey(fingerprint: fingerprint, leaseEnd: leaseEnd, reply: reply)
  }
}
