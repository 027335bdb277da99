import JSONRPC
import Marketing
import Sealing

/// A message in its table.
struct OutboxRow {
  let row: Int64
  let workspace: WorkspaceID
  /// Without what is sealed, until it is opened.
  var entry: OutboxEntry
  /// The hash of where it goes; `nil` where that is no address, or was not noted.
  let address: Int64?
  private let content: [UInt8]
  private let answerCode: String?
  private let answer: [UInt8]?

  static let selected = """
    row, workspace, id, lead_id, engagement_id, campaign_id, variant_id, step, channel, purpose,
    idempotency_key, created_at, max_attempts, content, state, not_before, attempts, claim,
    lease_until, is_possible_duplicate, answer_code, answer, cancel_reason, settled_at,
    address
    """

  init(reading statement: inout SQLStatement) throws {
    row = statement.integer()
    workspace = statement.identifier()
    let id = statement.identifier(MessageID.self)
    let lead = statement.identifier(LeadID.self)
    let engagement = statement.optionalIdentifier(EngagementID.self)
    let campaign = statement.optionalIdentifier(CampaignID.self)
    let variant = statement.optionalText()
    let step = statement.optionalInteger()
    let channel = try statement.choice(OutreachChannel.self)
    let purpose = try statement.choice(OutreachPurpose.self)
    let key = statement.text()
    var message = OutboundMessage(
      id: id, leadID: lead, channel: channel, purpose: purpose, destination: "",
      content: MessageContent(subject: "", text: ""), idempotencyKey: key,
      createdAt: statement.timestamp())
    message.engagementID = engagement
    message.campaignID = campaign
    message.variantID = variant
    message.step = step.map { Int($0) }
    message.maxAttempts = Int(statement.integer())
    content = statement.optionalBlob() ?? []
    let state = try statement.choice(OutboxEntry.State.self)
    message.notBefore = statement.timestamp()
    entry = OutboxEntry(message)
    entry.state = state
    entry.attempts = Int(statement.integer())
    entry.claim = statement.integer()
    entry.leaseUntil = statement.optionalTimestamp()
    entry.isPossibleDuplicate = statement.integer() != 0
    answerCode = statement.optionalText()
    answer = statement.optionalBlob()
    entry.answer = answerCode.map { DeliveryAnswer($0) }
    entry.cancelReason = statement.optionalText()
    entry.settledAt = statement.optionalTimestamp()
    address = statement.optionalInteger()
  }

  /// Opens what is sealed.
  /// - Returns: `nil` when the lead has no key any more, or another than the message was sealed with.
  func opened(_ keys: inout OutboxKeys) throws -> OutboxEntry? {
    let message = entry.message
    guard let key = try keys.key(of: message.leadID, in: workspace),
      let object = try key.open(content, of: Self.sealName(message.id))
    else { return nil }
    guard let read = MessageContent.reading(object) else {
      throw StoreError(.corrupt, "A message's content is malformed")
    }
    var opened = entry
    opened.message.destination = read.destination
    opened.message.content = read.content
    if let answerCode, let answer,
      let text = try key.open(answer, of: Self.sealName(message.id, "answer"))?["text"]?.stringValue
    {
      opened.answer = DeliveryAnswer(answerCode, text)
    }
    return opened
  }

  /// Opens what is sealed, unless nobody can read it.
  func readable(_ keys: inout OutboxKeys) throws -> OutboxEntry? {
    do {
      return try opened(&keys)
    } catch let error as StoreError where error.code == .corrupt {
      return nil
    } catch is SealingError {
      return nil
    }
  }

