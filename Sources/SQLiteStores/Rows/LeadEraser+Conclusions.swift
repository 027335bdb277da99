import Marketing

extension LeadEraser {
  /// Deletes what was summarised from erased records, and what was summarised from that: summaries hold their
  /// originals' words.
  /// - Parameter ids: the names that are gone; those of the summaries are added.
  /// - Returns: how many summaries were deleted.
  func eraseSummaries(of ids: inout Set<OwnedMemoryID>) throws -> Int {
    var deleted = 0
    while true {
      let found = try summaries(of: ids)
      if found.isEmpty { return deleted }
      for summary in found {
        try MemoryRow.find(summary.row, connection)?.delete(in: workspace, connection)
        ids.insert(summary.id)
        deleted += 1
      }
    }
  }

  /// The versions of summaries that name one of some records as their original.
  func summaries(of ids: Set<OwnedMemoryID>) throws -> [(row: Int64, id: OwnedMemoryID)] {
    var select = try connection.prepare(
      """
      SELECT row, id, role, derived_from FROM memories INDEXED BY memories_of_summary
      WHERE workspace = ? AND form = 'summary'
      """)
    select.bind(workspace)
    var found: [(row: Int64, id: OwnedMemoryID)] = []
    while try select.step() {
      let row = select.integer()
      let id = select.identifier(MemoryID.self)
      let role = select.optionalIdentifier(AgentRoleID.self)
      let origins = (select.optionalText() ?? "").split(separator: " ")
      if origins.contains(where: {
        ids.contains(original: MemoryID(rawValue: String($0)), ofSummaryOf: role)
      }) {
        found.append((row, OwnedMemoryID(id, role)))
      }
    }
    return found
  }

  /// Takes erased episodes out of what was concluded from them. A conclusion that rests on no others, or whose
  /// role has none of the situation any more, goes with them.
  /// - Parameter ids: the names that are gone.
  /// - Returns: the names of the conclusions that were deleted, one for each version.
  func eraseConclusions(
    from erased: [MemoryRecord], _ ids: Set<OwnedMemoryID>, at now: Timestamp
  ) throws -> [LearnedSituation: [MemoryID]] {
    var deleted: [LearnedSituation: [MemoryID]] = [:]
    for situation in Set(erased.compactMap { $0.episode?.situation }) {
      for row in try conclusions(of: situation) {
        let record = row.memory.record
        let origins = record.derivedFrom.filter { !ids.contains(OwnedMemoryID($0, record.role)) }
        let isEmptied = origins.isEmpty && !record.derivedFrom.isEmpty
        if try isEmptied || !hasEpisodes(of: situation, role: record.role, at: now) {
          try row.delete(in: workspace, connection)
          deleted[LearnedSituation(situation, role: record.role), default: []].append(record.id)
        } else if origins.count < record.derivedFrom.count {
          try row.change(origins: origins, in: workspace, connection)
        }
      }
    }
    return deleted
  }

  private func hasEpisodes(
    of situation: String, role: AgentRoleID?, at now: Timestamp
  ) throws -> Bool {
    var select = try connection.prepare(
      """
      SELECT 1 FROM memories WHERE workspace = ? AND form = 'episode' AND key = ? AND role IS ?
        AND retracted_at IS NULL AND (expires_at IS NULL OR expires_at > ?) LIMIT 1
      """)
    select.bind(workspace)
    select.bind(situation)
    select.bind(role)
    select.bind(now)
    return try select.step()
  }

  private func conclusions(of situation: String) throws -> [MemoryRow] {
    var select = try connection.prepare(
      """
      SELECT \(MemoryRow.selected) FROM memories AS m
      WHERE m.workspace = ? AND m.lead_id IS NULL AND m.form = 'fact' AND m.key = ?
        AND m.source = ?
      """)
    select.bind(workspace)
    select.bind(ActionPatterns.key(of: situation))
    select.bind(ActionPatterns.sourceName)
    var rows: [MemoryRow] = []
    while try select.step() { rows.append(try MemoryRow(reading: &select)) }
    return rows
  }
}

extension MemoryRow {
  /// The version of a number; `nil` when it is gone.
  static func find(_ row: Int64, _ connection: SQLConnection) throws -> MemoryRow? {
    var select = try connection.prepare("SELECT \(selected) FROM memories AS m WHERE m.row = ?")
    select.bind(row)
    return try select.step() ? MemoryRow(reading: &select) : nil
  }

  /// Changes what the version names as its origins.
  func change(
    origins: [MemoryID], in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare("UPDATE memories SET derived_from = ? WHERE row = ?")
    update.bind(origins.isEmpty ? nil : origins.map(\.rawValue).joined(separator: " "))
    update.bind(row)
    try update.run()
    try Self.note(row, in: workspace, connection)
  }
}
