import JSONRPC

/// Reads rows of the data set's tables of memory as records.
struct MemoryRows: Sendable {
  /// When the import began: what is remembered of a row is recorded then.
  let time: Timestamp
  let analyze: @Sendable (String) -> AnalyzedText

  /// A row with what it says; nothing when all of it is over.
  /// - Parameter row: names itself within its table.
  func remembered(
    _ row: RawRow, of table: DatasetTable, _ cells: Cells
  ) throws(CellProblem) -> RememberedRow {
    var (records, over, since): ([MemoryRecord], [MemoryID], Timestamp?) = ([], [], nil)
    switch table {
    case .memoryShortTerm:
      records = try context(cells, row.key)
      if records.isEmpty { over = [Self.name(of: row.key, in: table)] }
    case .memoryLongTerm:
      let start = try cells.timestamp(5) ?? time
      records = try facts(cells, row.key, since: start)
      since = start
    default: records = try episode(cells, row.key)
    }
    return RememberedRow(
      row: row, memories: records.map { AnalyzedMemory(record: $0, text: analyze($0.text)) },
      over: over, factsSince: since)
  }

  /// Where a conversation stands: as of a day before it is forgotten.
  private func context(_ cells: Cells, _ key: String) throws(CellProblem) -> [MemoryRecord] {
    let conversation: ConversationID = try cells.required(try cells.identifier(0), 0)
    let end = try cells.required(try cells.timestamp(5), 5)
    guard end > time else { return [] }
    var draft = MemoryDraft()
    draft.conversationID = conversation
    draft.leadID = try cells.identifier(1)
    draft.text = cells.text(2)
    draft.context = ConversationContext(
      intent: cells.text(3), slots: try object(cells, 4) ?? [:])
    draft.validFrom = min(time, end + .days(-1))
    var record = try record(draft, .memoryShortTerm, key, [])
    record.expiresAt = end
    return [record]
  }

  /// What holds of a lead since its row was last changed: a fact for each column and each preference.
  private func facts(
    _ cells: Cells, _ key: String, since: Timestamp
  ) throws(CellProblem) -> [MemoryRecord] {
    let lead: LeadID = try cells.required(try cells.identifier(0), 0)
    var facts: [Fact] = []
    for (column, key) in [(1, "region"), (2, "industry")] {
      if let text = cells.text(column) { facts.append(Fact(key: key, value: .string(text))) }
    }
    if let score = try cells.number(3, in: 0...1) {
      facts.append(Fact(key: "rfm_score", value: JSONValue(score)))
    }
    // The columns' names are taken also where their cells are empty.
    var taken: Set = ["region", "industry", "rfm_score"]
    for member in try object(cells, 4) ?? [:] {
      let key = CellText.folded(Array(member.key.utf8)[...])
      guard NewRelation.isWord(key) else {
        throw cells.problem(
          4, "found a preference that is not called by 1 to 64 letters, digits and '_'")
      }
      guard taken.insert(key).inserted else {
        throw cells.problem(
          4,
          "found a preference that is called as a column or as another preference, expected a "
            + "name of its own for each")
      }
      facts.append(Fact(key: key, value: member.value))
    }
    var records: [MemoryRecord] = []
    for fact in facts {
      var draft = MemoryDraft()
      draft.leadID = lead
      draft.fact = fact
      draft.validFrom = since
      // Another value is another record.
      records.append(
        try record(
          draft, .memoryLongTerm, key,
          [fact.key, JSONWriter.text(of: fact.value), since.iso8601]))
    }
    return records
  }

  private func episode(_ cells: Cells, _ key: String) throws(CellProblem) -> [MemoryRecord] {
    var actions: [String] = []
    let column = cells.columns.names[2]
    if !cells.bytes(2).isEmpty {
      for value in try Cells.json(cells.bytes(2), column: column).arrayValue ?? [] {
        guard let action = value.stringValue, !action.isEmpty else {
          throw cells.problem(2, "found an action that is no text, expected an array of texts")
        }
        actions.append(action)
      }
    }
    var draft = MemoryDraft()
    draft.text = cells.text(4)
    draft.episode = Episode(
      situation: try cells.required(cells.text(1), 1), actions: actions,
      outcome: try cells.number(3, in: 0...1))
    return [try record(draft, .memoryEpisodic, key, [])]
  }

  private func object(_ cells: Cells, _ column: Int) throws(CellProblem) -> JSONObject? {
    guard !cells.bytes(column).isEmpty else { return nil }
    let value = try Cells.json(cells.bytes(column), column: cells.columns.names[column])
    guard let object = value.objectValue else {
      throw cells.problem(column, "found JSON that is no object, expected one such as {\"key\": 1}")
    }
    return object
  }

  private func record(
    _ draft: MemoryDraft, _ table: DatasetTable, _ key: String, _ parts: [String]
  ) throws(CellProblem) -> MemoryRecord {
    var draft = draft
    draft.source = table.name
    draft.reference = key
    do throws(InvalidMemory) {
      return try draft.record(
        newName: Self.name(of: key, in: table, parts), author: table.name,
        settings: MemorySettings(), now: time)
    } catch {
      throw CellProblem(
        column: nil, reason: error.errors.map(\.description).joined(separator: "; "))
    }
  }

  /// What a row's record is called whenever the row is read.
  private static func name(
    of key: String, in table: DatasetTable, _ parts: [String] = []
  ) -> MemoryID {
    var fingerprint = Fingerprint()
    for part in [table.name, key] + parts { fingerprint.add(field: part.utf8) }
    return MemoryID(rawValue: "mem_\(fingerprint.text)")
  }
}