  /// Writes what changed of a message since it was opened. Its content stays as it is.
  func update(
    from opened: OutboxEntry, to entry: OutboxEntry, key: LeadKey?, _ connection: SQLConnection
  ) throws {
    var changed = self
    changed.entry = entry
    try changed.updateState(connection)
    guard let answer = entry.answer, answer != opened.answer else { return }
    var update = try connection.prepare(
      "UPDATE outbox SET answer_code = ?, answer = ? WHERE row = ?")
    update.bind(answer.code)
    update.bind(
      blob: try key?.seal(
        ["text": .string(answer.text)], for: Self.sealName(entry.message.id, "answer")))
    update.bind(row)
    try update.run()
  }

  /// What a message's values are sealed for. Names of events have no `/`.
  private static func sealName(_ id: MessageID, _ part: String = "content") -> EventID {
    EventID(rawValue: "outbox/\(part)/\(id.rawValue)")
  }
}

// Storing, also within the transactions of other stores.
extension OutboxRow {
  /// Stores messages within the writer's transaction. One whose idempotency key is known is not stored again.
  /// - Returns: the names under which they are stored, and how many are new.
  /// - Throws: `.notFound` when a lead is not stored; `.conflict` when the name of a new one is taken.
  static func enqueue(
    _ messages: [OutboundMessage], ring: KeyRing, hasher: LeadHasher, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> (ids: [MessageID], new: Int) {
    var keys = OutboxKeys(ring: ring, connection: connection)
    var ids: [MessageID] = []
    var new = 0
    for message in messages {
      guard let key = try keys.key(of: message.leadID, in: workspace) else {
        throw StoreError.noSuchLead(message.leadID)
      }
      if let known = try find(key: message.idempotencyKey, in: workspace, connection) {
        ids.append(known)
        continue
      }
      guard try find(message.id, in: workspace, connection) == nil else {
        throw StoreError.messageExists(message.id)
      }
      try insert(
        message, sealed: key.seal(message.sealed, for: sealName(message.id)),
        address: message.address.map { hasher.hash(of: $0, in: workspace) }, in: workspace,
        connection)
      ids.append(message.id)
      new += 1
    }
    return (ids, new)
  }

  private static func insert(
    _ message: OutboundMessage, sealed: [UInt8], address: Int64?, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      """
      INSERT INTO outbox (workspace, id, lead_id, engagement_id, campaign_id, variant_id, step,
        channel, purpose, idempotency_key, created_at, max_attempts, content, state, not_before,
        attempts, claim, is_possible_duplicate, address)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, 0, 0, 0, ?)
      """)
    insert.bind(workspace)
    insert.bind(message.id)
    insert.bind(message.leadID)
    insert.bind(message.engagementID)
    insert.bind(message.campaignID)
    insert.bind(message.variantID)
    insert.bind(message.step.map { Int64($0) })
    insert.bind(message.channel.rawValue)
    insert.bind(message.purpose.rawValue)
    insert.bind(message.idempotencyKey)
    insert.bind(message.createdAt)
    insert.bind(message.maxAttempts)
    insert.bind(blob: sealed)
    insert.bind(message.notBefore)
    insert.bind(address)
    try insert.run()
  }

