import JSONRPC
import Marketing
import Sealing

/// A handoff as its table keeps it.
struct HandoffRow: Sendable {
  let row: Int64
  let workspace: WorkspaceID
  var handoff: Handoff

  /// What `read` reads.
  static let columns = """
    row, workspace, id, lead_id, number, sender, sender_role, receiver_role, reason, state, score, \
    completeness, consistency, freshness, relevance, gaps, attempts, tokens, prepared_at, offered_at, \
    expires_at, accepted_by, accepted_at, lease_until, rejected_by, rejection, work_id, content_hash, \
    previous_hash
    """

  private static let insertSQL = """
    INSERT INTO handoffs (
      workspace, id, lead_id, number, sender, sender_role, receiver_role, reason, state, score,
      completeness, consistency, freshness, relevance, gaps, attempts, tokens, prepared_at,
      work_id, content_hash, previous_hash, packet)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    RETURNING row
    """

  init(reading select: inout SQLStatement) throws {
    row = select.integer()
    workspace = select.identifier()
    let id = select.identifier(HandoffID.self)
    let leadID = select.identifier(LeadID.self)
    let number = Int(select.integer())
    let sender = select.text()
    let senderRole = select.identifier(AgentRoleID.self)
    let receiverRole = select.identifier(AgentRoleID.self)
    let reason = select.text()
    let state: Handoff.State = try select.choice()
    let quality = HandoffQuality(
      score: select.double(), completeness: select.double(), consistency: select.double(),
      freshness: select.double(), relevance: select.double())
    let gaps = try select.array().compactMap(\.stringValue)
    let attempts = Int(select.integer())
    let tokens = Int(select.integer())
    handoff = Handoff(
      id: id,
      header: HandoffPacket.Header(
        leadID: leadID, sender: senderRole, receiver: receiverRole, reason: reason,
        preparedAt: select.timestamp()),
      sender: sender, state: state, quality: quality, gaps: gaps, attempts: attempts,
      tokens: tokens)
    handoff.number = number
    handoff.offeredAt = select.optionalTimestamp()
    handoff.expiresAt = select.optionalTimestamp()
    handoff.acceptedBy = select.optionalText()
    handoff.acceptedAt = select.optionalTimestamp()
    handoff.leaseUntil = select.optionalTimestamp()
    handoff.rejectedBy = select.optionalText()
    handoff.rejection = select.optionalText()
    handoff.workID = select.optionalText()
    handoff.contentHash = select.text()
    handoff.previousHash = select.optionalText()
  }

