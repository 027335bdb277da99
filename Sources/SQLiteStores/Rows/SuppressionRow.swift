import Marketing

/// Who is not contacted, in its table beside that of who was erased.
enum SuppressionRow {
  /// What stands for every channel.
  static let all = "all"

  /// - Returns: whether it is new.
  static func insert(
    _ suppression: Suppression, hash: Int64, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    var insert = try connection.prepare(
      """
      INSERT INTO contact_suppressions (hash, channel, workspace, reason, actor, since)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
      """)
    insert.bind(hash)
    insert.bind(suppression.channel?.rawValue ?? all)
    insert.bind(workspace)
    insert.bind(suppression.reason)
    insert.bind(suppression.actor)
    insert.bind(suppression.since)
    try insert.run()
    return connection.changedRows > 0
  }

  /// - Parameter channel: `nil` for whatever holds.
  /// - Returns: how many are gone.
  static func delete(
    hash: Int64, channel: OutreachChannel?, _ connection: SQLConnection
  ) throws -> Int {
    var delete = try connection.prepare(
      """
      DELETE FROM contact_suppressions
      WHERE hash = ?1 AND ifnull(channel = ?2, 1) AND reason <> ?3
      """)
    delete.bind(hash)
    delete.bind(channel)
    // Who was erased stays on the list, wherever that was.
    delete.bind(Suppression.Reason.erased)
    try delete.run()
    return connection.changedRows
  }

  static func all(of hash: Int64, _ connection: SQLConnection) throws -> [Suppression] {
    var found: [Suppression] = []
    var select = try connection.prepare(
      """
      SELECT channel, reason, actor, since FROM contact_suppressions WHERE hash = ?
      ORDER BY iif(channel = 'all', '', channel)
      """)
    select.bind(hash)
    while try select.step() { found.append(try Suppression(reading: &select)) }
    var erased = try connection.prepare("SELECT since FROM suppressions WHERE hash = ?")
    erased.bind(hash)
    if try erased.step() { found.append(.erased(since: erased.timestamp())) }
    return found
  }

  static func counts(
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [SuppressionCount] {
    var select = try connection.prepare(
      """
      SELECT channel, reason, sum(count) FROM (
        SELECT channel, reason, count(*) AS count FROM contact_suppressions
        WHERE workspace = ?1 GROUP BY channel, reason
        UNION ALL SELECT 'all', 'erased', count(*) FROM suppressions
        WHERE workspace = ?1 HAVING count(*) > 0
      ) GROUP BY channel, reason ORDER BY channel, reason
      """)
    select.bind(workspace)
    var counts: [SuppressionCount] = []
    while try select.step() {
      let channel = try select.scope()
      let reason = try select.choice(Suppression.Reason.self)
      counts.append(
        SuppressionCount(channel: channel, reason: reason, count: Int(select.integer())))
    }
    return counts
  }

  /// In the order of hashes, then channels; of one that is in both tables the erasure comes behind.
  static func page(
    after last: (hash: Int64, channel: String, isErased: Bool)?, limit: Int,
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [(hash: Int64, suppression: Suppression)] {
    var select = try connection.prepare(
      """
      SELECT hash, channel, reason, actor, since, 0 AS is_erased FROM contact_suppressions
      WHERE workspace = ?1 AND hash >= ?2 AND (hash, channel, 0) > (?2, ?3, ?4)
      UNION ALL
      SELECT hash, 'all', 'erased', 'erase_lead', since, 1 FROM suppressions
      WHERE workspace = ?1 AND hash >= ?2 AND (hash, 'all', 1) > (?2, ?3, ?4)
      ORDER BY hash, channel, is_erased LIMIT ?5
      """)
    select.bind(workspace)
    select.bind(last?.hash ?? .min)
    select.bind(last?.channel ?? "")
    select.bind(last?.isErased ?? false)
    select.bind(limit)
    var found: [(hash: Int64, suppression: Suppression)] = []
    while try select.step() {
      let hash = select.integer()
      found.append((hash, try Suppression(reading: &select)))
    }
    return found
  }
}

extension SQLStatement {
  /// A channel; `nil` for every one.
  fileprivate mutating func scope() throws -> OutreachChannel? {
    let text = text()
    if text == SuppressionRow.all { return nil }
    guard let channel = OutreachChannel(rawValue: text) else {
      throw StoreError(.corrupt, "The database holds a channel that this version does not know")
    }
    return channel
  }
}

extension Suppression {
  fileprivate init(reading statement: inout SQLStatement) throws {
    let channel = try statement.scope()
    let reason = try statement.choice(Suppression.Reason.self)
    let actor = statement.text()
    self.init(channel: channel, reason: reason, actor: actor, since: statement.timestamp())
  }
}
