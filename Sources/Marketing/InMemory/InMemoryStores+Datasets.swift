extension InMemoryStores: DatasetStore {
  package func importRows(
    _ step: ImportStep, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ImportResult {
    try write(in: workspace) { (content) throws(StoreError) in
      let result = content.importRows(step, at: event.occurredAt)
      let file = step.source.file
      if step.isFirst { content.quarantine[file] = nil }
      let rows = step.quarantined + result.refused.prefix(step.quarantineRoom)
      if !rows.isEmpty { content.quarantine[file, default: []] += rows }
      return (result, result.hasChanges ? [event] : [])
    }
  }

  package func storedKeys(
    among keys: Set<String>, of table: DatasetTable, in workspace: WorkspaceID
  ) async throws(StoreError) -> Set<String> {
    read(in: workspace) { content in
      keys.filter { key in
        switch table {
        case .leads: content.leads[LeadID(rawValue: key)] != nil
        case .campaigns: content.campaigns[CampaignID(rawValue: key)] != nil
        default: content.rawRows[.init(table: table.name, key: key)] != nil
        }
      }
    }
  }

  package func quarantinedFiles(
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [QuarantinedFile] {
    read(in: workspace) { content in
      content.quarantine.map { QuarantinedFile(file: $0.key, rows: $0.value.count) }
        .sorted { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
    }
  }

  package func quarantinedRows(
    of file: String, skipping: Int, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [QuarantinedRow] {
    read(in: workspace) { content in
      Array((content.quarantine[file] ?? []).dropFirst(max(0, skipping)).prefix(max(0, limit)))
    }
  }

  package func rows(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [(table: String, row: RawRow)] {
    read(in: workspace) { content in
      let own = content.rawRows.filter { $0.value.leadID == id }
        .sorted { ($0.key.table, $0.key.key) < ($1.key.table, $1.key.key) }
      return own.prefix(max(0, limit)).map { (table: $0.key.table, row: $0.value) }
    }
  }

  package func summary(in workspace: WorkspaceID) async throws(StoreError) -> DatasetSummary {
    read(in: workspace) { content in
      var rows = [
        "leads": content.leads.count, "interactions": content.interactions.count,
        "outcomes": content.outcomes.count, "campaigns": content.campaigns.count,
      ]
      for key in content.rawRows.keys { rows[key.table, default: 0] += 1 }
      let tables = rows.filter { $0.value > 0 }.sorted { $0.key < $1.key }
      let leads = content.leads.values.map(\.lead)
      return DatasetSummary(
        tables: tables.map { DatasetSummary.Table(name: $0.key, rows: $0.value) },
        quarantined: content.quarantine.values.reduce(0) { $0 + $1.count },
        categories: leads.reduce(into: [:]) { counts, lead in
          if let category = lead.category { counts[category.rawValue, default: 0] += 1 }
        },
        firstLeadAt: leads.map(\.createdAt).min(), lastLeadAt: leads.map(\.createdAt).max())
    }
  }
}
