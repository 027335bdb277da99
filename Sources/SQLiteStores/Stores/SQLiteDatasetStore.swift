import JSONRPC
package import Marketing
import Sealing

/// Imported tables in SQLite.
package struct SQLiteDatasetStore: DatasetStore {
  let database: SQLiteDatabase

  package func importRows(
    _ rows: ImportBatch, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ImportCount {
    let row = try database.row(of: event, in: workspace)
    let store = try storing(rows, in: workspace)
    return try await database.writer.perform { connection in
      let count = try store(connection)
      if count.added + count.changed > 0 { try row.append(to: connection) }
      return count
    }
  }

  package func quarantine(
    _ rows: [QuarantinedRow], ofFile file: String, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try await database.writer.perform { connection in
      var delete = try connection.prepare("DELETE FROM quarantine WHERE file = ? AND workspace = ?")
      delete.bind(file)
      delete.bind(workspace)
      try delete.run()
      var insert = try connection.prepare(
        """
        INSERT INTO quarantine (workspace, file, line, column_name, reason) VALUES (?, ?, ?, ?, ?)
        """)
      for row in rows {
        insert.bind(workspace)
        insert.bind(file)
        insert.bind(row.line)
        insert.bind(row.column)
        insert.bind(row.reason)
        try insert.run()
      }
    }
  }

  /// Encodes a batch on the caller's thread.
  /// - Returns: what the writer has to do.
  private func storing(
    _ rows: ImportBatch, in workspace: WorkspaceID
  ) throws(StoreError) -> @Sendable (SQLConnection) throws -> ImportCount {
    switch rows {
    case .leads(let leads):
      let hasher = database.hasher
      let rows = try importedLeads(leads, in: workspace)
      return { connection in try count(rows) { try $0.store(hasher: hasher, connection) } }
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
      return { connection in
        let counted = try count(outcomes) { try OutcomeRow.store($0, in: workspace, connection) }
        for id in Set(outcomes.map(\.leadID)) {
          try LeadRow.find(id, in: workspace, connection)?
            .recountConversions(in: workspace, hasher: hasher, connection)
        }
        return counted
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
    }
  }

  private func importedLeads(
    _ rows: [(lead: Lead, identity: LeadIdentity)], in workspace: WorkspaceID
  ) throws(StoreError) -> [ImportedLead] {
    do {
      return try rows.map { lead, identity in
        let write = LeadWrite(lead, identity: identity, hasher: database.hasher, in: workspace)
        return ImportedLead(
          write: write,
          digest: try SHA256.digest(
            of: lead.digestBytes(attributes: write.attributes, identity: identity)),
          sealedKey: try LeadKey.make(for: lead.id, in: workspace).sealed(by: database.keyRing))
      }
    } catch {
      throw StoreError(error)
    }
  }
}

/// Stores rows one by one and counts what became of them.
private func count<Row>(
  _ rows: [Row], _ store: (Row) throws -> OutcomeRow.Change
) throws -> ImportCount {
  var count = ImportCount()
  for row in rows {
    switch try store(row) {
    case .added: count.added += 1
    case .changed: count.changed += 1
    case .unchanged: count.unchanged += 1
    }
  }
  return count
}

/// An imported lead ready for its table.
private struct ImportedLead: Sendable {
  let write: LeadWrite
  let digest: [UInt8]
  /// Its key, should it be new.
  let sealedKey: [UInt8]

  /// Stores the lead unless the import before stored the same: what became of the lead since then is not
  /// undone by importing the same row again.
  func store(hasher: LeadHasher, _ connection: SQLConnection) throws -> OutcomeRow.Change {
    let (lead, workspace) = (write.lead, write.workspace)
    guard let stored = try LeadRow.find(lead.id, in: workspace, connection) else {
      _ = try write.insert(sealedKey: sealedKey, imported: digest, connection)
      return .added
    }
    if let imported = stored.imported {
      if imported == digest { return .unchanged }
    } else if stored.lead == lead, stored.identity == write.identity {
      return .unchanged
    }
    try write.update(stored, imported: digest, hasher: hasher, connection)
    return .changed
  }
}

/// A raw row ready for its table.
private struct RawRowWrite: Sendable {
  let row: RawRow
  let cells: [UInt8]

  func store(
    table: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> OutcomeRow.Change {
    var insert = try connection.prepare(
      """
      INSERT INTO raw_rows (table_name, key, workspace, lead_id, cells) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """)
    bind(table, workspace, to: &insert)
    try insert.run()
    if connection.changedRows > 0 { return .added }
    var update = try connection.prepare(
      """
      UPDATE raw_rows SET lead_id = ?4, cells = ?5
      WHERE table_name = ?1 AND key = ?2 AND workspace = ?3 AND NOT (lead_id IS ?4 AND cells IS ?5)
      """)
    bind(table, workspace, to: &update)
    try update.run()
    return connection.changedRows > 0 ? .changed : .unchanged
  }

  private func bind(
    _ table: String, _ workspace: WorkspaceID, to statement: inout SQLStatement
  ) {
    statement.bind(table)
    statement.bind(row.key)
    statement.bind(workspace)
    statement.bind(row.leadID)
    statement.bind(text: cells)
  }
}
