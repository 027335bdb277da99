import JSONRPC
import Marketing

/// A piece of work as its table keeps it.
struct WorkRow {
  /// The columns that never change, then those that do.
  private static let fixed =
    "id, kind, role, lead_id, subject, key, due_at, max_attempts, created_at, payload"
  private static let changing =
    "state, attempts, not_before, claim, worker, lease_until, updated_at, last_error, result"
  private static let columns = "row, workspace, \(fixed), \(changing)"

  private static let insertSQL = """
    INSERT INTO work_items (workspace, \(fixed), \(changing))
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
    """

  private static let updateSQL: String = {
    let changes = changing.split(separator: ", ").map { "\($0) = ?" }.joined(separator: ", ")
    return "UPDATE work_items SET \(changes) WHERE row = ?"
  }()

  static let readySQL = """
    SELECT \(columns) FROM work_items
    WHERE role = ? AND workspace = ? AND state = 'ready' AND not_before <= ?
    ORDER BY due_at, row LIMIT ?
    """

  static let silentSQL = """
    SELECT \(columns) FROM work_items
    WHERE state = 'claimed' AND lease_until <= ?1 AND (workspace = ?3 OR ?3 IS NULL)
    ORDER BY lease_until, row LIMIT ?2
    """

  static let deadSQL = """
    SELECT \(columns) FROM work_items
    WHERE workspace = ?1 AND state = 'dead' AND (role = ?2 OR ?2 IS NULL)
      AND (updated_at, id) < (?3, ?4)
    ORDER BY updated_at DESC, id DESC LIMIT ?5
    """

  static let ofLeadSQL = """
    SELECT \(columns) FROM work_items
    WHERE lead_id = ? AND workspace = ? AND state <> 'done' ORDER BY row LIMIT ?
    """

  let row: Int64
  let workspace: WorkspaceID
  var item: WorkItem

