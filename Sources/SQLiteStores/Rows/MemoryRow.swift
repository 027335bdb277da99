import JSONRPC
import Marketing

/// A version of a record in its table.
struct MemoryRow: Sendable {
  /// What a record holds beside its text, as it is stored.
  private enum Form: String {
    case note, utterance, context, fact, episode, summary
  }

  private static let columns = """
    id, kind, lead_id, conversation_id, role, speaker, text, form, key, content, importance, source,
    source_reference, trust, valid_from, valid_to, recorded_at, retracted_at, expires_at, uses,
    last_used_at, derived_from, stems, traits
    """
  private static let insertSQL = """
    INSERT INTO memories (workspace, lifetime, \(columns))
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  /// The columns that `init(reading:)` reads, of a table that is called `m`.
  static let selected =
    "m.row, "
    + columns.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map { "m.\($0)" }
    .joined(separator: ", ")

  let row: Int64
  let memory: AnalyzedMemory

  /// Reads the columns of `selected`.
  init(reading statement: inout SQLStatement) throws {
    row = statement.integer()
    let id = statement.identifier(MemoryID.self)
    let kind: MemoryKind = try statement.choice()
    let leadID = statement.optionalIdentifier(LeadID.self)
    let conversationID = statement.optionalIdentifier(ConversationID.self)
    let role = statement.optionalIdentifier(AgentRoleID.self)
    let speaker = statement.optionalText()
    let text = statement.text()
    let form: Form = try statement.choice()
    let key = statement.optionalText()
    let content = try Self.content(form, key, statement.optionalText())
    let importance = statement.double()
    let source = MemorySource(name: statement.text(), reference: statement.optionalText())
    var record = MemoryRecord(
      id: id, kind: kind, text: text, content: content, importance: importance, source: source,
      trust: try statement.choice(), validFrom: statement.timestamp(),
      recordedAt: Timestamp(milliseconds: 0))
    (record.leadID, record.conversationID) = (leadID, conversationID)
    (record.role, record.speaker) = (role, speaker)
    record.validTo = statement.optionalTimestamp()
    record.recordedAt = statement.timestamp()
    record.retractedAt = statement.optionalTimestamp()
    record.expiresAt = statement.optionalTimestamp()
    record.uses = Int(statement.integer())
    record.lastUsedAt = statement.optionalTimestamp()
    record.derivedFrom = (statement.optionalText() ?? "").split(separator: " ")
      .map { MemoryID(rawValue: String($0)) }
    let stems = statement.withText { bytes in
      bytes.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    }
    let traits = TextTraits(rawValue: statement.integer())
    memory = AnalyzedMemory(
      record: record, text: AnalyzedText(stems: stems ?? [], traits: traits))
  }

  /// Stores a version and notes the change.
  static func insert(
    _ memory: AnalyzedMemory, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    let record = memory.record
    let (form, key, content) = try fields(of: record.content)
    let stems = memory.text.stems.joined(separator: " ")
    var insert = try connection.prepare(insertSQL)
    insert.bind(workspace)
    insert.bind(record.expiresAt.map { $0.milliseconds - record.recordedAt.milliseconds })
    insert.bind(record.id)
    insert.bind(record.kind)
    insert.bind(record.leadID)
    insert.bind(record.conversationID)
    insert.bind(record.role)
    insert.bind(record.speaker)
    insert.bind(record.text)
    insert.bind(form)
    insert.bind(key)
    insert.bind(content)
    insert.bind(record.importance)
    insert.bind(record.source.name)
    insert.bind(record.source.reference)
    insert.bind(record.trust)
    insert.bind(record.validFrom)
    insert.bind(record.validTo)
    insert.bind(record.recordedAt)
    insert.bind(record.retractedAt)
    insert.bind(record.expiresAt)
    insert.bind(record.uses)
    insert.bind(record.lastUsedAt)
    insert.bind(
      record.derivedFrom.isEmpty
        ? nil : record.derivedFrom.map(\.rawValue).joined(separator: " "))
    insert.bind(stems)
    insert.bind(memory.text.traits.rawValue)
    try insert.run()
    let row = connection.insertedRow
    var words = try connection.prepare("INSERT INTO memory_words (rowid, stems) VALUES (?, ?)")
    words.bind(row)
    words.bind(stems)
    try words.run()
    try note(row, in: workspace, connection)
  }

  /// Deletes a version with its words and notes the change.
  func delete(in workspace: WorkspaceID, _ connection: SQLConnection) throws {
    var words = try connection.prepare(
      "INSERT INTO memory_words (memory_words, rowid, stems) VALUES ('delete', ?, ?)")
    words.bind(row)
    words.bind(memory.text.stems.joined(separator: " "))
    try words.run()
    for table in ["memory_vectors WHERE version", "memories WHERE row"] {
      var delete = try connection.prepare("DELETE FROM \(table) = ?")
      delete.bind(row)
      try delete.run()
    }
    try Self.note(row, isGone: true, in: workspace, connection)
  }

  /// Notes that another version has taken the place of this one.
  func retract(
    at now: Timestamp, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare("UPDATE memories SET retracted_at = ? WHERE row = ?")
    update.bind(now)
    update.bind(row)
    try update.run()
    try Self.note(row, in: workspace, connection)
  }

  /// Notes that a version has changed.
  static func note(
    _ row: Int64, isGone: Bool = false, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      "INSERT OR REPLACE INTO memory_changes (workspace, version, is_gone) VALUES (?, ?, ?)")
    insert.bind(workspace)
    insert.bind(row)
    insert.bind(isGone)
    try insert.run()
  }

  private static func fields(
    of content: MemoryContent
  ) throws -> (form: Form, key: String?, content: String?) {
    switch content {
    case .note: (.note, nil, nil)
    case .utterance: (.utterance, nil, nil)
    case .summary: (.summary, nil, nil)
    case .context(let context): (.context, context.intent, text(of: .object(context.slots)))
    case .fact(let fact): (.fact, fact.key, text(of: fact.value))
    case .episode(let episode):
      (
        .episode, episode.situation,
        text(
          of: .object([
            "actions": .array(episode.actions.map(JSONValue.string)),
            "outcome": episode.outcome.map { JSONValue($0) } ?? .null,
          ]))
      )
    }
  }

  private static func text(of value: JSONValue) -> String {
    String(decoding: JSONWriter.bytes(of: value), as: UTF8.self)
  }

  private static func content(
    _ form: Form, _ key: String?, _ text: String?
  ) throws -> MemoryContent {
    let value = try text.map { try JSONParser().parse(Array($0.utf8)) } ?? .null
    switch form {
    case .note: return .note
    case .utterance: return .utterance
    case .summary: return .summary
    case .context:
      return .context(ConversationContext(intent: key, slots: value.objectValue ?? [:]))
    case .fact: return .fact(Fact(key: key ?? "", value: value))
    case .episode:
      return .episode(
        Episode(
          situation: key ?? "",
          actions: (value["actions"]?.arrayValue ?? []).compactMap(\.stringValue),
          outcome: value["outcome"]?.doubleValue))
    }
  }
}
