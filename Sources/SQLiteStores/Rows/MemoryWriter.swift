import Marketing

/// Changes what a workspace remembers, within the writer's transaction.
struct MemoryWriter {
  let workspace: WorkspaceID
  let connection: SQLConnection

  func remember(_ memory: AnalyzedMemory) throws -> Remembered {
    let record = memory.record
    let stored = try versions(of: record.id)
    // What has run out is not there, swept or not.
    for version in stored where version.memory.record.role == record.role {
      guard version.memory.record.hasExpired(at: record.recordedAt) else { continue }
      try version.delete(in: workspace, connection)
    }
    let left = stored.map(\.memory.record).filter { !$0.hasExpired(at: record.recordedAt) }
    if let known = record.holder(among: left) {
      guard known.isRepeated(by: record) else { throw StoreError.takenMemory(record.id) }
      return Remembered(id: record.id, isNew: false)
    }
    if let id = record.leadID, try LeadRow.find(id, in: workspace, connection) == nil {
      throw StoreError.noSuchLead(id)
    }
    var superseded: [MemoryID] = []
    switch record.content {
    case .fact(let fact): return try remember(memory, fact)
    case .context:
      for row in try contexts(like: record) { try row.delete(in: workspace, connection) }
    case .summary:
      for row in try summaries(like: record) where record.takesPlace(of: row.memory.record) {
        try row.retract(at: record.recordedAt, in: workspace, connection)
        superseded.append(row.memory.record.id)
      }
    default: break
    }
    try MemoryRow.insert(memory, in: workspace, connection)
    return Remembered(id: record.id, isNew: true, superseded: superseded)
  }

  private func remember(_ memory: AnalyzedMemory, _ fact: Fact) throws -> Remembered {
    let record = memory.record
    let known = try facts(like: record, key: fact.key)
    let succession = FactSuccession(of: record, among: known.map(\.memory.record))
    if let same = succession.same { return Remembered(id: same, isNew: false) }
    for ending in succession.endings {
      guard let row = known.first(where: { $0.memory.record == ending.record }) else { continue }
      try end(row, ending, at: record.recordedAt)
    }
    for version in succession.versions(of: record) {
      try MemoryRow.insert(
        AnalyzedMemory(record: version, text: memory.text), in: workspace, connection)
    }
    return Remembered(
      id: record.id, isNew: true, superseded: succession.superseded,
      conflicts: succession.conflicts)
  }

  /// - Returns: the record as it was recorded last; `nil` when it was not there for the reader.
  func forget(_ id: MemoryID, for reader: MemoryReader) throws -> MemoryRecord? {
    let versions = try versions(of: id)
    let named = reader.named(among: versions.map(\.memory.record))
    let owners = Set(named.map(\.role))
    for version in versions where owners.contains(version.memory.record.role) {
      try version.delete(in: workspace, connection)
    }
    return named.last
  }

  func note(_ use: MemoryUse, of owned: OwnedMemoryID, extending lifetime: Duration?) throws {
    var update = try connection.prepare(
      """
      UPDATE memories SET uses = uses + ?, last_used_at = max(ifnull(last_used_at, ?), ?)
      WHERE id = ? AND workspace = ? AND role IS ? AND retracted_at IS NULL
      """)
    update.bind(use.count)
    update.bind(use.lastAt)
    update.bind(use.lastAt)
    update.bind(owned.id)
    update.bind(workspace)
    update.bind(owned.role)
    try update.run()
    for version in try versions(of: owned.id) where version.memory.record.role == owned.role {
      if let lifetime { try lengthen(version, lifetime, from: use.lastAt) }
      // How often it was recalled counts in its rank.
      if version.memory.record.retractedAt == nil {
        try MemoryRow.note(version.row, in: workspace, connection)
      }
    }
  }

  /// Lets a version of short-term memory live for its own time again, unless it had run out.
  /// - Parameter lifetime: for one of which its time is not known.
  private func lengthen(
    _ version: MemoryRow, _ lifetime: Duration, from time: Timestamp
  ) throws {
    guard version.memory.record.kind == .shortTerm else { return }
    var extend = try connection.prepare(
      """
      UPDATE memories SET expires_at = ?2 + ifnull(lifetime, ?3)
      WHERE row = ?1 AND expires_at > ?2 AND expires_at < ?2 + ifnull(lifetime, ?3)
      """)
    extend.bind(version.row)
    extend.bind(time)
    extend.bind((time + lifetime).milliseconds - time.milliseconds)
    try extend.run()
  }

  func end(
    _ row: MemoryRow, _ ending: FactSuccession.Ending, at now: Timestamp
  ) throws {
    try row.retract(at: now, in: workspace, connection)
    for successor in ending.successors(recordedAt: now) {
      try MemoryRow.insert(
        AnalyzedMemory(record: successor, text: row.memory.text), in: workspace, connection)
    }
  }

  func versions(of id: MemoryID) throws -> [MemoryRow] {
    var select = try connection.prepare(
      """
      SELECT \(MemoryRow.selected) FROM memories AS m
      WHERE m.id = ? AND m.workspace = ? ORDER BY m.row
      """)
    select.bind(id)
    select.bind(workspace)
    return try rows(&select)
  }

  private func facts(like record: MemoryRecord, key: String) throws -> [MemoryRow] {
    let lead = record.leadID == nil ? "m.lead_id IS NULL" : "m.lead_id = ?"
    var select = try connection.prepare(
      """
      SELECT \(MemoryRow.selected) FROM memories AS m
      WHERE \(lead) AND m.workspace = ? AND m.form = 'fact' AND m.key = ? AND m.role IS ?
        AND (m.expires_at IS NULL OR m.expires_at > ?)
      ORDER BY m.row
      """)
    if let lead = record.leadID { select.bind(lead) }
    select.bind(workspace)
    select.bind(key)
    select.bind(record.role)
    select.bind(record.recordedAt)
    return try rows(&select)
  }

  private func contexts(like record: MemoryRecord) throws -> [MemoryRow] {
    // `IS ?` could not use the indexes over what is named.
    let conversation =
      record.conversationID == nil ? "m.conversation_id IS NULL" : "m.conversation_id = ?1"
    let lead = record.leadID == nil ? "m.lead_id IS NULL" : "m.lead_id = ?2"
    var select = try connection.prepare(
      """
      SELECT \(MemoryRow.selected) FROM memories AS m
      WHERE \(conversation) AND \(lead) AND m.workspace = ?3 AND m.form = 'context'
        AND m.role IS ?4
      """)
    select.bind(record.conversationID)
    select.bind(record.leadID)
    select.bind(workspace)
    select.bind(record.role)
    return try rows(&select)
  }

  private func summaries(like record: MemoryRecord) throws -> [MemoryRow] {
    guard let conversation = record.conversationID else { return [] }
    var select = try connection.prepare(
      """
      SELECT \(MemoryRow.selected) FROM memories AS m
      WHERE m.conversation_id = ? AND m.workspace = ? AND m.form = 'summary'
        AND m.retracted_at IS NULL AND m.role IS ?
      ORDER BY m.row
      """)
    select.bind(conversation)
    select.bind(workspace)
    select.bind(record.role)
    return try rows(&select)
  }

  func rows(_ select: inout SQLStatement) throws -> [MemoryRow] {
    var rows: [MemoryRow] = []
    while try select.step() { rows.append(try MemoryRow(reading: &select)) }
    return rows
  }
}
