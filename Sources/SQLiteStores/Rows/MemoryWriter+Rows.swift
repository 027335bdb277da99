import Marketing

extension MemoryWriter {
  /// Remembers what a row says in place of what it said before.
  /// - Returns: whether anything has changed, and whether it was all told: a memory of a lead that is not
  ///   stored says nothing; the row's reference has been told to dangle.
  func tell(
    _ row: RememberedRow, of table: DatasetTable, at time: Timestamp
  ) throws -> (hasChanged: Bool, isWhole: Bool) {
    var (hasChanged, isWhole) = (false, true)
    for id in row.over {
      for version in try versions(of: id) where version.memory.record.role == nil {
        try version.delete(in: workspace, connection)
        hasChanged = true
      }
    }
    for memory in row.memories {
      if let id = memory.record.leadID, try LeadRow.find(id, in: workspace, connection) == nil {
        isWhole = false
      } else if try replace(memory) {
        hasChanged = true
      }
    }
    for known in try facts(of: row, in: table) {
      guard
        let ending = FactSuccession.Ending(
          of: known.memory.record, leftOutBy: row, in: table)
      else { continue }
      try end(known, ending, at: time)
      hasChanged = true
    }
    return (hasChanged, isWhole)
  }

  /// Remembers a record in place of what is stored under its name.
  /// - Returns: whether anything has changed.
  private func replace(_ memory: AnalyzedMemory) throws -> Bool {
    let known = try versions(of: memory.record.id).filter {
      $0.memory.record.role == memory.record.role
    }
    let isOld = known.contains {
      $0.memory.record.retractedAt == nil && !$0.memory.record.isSaidAgain(by: memory.record)
    }
    if isOld { for version in known { try version.delete(in: workspace, connection) } }
    return try remember(memory).isNew || isOld
  }

  private func facts(of row: RememberedRow, in table: DatasetTable) throws -> [MemoryRow] {
    guard row.factsSince != nil, let lead = row.row.leadID else { return [] }
    var select = try connection.prepare(
      """
      SELECT \(MemoryRow.selected) FROM memories AS m
      WHERE m.lead_id = ? AND m.workspace = ? AND m.form = 'fact' AND m.retracted_at IS NULL
        AND m.source = ? AND m.source_reference = ?
      """)
    select.bind(lead)
    select.bind(workspace)
    select.bind(table.name)
    select.bind(row.row.key)
    return try rows(&select)
  }
}