  private static func find(
    key: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> MessageID? {
    var select = try connection.prepare(
      "SELECT id FROM outbox WHERE idempotency_key = ? AND workspace = ?")
    select.bind(key)
    select.bind(workspace)
    return try select.step() ? select.identifier() : nil
  }

  /// A message's row; `nil` when there is none of this name.
  static func find(
    _ id: MessageID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> OutboxRow? {
    var select = try connection.prepare(
      "SELECT \(selected) FROM outbox WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? OutboxRow(reading: &select) : nil
  }

  /// The messages whose attempts are used up, the latest first.
  static func dead(
    limit: Int, after place: OutboxPage.Place?, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [OutboxRow] {
    let condition = place == nil ? "" : "AND (settled_at, id) < (?, ?)"
    var select = try connection.prepare(
      """
      SELECT \(selected) FROM outbox WHERE state = 'dead' AND workspace = ? \(condition)
      ORDER BY settled_at DESC, id DESC LIMIT ?
      """)
    select.bind(workspace)
    if let place {
      select.bind(place.time)
      select.bind(place.id)
    }
    select.bind(limit)
    var rows: [OutboxRow] = []
    while try select.step() { rows.append(try OutboxRow(reading: &select)) }
    return rows
  }

  /// The first message of an engagement that was given up; `nil` when none was.
  static func dead(
    of engagement: EngagementID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> MessageID? {
    var select = try connection.prepare(
      """
      SELECT id FROM outbox INDEXED BY outbox_of_engagement
      WHERE engagement_id = ? AND workspace = ? AND state = 'dead' ORDER BY row LIMIT 1
      """)
    select.bind(engagement)
    select.bind(workspace)
    return try select.step() ? select.identifier() : nil
  }

  /// What lists the messages that are meant, and the name in it.
  static func allSQL(_ scope: OutboxScope) -> (sql: String, name: String) {
    let (condition, name) =
      switch scope {
      case .lead(let id): ("lead_id = ?", id.rawValue)
      case .engagement(let id): ("engagement_id = ?", id.rawValue)
      case .marketing(let id): ("purpose = 'marketing' AND lead_id = ?", id.rawValue)
      }
    // A condition of our own.
    return (
      "SELECT \(selected) FROM outbox WHERE \(condition) AND workspace = ? ORDER BY row LIMIT ?",
      name
    )
  }

  /// The messages that are meant in the order they were stored.
  static func all(
    _ scope: OutboxScope, limit: Int, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [OutboxRow] {
    let (sql, name) = allSQL(scope)
    var select = try connection.prepare(sql)
    select.bind(name)
    select.bind(workspace)
    select.bind(max(0, limit))
    var rows: [OutboxRow] = []
    while try select.step() { rows.append(try OutboxRow(reading: &select)) }
    return rows
  }

  /// Takes back what has not been sent, within the writer's transaction.
  static func cancel(
    _ scope: OutboxScope, reason: String, at now: Timestamp, ring: KeyRing,
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [MessageID] {
    var ids: [MessageID] = []
    for var found in try all(scope, limit: .max, in: workspace, connection)
    where found.entry.cancel(reason: reason, at: now) {
      try found.updateState(connection)
      ids.append(found.entry.message.id)
      if let engagement = found.entry.message.engagementID {
        try EngagementRow.noteFinished(engagement, in: workspace, connection)
      }
    }
    return ids
  }

  /// Writes what changes of a message but for the answer.
  func updateState(_ connection: SQLConnection) throws {
    var update = try connection.prepare(
      """
      UPDATE outbox SET state = ?, not_before = ?, attempts = ?, claim = ?, lease_until = ?,
        is_possible_duplicate = ?, cancel_reason = ?, settled_at = ?
      WHERE row = ?
      """)
    update.bind(entry.state.rawValue)
    update.bind(entry.message.notBefore)
    update.bind(entry.attempts)
    update.bind(entry.claim)
    update.bind(entry.leaseUntil)
    update.bind(entry.isPossibleDuplicate)
    update.bind(entry.cancelReason)
    update.bind(entry.settledAt)
    update.bind(row)
    try update.run()
  }
}

/// The keys of leads that one transaction has looked up.
struct OutboxKeys {
  private struct Owner: Hashable {
    let lead: LeadID
    let workspace: WorkspaceID
  }

  private let ring: KeyRing
  private let connection: SQLConnection
  private var keys: [Owner: LeadKey] = [:]

  init(ring: KeyRing, connection: SQLConnection) {
    self.ring = ring
    self.connection = connection
  }

  /// The lead's key; `nil` when it has none.
  mutating func key(of lead: LeadID, in workspace: WorkspaceID) throws -> LeadKey? {
    let owner = Owner(lead: lead, workspace: workspace)
    if let known = keys[owner] { return known }
    let found = try LeadKey.find(for: lead, in: workspace, ring: ring, connection)
    keys[owner] = found
    return found
  }
}
