package import Marketing

/// The gateway's keys in SQLite.
package struct SQLiteAccessKeyStore: AccessKeyStore {
  let database: SQLiteDatabase

  private static let columns = """
    id, workspace, label, scopes, secret_digest, created_at, expires_at, revoked_at, last_used_at
    """

  package func add(_ key: AccessKey) async throws(StoreError) {
    let isNew = try await database.writer.perform { connection in
      var insert = try connection.prepare(
        """
        INSERT INTO access_keys (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO NOTHING
        """)
      insert.bind(key.id)
      insert.bind(key.workspace)
      insert.bind(key.label)
      insert.bind(key.scopes.sorted().joined(separator: ","))
      insert.bind(blob: key.secretDigest)
      insert.bind(key.createdAt)
      insert.bind(key.expiresAt)
      insert.bind(key.revokedAt)
      insert.bind(key.lastUsedAt)
      try insert.run()
      return connection.changedRows > 0
    }
    guard isNew else { throw .taken(key.id) }
  }

  package func accessKey(_ id: AccessKeyID) throws(StoreError) -> AccessKey? {
    try database.readers.read { try Self.key(id, in: $0) }
  }

  package func accessKeys() throws(StoreError) -> [AccessKey] {
    try database.readers.read { connection in
      var select = try connection.prepare(
        "SELECT \(Self.columns) FROM access_keys ORDER BY created_at, id")
      var keys: [AccessKey] = []
      while try select.step() { keys.append(try AccessKey.reading(&select)) }
      return keys
    }
  }

  package func hasAccessKeys() throws(StoreError) -> Bool {
    try database.readers.read { connection in
      try connection.integer("SELECT EXISTS (SELECT 1 FROM access_keys)") == 1
    }
  }

  @discardableResult
  package func revoke(
    _ id: AccessKeyID, at time: Timestamp
  ) async throws(StoreError) -> AccessKey? {
    try await database.writer.perform { connection in
      var update = try connection.prepare(
        "UPDATE access_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
      update.bind(time)
      update.bind(id)
      try update.run()
      return try Self.key(id, in: connection)
    }
  }

  package func noteUse(of id: AccessKeyID, at time: Timestamp) async throws(StoreError) {
    try await database.writer.perform { connection in
      var update = try connection.prepare(
        """
        UPDATE access_keys SET last_used_at = ?1 WHERE id = ?2
          AND ifnull(last_used_at < ?1, 1)
        """)
      update.bind(time)
      update.bind(id)
      try update.run()
    }
  }

  private static func key(_ id: AccessKeyID, in connection: SQLConnection) throws -> AccessKey? {
    var select = try connection.prepare("SELECT \(columns) FROM access_keys WHERE id = ?")
    select.bind(id)
    return try select.step() ? try AccessKey.reading(&select) : nil
  }
}

extension AccessKey {
  fileprivate static func reading(_ statement: inout SQLStatement) throws -> AccessKey {
    let id = statement.identifier(AccessKeyID.self)
    let workspace = statement.identifier(WorkspaceID.self)
    let label = statement.optionalText()
    let scopes = statement.text().split(separator: ",").map(String.init)
    guard let digest = statement.optionalBlob() else {
      throw StoreError(.corrupt, "the access key \(id) has no digest")
    }
    var key = AccessKey(
      id: id, label: label, workspace: workspace, scopes: Set(scopes), secretDigest: digest,
      createdAt: statement.timestamp(), expiresAt: statement.optionalTimestamp())
    key.revokedAt = statement.optionalTimestamp()
    key.lastUsedAt = statement.optionalTimestamp()
    return key
  }
}
