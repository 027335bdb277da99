import JSONRPC
import Marketing

/// A row that reports what a campaign did, ready for the tables.
struct ReportedRowWrite: Sendable {
  private let raw: RawRowWrite?
  private let metric: CampaignMetric

  init(_ row: ReportedRow) {
    raw = row.row.map { RawRowWrite(row: $0, cells: $0.cells.jsonBytes) }
    metric = row.metric
  }

  /// Stores the row and what it reports, unless that has been done.
  /// - Returns: why it is refused; then nothing of it is stored.
  func store(
    of table: DatasetTable?, at time: Timestamp, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> Result<ImportChange, StoreError> {
    let id = metric.key.campaignID
    // What was told long ago says nothing of the currency now.
    if let raw, let table, try raw.isKnown(table: table.name, in: workspace, connection) {
      return .success(.unchanged)
    }
    let isOtherMoney: Bool
    do {
      // Before anything is written.
      isOtherMoney = try CampaignStateRow.take(
        id, countedIn: metric.currency, replacing: [metric.key], in: workspace, connection)
    } catch let error as StoreError where error.code == .conflict {
      return .failure(error)
    }
    guard let raw, let table else {
      return .success(try record(isOtherMoney, at: time, in: workspace, connection))
    }
    let change = try raw.store(table: table.name, in: workspace, connection)
    let recorded = try record(isOtherMoney, at: time, in: workspace, connection)
    try raw.noteTold(table: table.name, in: workspace, connection)
    return .success(change == .unchanged && recorded != .unchanged ? .changed : change)
  }

  private func record(
    _ isOtherMoney: Bool, at time: Timestamp, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> ImportChange {
    let change = try CampaignMetricRow.store(
      metric, isOtherMoney: isOtherMoney, at: time, in: workspace, connection)
    if change != .unchanged {
      try CampaignStateRow.touch(metric.key.campaignID, in: workspace, connection)
    }
    return change
  }
}
