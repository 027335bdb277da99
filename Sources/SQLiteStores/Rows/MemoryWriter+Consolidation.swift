import Marketing

extension MemoryWriter {
  func consolidate(_ step: ConsolidationStep) throws -> ConsolidationEffect {
    let now = step.claim.now
    var effect = ConsolidationEffect()
    for id in step.expiring {
      guard let row = try current(id, now) else { continue }
      var update = try connection.prepare("UPDATE memories SET expires_at = ? WHERE row = ?")
      update.bind(now)
      update.bind(row.row)
      try update.run()
      try MemoryRow.note(row.row, in: workspace, connection)
      effect.expired += 1
    }
    for merge in step.merges { effect.merged += try self.merge(merge, at: now) }
    for memory in step.stored {
      do {
        if try remember(memory).isNew { effect.note(memory.record) }
      } catch let error as StoreError where error.code == .conflict {
        // Whose name another record has is not stored: a caller may have chosen it.
      }
    }
    for learned in step.learned { effect.related += try learn(learned, at: now) }
    return effect
  }

  /// Has the graph say what is concluded now of a situation.
  private func learn(_ learned: LearnedSituation, at now: Timestamp) throws -> [Related] {
    var select = try connection.prepare(
      """
      SELECT \(MemoryRow.selected) FROM memories AS m
      WHERE m.workspace = ? AND m.lead_id IS NULL AND m.form = 'fact' AND m.key = ?
        AND m.role IS ? AND m.retracted_at IS NULL
      """)
    select.bind(workspace)
    select.bind(learned.key)
    select.bind(learned.role)
    let conclusion = learned.conclusion(
      among: try rows(&select).map(\.memory.record), at: now)
    var graph = SQLiteGraph(in: workspace, connection)
    return try graph.learn(learned, from: conclusion, at: now) { id in
      try versions(of: id).map(\.memory.record).filter { $0.role == learned.role }
        .allSatisfy(learned.isConcluded(by:))
    }
  }

  /// - Returns: how many were given up.
  private func merge(_ merge: MemoryMerge, at now: Timestamp) throws -> Int {
    guard let survivor = try current(OwnedMemoryID(merge.survivor, merge.role), now) else {
      return 0
    }
    var others: [MemoryRecord] = []
    for id in merge.givenUp {
      guard let row = try current(OwnedMemoryID(id, merge.role), now) else { continue }
      try row.retract(at: now, in: workspace, connection)
      others.append(row.memory.record)
    }
    if others.isEmpty { return 0 }
    let merged = survivor.memory.record.merging(others)
    var update = try connection.prepare(
      """
      UPDATE memories SET valid_from = ?, uses = ?, last_used_at = ?, derived_from = ? WHERE row = ?
      """)
    update.bind(merged.validFrom)
    update.bind(merged.uses)
    update.bind(merged.lastUsedAt)
    update.bind(merged.derivedFrom.map(\.rawValue).joined(separator: " "))
    update.bind(survivor.row)
    try update.run()
    try MemoryRow.note(survivor.row, in: workspace, connection)
    return others.count
  }

  private func current(_ owned: OwnedMemoryID, _ now: Timestamp) throws -> MemoryRow? {
    var select = try connection.prepare(
      """
      SELECT \(MemoryRow.selected) FROM memories AS m
      WHERE m.id = ? AND m.workspace = ? AND m.role IS ? AND m.retracted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > ?)
      """)
    select.bind(owned.id)
    select.bind(workspace)
    select.bind(owned.role)
    select.bind(now)
    return try select.step() ? MemoryRow(reading: &select) : nil
  }
}
