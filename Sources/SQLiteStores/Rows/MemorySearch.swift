import Marketing

/// The statement that lists records.
struct MemorySearch: Sendable {
  private enum Value: Sendable {
    case text(String)
    case integer(Int64)
  }

  let sql: String
  private let values: [Value]

  init(_ query: MemoryQuery, in workspace: WorkspaceID) {
    var conditions = ["m.workspace = ?"]
    var values: [Value] = [.text(workspace.rawValue)]
    func add(_ condition: String, _ new: Value...) {
      conditions.append(condition)
      values += new
    }
    let (asOf, knownAt) = (query.moment.asOf.milliseconds, query.moment.knownAt.milliseconds)
    // What a lead or a situation has is found by it and sorted: few records against all of a workspace, which
    // the plus keeps from being read in the order of time.
    let time = query.leadID == nil && query.situation == nil ? "m.recorded_at" : "+m.recorded_at"
    add("\(time) <= ?", .integer(knownAt))
    add("(m.retracted_at IS NULL OR m.retracted_at > ?)", .integer(knownAt))
    add("(m.expires_at IS NULL OR m.expires_at > ?)", .integer(query.now.milliseconds))
    if !query.includesPast {
      add("m.valid_from <= ?", .integer(asOf))
      add("(m.valid_to IS NULL OR m.valid_to > ?)", .integer(asOf))
    }
    switch query.reader {
    case .upkeep: break
    case .agent(nil): add("m.role IS NULL")
    case .agent(let role?): add("(m.role IS NULL OR m.role = ?)", .text(role.rawValue))
    }
    // Names of our own. The plus keeps the index of kinds from being taken where another leads to fewer rows,
    // or would not give them in their order.
    let kinds = query.kinds.map { "'\($0.rawValue)'" }.sorted()
    if kinds.count == 1, !query.isNarrow {
      add("m.kind = \(kinds[0])")
    } else if !kinds.isEmpty {
      add("+m.kind IN (\(kinds.joined(separator: ", ")))")
    }
    if let lead = query.leadID { add("m.lead_id = ?", .text(lead.rawValue)) }
    if let conversation = query.conversationID {
      add("m.conversation_id = ?", .text(conversation.rawValue))
    }
    if let isFact = query.isFact { add("m.form \(isFact ? "=" : "<>") 'fact'") }
    if let key = query.factKey { add("m.form = 'fact' AND m.key = ?", .text(key)) }
    if let situation = query.situation {
      add("m.form = 'episode' AND m.key = ?", .text(situation))
    }
    if !query.stems.isEmpty {
      let words = query.stems.flatMap { $0.split(whereSeparator: \.isWhitespace) }
        .map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: " ")
      add(
        "m.row IN (SELECT rowid FROM memory_words WHERE memory_words MATCH ?)", .text(words))
    }
    if let place = query.after {
      add(
        "(\(time), m.id, m.row) < (?, ?, ?)", .integer(place.recordedAt),
        .text(place.id.rawValue), .integer(place.version))
    }
    values.append(.integer(query.limit < .max ? Int64(query.limit) + 1 : .max))
    sql = """
      SELECT \(MemoryRow.selected) FROM memories AS m
      WHERE \(conditions.joined(separator: " AND "))
      ORDER BY \(time) DESC, m.id DESC, m.row DESC LIMIT ?
      """
    self.values = values
  }

  func bind(to statement: inout SQLStatement) {
    for value in values {
      switch value {
      case .text(let text): statement.bind(text)
      case .integer(let integer): statement.bind(integer)
      }
    }
  }
}

extension MemoryQuery {
  /// Whether it asks for what few records have in common.
  fileprivate var isNarrow: Bool {
    leadID != nil || conversationID != nil || factKey != nil || situation != nil || !stems.isEmpty
  }
}