  /// Puts work into the queue, unless an open item has its key. For transactions of other stores too: what they
  /// log wakes those who wait for work.
  /// - Returns: what became of it, and the item when it is new.
  /// - Throws: `.conflict` when the name is taken.
  @discardableResult
  static func enqueue(
    _ draft: WorkDraft, at now: Timestamp, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> (queued: QueuedWork, new: WorkItem?) {
    let item = WorkItem(draft, at: now)
    var insert = try connection.prepare(insertSQL)
    insert.bind(workspace)
    insert.bind(item.id)
    insert.bind(item.kind)
    insert.bind(item.role)
    insert.bind(item.leadID)
    insert.bind(item.subject)
    insert.bind(item.key)
    insert.bind(item.dueAt)
    insert.bind(item.maxAttempts)
    insert.bind(item.createdAt)
    insert.bind(text: item.payload.jsonBytes)
    item.bindChanging(to: &insert)
    try insert.run()
    if connection.changedRows > 0 { return (QueuedWork(workID: item.id, isNew: true), item) }
    guard let known = try open(item.key, in: workspace, connection) else {
      throw StoreError.workExists(item.id)
    }
    return (QueuedWork(workID: known, isNew: false), nil)
  }

  /// Puts work into the queue in somebody's hands; an open item of its key that waits is given to that one instead.
  /// - Returns: the item; `nil` when another one has it.
  static func hold(
    _ hold: WorkHold, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> WorkItem? {
    let queued = try enqueue(hold.draft, at: hold.time, in: workspace, connection).queued
    guard var row = try find(queued.workID, in: workspace, connection), row.item.state == .ready
    else { return nil }
    row.item.claim(by: hold.worker, until: hold.time + hold.lease, at: hold.time)
    try row.save(connection)
    return row.item
  }

  /// Work that comes behind the same work that somebody has already: what it is made of may have been read before.
  static func behindClaimed(
    _ draft: WorkDraft, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> WorkDraft {
    var draft = draft
    while let id = try open(draft.key, in: workspace, connection),
      try find(id, in: workspace, connection)?.item.state == .claimed
    {
      draft.follow(id)
    }
    return draft
  }

  /// The open item of a key.
  static func open(
    _ key: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> WorkID? {
    var select = try connection.prepare(
      """
      SELECT id FROM work_items
      WHERE key = ? AND workspace = ? AND state IN ('ready', 'claimed')
      """)
    select.bind(key)
    select.bind(workspace)
    return try select.step() ? select.identifier() : nil
  }

  static func find(
    _ id: WorkID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> WorkRow? {
    var select = try connection.prepare(
      "SELECT \(columns) FROM work_items WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? WorkRow(reading: &select) : nil
  }

  /// What can be handed out, what is due first first.
  static func ready(
    for role: AgentRoleID, at now: Timestamp, limit: Int, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [WorkRow] {
    var select = try connection.prepare(readySQL)
    select.bind(role)
    select.bind(workspace)
    select.bind(now)
    select.bind(max(0, limit))
    return try all(&select)
  }

  /// Takes back what silent workers have, the longest silent first, and stores it.
  /// - Parameter workspace: `nil` for all.
  static func takeBack(
    at now: Timestamp, limit: Int, in workspace: WorkspaceID?, _ connection: SQLConnection
  ) throws -> [WorkRow] {
    var select = try connection.prepare(silentSQL)
    select.bind(now)
    select.bind(max(0, limit))
    select.bind(workspace)
    var rows = try all(&select)
    for index in rows.indices {
      rows[index].item.takeBack(at: now)
      try rows[index].save(connection)
    }
    return rows
  }

  static func dead(
    of role: AgentRoleID?, limit: Int, after place: WorkPage.Place?, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [WorkRow] {
    var select = try connection.prepare(deadSQL)
    select.bind(workspace)
    select.bind(role)
    select.bind(place?.time ?? Timestamp(milliseconds: .max))
    select.bind(place?.id ?? WorkID(rawValue: ""))
    select.bind(max(0, limit))
    return try all(&select)
  }

  static func open(
    of id: LeadID, limit: Int, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [WorkRow] {
    var select = try connection.prepare(ofLeadSQL)
    select.bind(id)
    select.bind(workspace)
    select.bind(max(0, limit))
    return try all(&select)
  }

  private static func all(_ select: inout SQLStatement) throws -> [WorkRow] {
    var rows: [WorkRow] = []
    while try select.step() { rows.append(try WorkRow(reading: &select)) }
    return rows
  }

  /// Stores what has become of the item.
  func save(_ connection: SQLConnection) throws {
    var update = try connection.prepare(Self.updateSQL)
    item.bindChanging(to: &update)
    update.bind(row)
    try update.run()
  }

  private init(reading statement: inout SQLStatement) throws {
    row = statement.integer()
    workspace = statement.identifier()
    let id = statement.identifier(WorkID.self)
    let kind = statement.identifier(WorkKind.self)
    let role = statement.identifier(AgentRoleID.self)
    let leadID = statement.optionalIdentifier(LeadID.self)
    let subject = statement.optionalText()
    let key = statement.text()
    let dueAt = statement.timestamp()
    let maxAttempts = Int(statement.integer())
    let createdAt = statement.timestamp()
    let draft = WorkDraft(
      id: id, kind: kind, role: role, leadID: leadID, subject: subject, key: key, dueAt: dueAt,
      maxAttempts: maxAttempts, payload: try statement.object())
    item = WorkItem(draft, at: createdAt)
    item.state = try statement.choice()
    item.attempts = Int(statement.integer())
    item.notBefore = statement.timestamp()
    item.claim = statement.integer()
    item.worker = statement.optionalText()
    item.leaseUntil = statement.optionalTimestamp()
    item.updatedAt = statement.timestamp()
    item.lastError = statement.optionalText()
    // The result is the last column; whether there is one has to be known before it is read as JSON.
    if let text = statement.optionalText() {
      guard let result = (try? JSONParser().parse(Array(text.utf8)))?.objectValue else {
        throw StoreError(.corrupt, "The database holds malformed JSON")
      }
      item.result = result
    }
  }
}

extension WorkItem {
  fileprivate func bindChanging(to statement: inout SQLStatement) {
    statement.bind(state)
    statement.bind(attempts)
    statement.bind(notBefore)
    statement.bind(claim)
    statement.bind(worker)
    statement.bind(leaseUntil)
    statement.bind(updatedAt)
    statement.bind(lastError)
    statement.bind(result.map { String(decoding: $0.jsonBytes, as: UTF8.self) })
  }
}
