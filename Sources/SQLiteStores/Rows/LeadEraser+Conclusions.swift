import Marketing

extension LeadEraser {
  /// Takes erased episodes out of what was concluded from them. Where no others of the situation are left,
  /// the conclusion goes with them.
  /// - Returns: how many conclusions were deleted.
  func eraseConclusions(from erased: [MemoryRecord]) throws -> Int {
    let ids = Set(erased.map(\.ownedID))
    var deleted = 0
    for situation in Set(erased.compactMap { $0.episode?.situation }) {
      let isLeft = try hasEpisodes(of: situation)
      for row in try conclusions(of: situation) {
        if isLeft {
          try row.change(
            origins: row.memory.record.derivedFrom.filter {
              !ids.contains(OwnedMemoryID($0, row.memory.record.role))
            }, in: workspace, connection)
        } else {
          try row.delete(in: workspace, connection)
          deleted += 1
        }
      }
    }
    return deleted
  }

  private func hasEpisodes(of situation: String) throws -> Bool {
    var select = try connection.prepare(
      "SELECT 1 FROM memories WHERE workspace = ? AND form = 'episode' AND key = ? LIMIT 1")
    select.bind(workspace)
    select.bind(situation)
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
