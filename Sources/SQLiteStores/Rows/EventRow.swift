import JSONRPC
import Marketing

/// An event ready for its table: encoded, its personal values encrypted.
struct EventRow: Sendable {
  let event: Event
  let workspace: WorkspaceID
  let facts: [UInt8]
  /// What `LeadKey.seal` made of the personal values.
  let personal: [UInt8]?

  private static let columns =
    "workspace, id, kind, lead_id, campaign_id, occurred_at, actor, facts"

  private static let insertSQL = """
    INSERT INTO events (\(columns), personal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  private static let selectAfterSQL = """
    SELECT sequence, \(columns) FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?
    """

  private static let selectOfLeadSQL = """
    SELECT sequence, \(columns), personal FROM events WHERE lead_id = ? AND workspace = ?
    ORDER BY sequence LIMIT ?
    """

  func append(to connection: SQLConnection) throws {
    var insert = try connection.prepare(Self.insertSQL)
    insert.bind(workspace)
    insert.bind(event.id)
    insert.bind(event.kind)
    insert.bind(event.leadID)
    insert.bind(event.campaignID)
    insert.bind(event.occurredAt)
    insert.bind(event.actor)
    insert.bind(text: facts)
    insert.bind(blob: personal)
    try insert.run()
  }

  static func latestSequence(in connection: SQLConnection) throws -> Int64 {
    try connection.integer("SELECT max(sequence) FROM events") ?? 0
  }

  static func events(
    after sequence: Int64, limit: Int, in connection: SQLConnection
  ) throws -> [LoggedEvent] {
    var select = try connection.prepare(selectAfterSQL)
    select.bind(sequence)
    select.bind(max(0, limit))
    var events: [LoggedEvent] = []
    while try select.step() { events.append(try LoggedEvent(reading: &select)) }
    return events
  }

  /// A lead's events, each with its encrypted personal values.
  static func events(
    of id: LeadID, limit: Int, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [(logged: LoggedEvent, personal: [UInt8]?)] {
    var select = try connection.prepare(selectOfLeadSQL)
    select.bind(id)
    select.bind(workspace)
    select.bind(max(0, limit))
    var events: [(logged: LoggedEvent, personal: [UInt8]?)] = []
    while try select.step() {
      events.append((try LoggedEvent(reading: &select), select.optionalBlob()))
    }
    return events
  }
}

extension LoggedEvent {
  fileprivate init(reading statement: inout SQLStatement) throws {
    let sequence = statement.integer()
    let workspace = statement.identifier(WorkspaceID.self)
    let id = statement.identifier(EventID.self)
    let kind = Event.Kind(rawValue: statement.text())
    let leadID = statement.optionalIdentifier(LeadID.self)
    let campaignID = statement.optionalIdentifier(CampaignID.self)
    let occurredAt = statement.timestamp()
    let actor = statement.text()
    self.init(
      sequence: sequence, workspace: workspace,
      event: Event(
        id: id, kind: kind, leadID: leadID, campaignID: campaignID, occurredAt: occurredAt,
        actor: actor, facts: try statement.object()))
  }
}