  /// The handoff of a name, and where `packet` is wanted the sealed packet.
  static func find(
    _ id: HandoffID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> (row: HandoffRow, packet: [UInt8]?)? {
    var select = try connection.prepare(
      "SELECT \(columns), packet FROM handoffs WHERE id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    guard try select.step() else { return nil }
    return (try HandoffRow(reading: &select), select.optionalBlob())
  }

  /// The last handoff of a lead with its sealed packet.
  static func latest(
    of lead: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> (row: HandoffRow, packet: [UInt8]?)? {
    var select = try connection.prepare(
      """
      SELECT \(columns), packet FROM handoffs WHERE lead_id = ? AND workspace = ?
      ORDER BY number DESC LIMIT 1
      """)
    select.bind(lead)
    select.bind(workspace)
    guard try select.step() else { return nil }
    return (try HandoffRow(reading: &select), select.optionalBlob())
  }

  /// A lead's handoffs that are offered or accepted, in the order of their numbers.
  static func taken(
    of lead: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Handoff] {
    var select = try connection.prepare(
      """
      SELECT \(columns) FROM handoffs
      WHERE lead_id = ? AND workspace = ? AND state IN ('offered', 'accepted') ORDER BY number
      """)
    select.bind(lead)
    select.bind(workspace)
    var found: [Handoff] = []
    while try select.step() { found.append(try HandoffRow(reading: &select).handoff) }
    return found
  }

  /// Offers of every workspace whose time is over, the first to end first.
  static func due(
    by now: Timestamp, limit: Int, _ connection: SQLConnection
  ) throws -> [HandoffRow] {
    var select = try connection.prepare(
      """
      SELECT \(columns) FROM handoffs WHERE state = 'offered' AND expires_at <= ?
      ORDER BY expires_at, id LIMIT ?
      """)
    select.bind(now)
    select.bind(max(0, limit))
    var found: [HandoffRow] = []
    while try select.step() { found.append(try HandoffRow(reading: &select)) }
    return found
  }

  /// What lists the handoffs that match.
  static func listSQL(_ query: HandoffQuery) -> String {
    var conditions = ["workspace = ?"]
    if query.leadID != nil { conditions.append("lead_id = ?") }
    // A lead has few: those to a role are many, and `+` keeps SQLite from going through them.
    let mark = query.leadID == nil ? "" : "+"
    if query.receiverRole != nil { conditions.append("\(mark)receiver_role = ?") }
    if !query.states.isEmpty {
      conditions.append(
        "\(mark)state IN (\(query.states.map { _ in "?" }.joined(separator: ", ")))")
    }
    if query.after != nil {
      conditions.append("(prepared_at < ? OR prepared_at = ? AND id > ?)")
    }
    return """
      SELECT \(columns) FROM handoffs WHERE \(conditions.joined(separator: " AND "))
      ORDER BY prepared_at DESC, id LIMIT ?
      """
  }

  /// Handoffs that match, up to one more than the query's limit.
  static func list(
    _ query: HandoffQuery, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Handoff] {
    var select = try connection.prepare(listSQL(query))
    select.bind(workspace)
    if let lead = query.leadID { select.bind(lead) }
    if let role = query.receiverRole { select.bind(role) }
    for state in query.states.sorted(by: { $0.rawValue < $1.rawValue }) { select.bind(state) }
    if let after = query.after {
      select.bind(after.time)
      select.bind(after.time)
      select.bind(after.id)
    }
    select.bind(query.limit + 1)
    var found: [Handoff] = []
    while try select.step() { found.append(try HandoffRow(reading: &select).handoff) }
    return found
  }

  /// The links of a lead's chain in their order.
  /// - Parameter numbers: of which.
  static func chain(
    of lead: LeadID, _ numbers: ClosedRange<Int> = 0...Int.max, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [HandoffChain.Link] {
    var select = try connection.prepare(
      """
      SELECT id, number, packet, content_hash, previous_hash FROM handoffs
      WHERE lead_id = ? AND workspace = ? AND number BETWEEN ? AND ? ORDER BY number
      """)
    select.bind(lead)
    select.bind(workspace)
    select.bind(numbers.lowerBound)
    select.bind(numbers.upperBound)
    var links: [HandoffChain.Link] = []
    while try select.step() {
      links.append(
        HandoffChain.Link(
          id: select.identifier(), number: Int(select.integer()),
          ciphertext: select.optionalBlob() ?? [], contentHash: select.text(),
          previousHash: select.optionalText()))
    }
    return links
  }

  /// Stores a new handoff behind the end of its lead's chain, also when the last link was taken out: that shows
  /// then.
  /// - Returns: its row, with its number and seals.
  /// - Throws: `.corrupt` when the end is not as it was stored.
  static func insert(
    _ handoff: Handoff, packet: [UInt8], _ key: LeadKey, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> HandoffRow {
    let lead = handoff.leadID
    let head = try HandoffHead.find(of: lead, key, in: workspace, connection)
    if head == nil, try !chain(of: lead, in: workspace, connection).isEmpty {
      throw StoreError.brokenChain(of: lead)
    }
    var handoff = handoff
    handoff.number = (head?.number ?? 0) + 1
    handoff.previousHash = head?.contentHash
    handoff.contentHash = try HandoffChain.seal(
      packet, behind: head?.contentHash, by: key.sealPacket)
    let end = HandoffChain.Head(
      number: handoff.number, id: handoff.id, contentHash: handoff.contentHash)
    try HandoffHead.store(end, of: lead, key, in: workspace, connection)
    var insert = try connection.prepare(insertSQL)
    insert.bind(workspace)
    insert.bind(handoff.id)
    insert.bind(handoff.leadID)
    insert.bind(handoff.number)
    insert.bind(handoff.sender)
    insert.bind(handoff.senderRole)
    insert.bind(handoff.receiverRole)
    insert.bind(handoff.reason)
    insert.bind(handoff.state)
    insert.bind(handoff.quality.score)
    insert.bind(handoff.quality.completeness)
    insert.bind(handoff.quality.consistency)
    insert.bind(handoff.quality.freshness)
    insert.bind(handoff.quality.relevance)
    insert.bind(text: JSONWriter.bytes(of: .array(handoff.gaps.map(JSONValue.string))))
    insert.bind(handoff.attempts)
    insert.bind(handoff.tokens)
    insert.bind(handoff.preparedAt)
    insert.bind(handoff.workID)
    insert.bind(handoff.contentHash)
    insert.bind(handoff.previousHash)
    insert.bind(blob: packet)
    guard try insert.step() else { throw StoreError.handoffExists(handoff.id) }
    return HandoffRow(row: insert.integer(), workspace: workspace, handoff: handoff)
  }

  private init(row: Int64, workspace: WorkspaceID, handoff: Handoff) {
    self.row = row
    self.workspace = workspace
    self.handoff = handoff
  }

  /// Lets receivers accept a handoff, with the work of doing so; one that is on offer already stays as it is.
  mutating func offer(
    at now: Timestamp, until end: Timestamp, work: (@Sendable (Handoff) -> WorkDraft)?,
    event: @Sendable (Handoff) -> Event, _ connection: SQLConnection
  ) throws {
    guard try handoff.offer(at: now, until: end) else { return }
    for other in try Self.taken(of: handoff.leadID, in: workspace, connection) {
      let isDone = try Self.isWorkDone(of: other, in: workspace, connection)
      if other.holdsBack(handoff, at: now, isDone: isDone) {
        throw StoreError.heldBack(by: other)
      }
    }
    try endWork(as: .expired, at: now, connection)
    if let work {
      let queued = try WorkRow.enqueue(work(handoff), at: now, in: workspace, connection).queued
      handoff.workID = queued.workID.rawValue
    }
    try store(.offered, event(handoff), connection)
  }

  /// Gives a handoff to a receiver.
  mutating func accept(
    by receiver: String, lease: Duration, at now: Timestamp,
    event: @Sendable (Handoff) -> Event, _ connection: SQLConnection
  ) throws {
    if try handoff.accept(by: receiver, lease: lease, at: now) {
      try store(.accepted, event(handoff), connection)
    } else {
      try update(connection)
    }
  }

  /// Stores where a handoff stands now.
  func update(_ connection: SQLConnection) throws {
    var update = try connection.prepare(
      """
      UPDATE handoffs SET state = ?, offered_at = ?, expires_at = ?, accepted_by = ?,
        accepted_at = ?, lease_until = ?, rejected_by = ?, rejection = ?, work_id = ?
      WHERE row = ?
      """)
    update.bind(handoff.state)
    update.bind(handoff.offeredAt)
    update.bind(handoff.expiresAt)
    update.bind(handoff.acceptedBy)
    update.bind(handoff.acceptedAt)
    update.bind(handoff.leaseUntil)
    update.bind(handoff.rejectedBy)
    update.bind(handoff.rejection)
    update.bind(handoff.workID)
    update.bind(row)
    try update.run()
  }

  /// Whether the work that stands for a handoff is done.
  static func isWorkDone(
    of handoff: Handoff, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    guard let id = handoff.workID.map(WorkID.init(rawValue:)) else { return false }
    return try WorkRow.find(id, in: workspace, connection)?.item.state == .done
  }

  /// Ends the receivers' work on the handoff, which is not theirs any more.
  func endWork(as state: Handoff.State, at now: Timestamp, _ connection: SQLConnection) throws {
    guard let id = handoff.workID.map(WorkID.init(rawValue:)),
      var work = try WorkRow.find(id, in: workspace, connection), work.item.isOpen
    else { return }
    work.item.complete(["handoff": .string(state.rawValue)], at: now)
    try work.save(connection)
  }

  /// Ends the receivers' work, and puts the sender's into the queue unless a later handoff is on its way.
  func giveBack(
    _ work: (@Sendable (Handoff) -> WorkDraft)?, at now: Timestamp, _ connection: SQLConnection
  ) throws {
    try endWork(as: handoff.state, at: now, connection)
    let others = try Self.taken(of: handoff.leadID, in: workspace, connection)
    let isOnItsWay = others.contains { $0.number > handoff.number && $0.isOpen(at: now) }
    guard let work, !isOnItsWay else { return }
    try WorkRow.enqueue(work(handoff), at: now, in: workspace, connection)
  }

  /// Stores a change with its event and the step that it is.
  /// - Parameter event: without personal values.
  func store(_ change: HandoffChange, _ event: Event, _ connection: SQLConnection) throws {
    try update(connection)
    try EventRow(event, key: nil, in: workspace).append(to: connection)
    if let move = change.move(by: event, handoff) {
      try JourneyRow.advance(handoff.leadID, move, in: workspace, connection)
    }
  }
}
