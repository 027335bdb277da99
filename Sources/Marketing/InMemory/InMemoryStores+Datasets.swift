extension InMemoryStores: DatasetStore {
  package func importRows(
    _ rows: ImportBatch, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ImportCount {
    try write(in: workspace) { (content) throws(StoreError) in
      var count = ImportCount()
      switch rows {
      case .leads(let leads): for row in leads { count.add(content.importLead(row)) }
      case .interactions(let rows):
        for row in rows { count.add(put(row, as: row.id, in: &content.interactions)) }
      case .outcomes(let rows): for row in rows { count.add(content.put(row)) }
      case .campaigns(let rows):
        for row in rows { count.add(put(row, as: row.id, in: &content.campaigns)) }
      case .raw(let table, let rows):
        for row in rows {
          count.add(put(row, as: .init(table: table, key: row.key), in: &content.rawRows))
        }
      }
      return (count, count.added + count.changed > 0 ? [event] : [])
    }
  }

  package func quarantine(
    _ rows: [QuarantinedRow], ofFile file: String, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try write(in: workspace) { (content) throws(StoreError) in
      content.quarantine[file] = rows.isEmpty ? nil : rows
      return ((), [])
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

  private func put<Key: Hashable, Row: Equatable>(
    _ row: Row, as key: Key, in table: inout [Key: Row]
  ) -> InMemoryWorkspace.Change {
    let known = table.updateValue(row, forKey: key)
    guard let known else { return .added }
    return known == row ? .unchanged : .changed
  }
}

extension InMemoryWorkspace {
  fileprivate mutating func importLead(_ row: (lead: Lead, identity: LeadIdentity)) -> Change {
    let imported = Imported(lead: row.lead, identity: row.identity)
    guard let stored = leads[row.lead.id] else {
      put(row.lead, row.identity, imported: imported)
      return .added
    }
    // What became of a lead after its import is not undone by importing the same row again.
    let before = stored.imported ?? Imported(lead: stored.lead, identity: stored.identity)
    guard before != imported else { return .unchanged }
    put(row.lead, row.identity, imported: imported)
    return .changed
  }
}

extension ImportCount {
  fileprivate mutating func add(_ change: InMemoryWorkspace.Change) {
    switch change {
    case .added: added += 1
    case .changed: changed += 1
    case .unchanged: unchanged += 1
    }
  }
}
