import JSONRPC
package import Marketing

/// Imported tables in SQLite.
package struct SQLiteDatasetStore: DatasetStore {
  let database: SQLiteDatabase

  package func importRows(
    _ step: ImportStep, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ImportResult {
    let row = try database.row(of: event, in: workspace)
    let store = try storing(step, at: event.occurredAt, in: workspace)
    return try await database.writer.perform { connection in
      let result = try store(connection)
      if step.isFirst { try QuarantineRow.remove(step.source.file, in: workspace, connection) }
      try QuarantineRow.insert(
        step.quarantined + result.refused.prefix(step.quarantineRoom), of: step.source.file,
        in: workspace, connection)
      if result.hasChanges { try row.append(to: connection) }
      return result
    }
  }

  package func storedKeys(
    among keys: Set<String>, of table: DatasetTable, in workspace: WorkspaceID
  ) async throws(StoreError) -> Set<String> {
    // The names are this list's own, not input.
    let query =
      switch table {
      case .leads, .campaigns:
        "SELECT 1 FROM \(table.name) WHERE id = ?1 AND workspace = ?2"
      default: "SELECT 1 FROM raw_rows WHERE table_name = ?3 AND key = ?1 AND workspace = ?2"
      }
    return try await database.pooled.read { connection in
      var select = try connection.prepare(query)
      var stored: Set<String> = []
      for key in keys {
        select.bind(key)
        select.bind(workspace)
        if table != .leads, table != .campaigns { select.bind(table.name) }
        if try select.step() { stored.insert(key) }
        try select.run()
      }
      return stored
    }
  }

  /// Encodes a step's rows on the caller's thread.
  /// - Returns: what the writer has to do.
  private func storing(
    _ step: ImportStep, at time: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> @Sendable (SQLConnection) throws -> ImportResult {
    switch step.rows {
    case nil: return { _ in ImportResult() }
    case .leads(let leads, let identity):
      let rows = try importedLeads(leads, identity, at: time, in: workspace)
      let hasher = database.hasher
      return { connection in
        var result = ImportResult()
        for (index, row) in rows.enumerated() {
          try row.store(at: index, of: step, identity, hasher, &result, connection)
        }
        return result
      }
    case .interactions(let interactions):
      let rows = interactions.map { (interaction: $0, metadata: $0.metadata.jsonBytes) }
      return { connection in
        try count(rows) { row in
          let (interaction, metadata) = row
          if try InteractionRow.insert(interaction, metadata: metadata, in: workspace, connection) {
            return .added
          }
          return try InteractionRow.update(
            interaction, metadata: metadata, in: workspace, connection) ? .changed : .unchanged
        }
      }
    case .outcomes(let outcomes):
      let hasher = database.hasher
      let rows = outcomes.map { (outcome: $0, hashes: hasher.hashes(of: $0, in: workspace)) }
      return { connection in
        var result = ImportResult()
        let memory = OutcomeMemory(in: workspace, connection)
        for (index, row) in rows.enumerated() {
          let (outcome, hashes) = row
          if try memory.knows(hashes) {
            result.rows.add(.unchanged)
            continue
          }
          let imported = ImportedOutcome(
            outcome: outcome, recordedAt: time, workspace: workspace, hasher: hasher)
          switch try imported.store(connection) {
          case .success(let change):
            result.rows.add(change)
            try memory.remember(hashes, of: step.source)
          case .failure(let refusal):
            result.refused.append(step.refusal(ofRow: index, column: nil, refusal.reason))
          }
        }
        for id in Set(outcomes.map(\.leadID)) {
          try LeadRow.find(id, in: workspace, connection)?
            .recountConversions(in: workspace, hasher: hasher, connection)
        }
        return result
      }
    case .campaigns(let campaigns):
      return { connection in
        try count(campaigns) { try CampaignRow.store($0, in: workspace, connection) }
      }
    case .raw(let table, let raw):
      let rows = raw.map { RawRowWrite(row: $0, cells: $0.cells.jsonBytes) }
      return { connection in
        try count(rows) { try $0.store(table: table, in: workspace, connection) }
      }
    case .remembered(let table, let remembered):
      let rows = remembered.map { RememberedRowWrite($0) }
      return { connection in
        try count(rows) { try $0.store(of: table, at: time, in: workspace, connection) }
      }
    case .reports(let table, let reports):
      let rows = reports.map { ReportedRowWrite($0) }
      return { connection in
        var result = ImportResult()
        for (index, row) in rows.enumerated() {
          switch try row.store(of: table, at: time, in: workspace, connection) {
          case .success(let change): result.rows.add(change)
          case .failure(let error):
            result.refused.append(step.refusal(ofRow: index, column: nil, error.message))
          }
        }
        return result
      }
    case .triples(let triples):
      let rows = triples.map { TripleWrite($0) }
      return { connection in
        var result = ImportResult()
        for (index, row) in rows.enumerated() {
          switch try row.store(at: time, in: workspace, connection) {
          case .success(let change): result.rows.add(change)
          case .failure(let error):
            result.refused.append(row.triple.refusal(error, at: index, of: step))
          }
        }
        return result
      }
    }
  }

  private func importedLeads(
    _ rows: [ImportedLead], _ identity: (Lead) -> LeadIdentity, at time: Timestamp,
    in workspace: WorkspaceID
  ) throws(StoreError) -> [ImportedLeadRow] {
    do {
      return try rows.map { row in
        ImportedLeadRow(
          row: row,
          write: LeadWrite(
            row.lead, identity: identity(row.lead), hasher: database.hasher, in: workspace),
          sealedKey: try LeadKey.make(for: row.lead.id, in: workspace).sealed(by: database.keyRing),
          recordedAt: time)
      }
    } catch {
      throw StoreError(error)
    }
  }
}

/// Stores rows one by one and counts what became of them.
private func count<Row>(
  _ rows: [Row], _ store: (Row) throws -> ImportChange
) throws -> ImportResult {
  var result = ImportResult()
  for row in rows { result.rows.add(try store(row)) }
  return result
}
