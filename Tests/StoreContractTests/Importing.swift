import Marketing

extension ImportBatch {
  /// Leads whose identities are given, whatever is stored of them.
  static func leads(_ rows: [(lead: Lead, identity: LeadIdentity)]) -> ImportBatch {
    let identities = Dictionary(
      rows.map { ($0.lead.id, $0.identity) }, uniquingKeysWith: { $1 })
    return .leads(rows.map { ImportedLead($0.lead) }) { identities[$0.id] ?? LeadIdentity() }
  }
}

extension DatasetStore {
  /// Stores rows as another reading of one file.
  func importRows(
    _ rows: ImportBatch, event: Event, in workspace: WorkspaceID
  ) async throws -> ImportCount {
    let source = ImportSource(file: "/data/file.csv", reading: .random(in: 1...(.max)))
    let step = ImportStep(source: source, rows: rows)
    return try await importRows(step, event: event, in: workspace).rows
  }
}

extension Stores {
  /// Stores campaigns as rows of their table.
  func importCampaigns(_ campaigns: [Campaign]) async throws {
    _ = try await datasets.importRows(
      .campaigns(campaigns), event: .sample("evt_campaigns", .datasetImported, of: nil),
      in: .default)
  }

  /// Stores leads that nobody else is taken for.
  func importLeads(_ leads: [Lead]) async throws {
    _ = try await datasets.importRows(
      .leads(leads.map { (lead: $0, identity: LeadIdentity()) }),
      event: .sample("evt_leads", .datasetImported, of: nil), in: .default)
  }
}
