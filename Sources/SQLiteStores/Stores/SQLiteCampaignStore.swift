package import Marketing

/// What campaigns do, in SQLite.
package struct SQLiteCampaignStore: CampaignStore {
  let database: SQLiteDatabase

  package func record(
    _ metrics: [CampaignMetric], at now: Timestamp,
    event: @escaping @Sendable (CampaignID, ImportCount) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> [ImportChange] {
    let database = database
    return try await database.writer.perform { connection in
      // All currencies first: what is refused is refused as a whole.
      let currencies = try CampaignMetric.currencies(of: metrics)
      var corrected: Set<CampaignID> = []
      for (id, metrics) in Dictionary(grouping: metrics, by: \.key.campaignID) {
        let isWrong = try CampaignStateRow.take(
          id, countedIn: currencies[id], replacing: Set(metrics.map(\.key)), in: workspace,
          connection)
        if isWrong { corrected.insert(id) }
      }
      var counts: [CampaignID: ImportCount] = [:]
      let changes = try metrics.map { metric in
        let change = try CampaignMetricRow.store(
          metric, isOtherMoney: corrected.contains(metric.key.campaignID), at: now, in: workspace,
          connection)
        counts[metric.key.campaignID, default: ImportCount()].add(change)
        return change
      }
      for (id, count) in counts.sorted(by: { $0.key < $1.key }) where count.hasChanges {
        try CampaignStateRow.touch(id, in: workspace, connection)
        try database.row(of: event(id, count), in: workspace).append(to: connection)
      }
      return changes
    }
  }

  package func record(
    of id: CampaignID, _ days: ClosedRange<CalendarDay>, in workspace: WorkspaceID
  ) throws(StoreError) -> CampaignRecord? {
    try database.readers.read { connection in
      try connection.reading {
        try CampaignRecord.find(id, days, in: workspace, connection)
      }
    }
  }

  package func records(
    _ days: ClosedRange<CalendarDay>, after id: CampaignID?, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [CampaignRecord] {
    try await database.pooled.read { connection in
      try CampaignStateRow.names(
        from: id?.rawValue ?? "", isAfter: id != nil, prefix: "", limit: limit, in: workspace,
        connection
      ).compactMap { try CampaignRecord.find($0, days, in: workspace, connection) }
    }
  }

  package func campaigns(
    prefix: String, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [CampaignID] {
    try await database.pooled.read { connection in
      try CampaignStateRow.names(
        from: prefix, isAfter: false, prefix: prefix, limit: limit, in: workspace, connection)
    }
  }

  package func unevaluated(limit: Int) async throws(StoreError) -> [UnevaluatedCampaign] {
    try await database.pooled.read { try CampaignStateRow.unevaluated(limit: limit, $0) }
  }

  package func note(
    _ evaluations: [CampaignEvaluation], at now: Timestamp, noting: @escaping WorkQueueStore.Events
  ) async throws(StoreError) {
    let database = database
    try await database.writer.perform { connection in
      for evaluation in evaluations where try CampaignStateRow.note(evaluation, connection) {
        let workspace = evaluation.campaign.workspace
        if let event = evaluation.event {
          try database.row(of: event, in: workspace).append(to: connection)
        }
        guard let work = evaluation.work else { continue }
        _ = try database.enqueue(
          [work], at: now, events: noting, in: workspace, connection)
      }
    }
  }
}

extension CampaignRecord {
  /// What is known of a campaign's days; `nil` when nothing is.
  static func find(
    _ id: CampaignID, _ days: ClosedRange<CalendarDay>, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> CampaignRecord? {
    let stored = try CampaignRow.find(id, in: workspace, connection)
    guard try stored != nil || CampaignStateRow.isKnown(id, in: workspace, connection) else {
      return nil
    }
    let stated = try CampaignStateRow.currency(of: id, in: workspace, connection)
    return CampaignRecord(
      campaign: stored ?? Campaign(id: id, name: id.rawValue), stated: stated,
      reported: try CampaignMetricRow.all(
        of: id, days, currency: stated, in: workspace, connection),
      counted: try CampaignCountRow.all(of: id, days, in: workspace, connection))
  }
}
