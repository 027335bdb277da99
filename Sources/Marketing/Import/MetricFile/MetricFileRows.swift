import JSONRPC

/// Turns the rows of a campaign report into what is recorded. Rows of one campaign, day and part are added up: a
/// report may be divided by more than what is read of it.
struct MetricFileRows: RowConverter {
  /// So many parts are added up at most; rows of further ones are refused, as they would have to be kept until the
  /// file has ended.
  private static let mostKeys = 1_000_000

  private let mapping: MetricMapping
  private let missing: Set<String>
  private let now: Timestamp
  private let batchSize: Int
  private var pending: PendingRows
  private var header: [String] = []
  private var places: [MetricColumn: Int] = [:]
  private var segments: [Int] = []
  private var sums: [CampaignMetric.Key: (metric: CampaignMetric, line: Int)] = [:]
  private var order: [CampaignMetric.Key] = []

  init(mapping: MetricMapping, now: Timestamp, batchSize: Int) {
    self.mapping = mapping
    self.now = now
    self.batchSize = batchSize
    missing = Set(mapping.missing.map { $0.lowercased() })
    pending = PendingRows(batchSize: batchSize) { _ in LeadIdentity() }
  }

  mutating func begin(columns names: [String]) throws(CellProblem) {
    header = names
    var open = Set(names.indices)
    for (name, column) in mapping.columns.sorted(by: { $0.key < $1.key }) {
      guard let place = names.firstIndex(of: name) else {
        throw CellProblem(
          column: nil,
          reason: "the mapping names the column '\(name.shortened(to: 40))', which the header lacks"
        )
      }
      open.remove(place)
      switch column {
      case nil: break
      case .segment?: segments.append(place)
      case let column?:
        guard places.updateValue(place, forKey: column) == nil else {
          throw CellProblem(
            column: nil, reason: "the mapping names two columns for '\(column.rawValue)'")
        }
      }
    }
    segments.sort()
    if mapping.infer {
      let found = MetricColumn.infer(names, taken: Set(places.keys), among: open.sorted())
      places.merge(found) { settled, _ in settled }
    }
    for column in [MetricColumn.campaignID, .day, .impressions]
    where places[column] == nil && mapping.constants[column] == nil {
      throw CellProblem(
        column: nil,
        reason:
          "no column is read as '\(column.rawValue)'; name one in the mapping's columns, or one value for "
          + "all rows in its constants")
    }
  }

  func unknownReferences(of row: CSVRow) -> [(table: DatasetTable, key: String)] { [] }

  mutating func add(_ row: CSVRow) throws(CellProblem) {
    let cells = MetricCells(
      row: row, header: header, places: places, segments: segments, mapping: mapping,
      missing: missing)
    let metric = try cells.metric(now: now)
    if let known = sums[metric.key] {
      guard known.metric.currency == metric.currency else {
        throw CellProblem(
          column: places[.currency].map { header[$0] },
          reason:
            "an earlier row of the same campaign, day and part is in another currency, or names no money"
        )
      }
      sums[metric.key]?.metric.figures += metric.figures
    } else {
      guard sums.count < Self.mostKeys else {
        throw CellProblem(
          column: nil,
          reason: "the file names more than \(Self.mostKeys) days and parts of campaigns: divide it"
        )
      }
      sums[metric.key] = (metric, row.line)
      order.append(metric.key)
    }
  }

  mutating func takeFull() -> [PendingRows.Batch] { [] }

  mutating func takeAll() -> [PendingRows.Batch] {
    for key in order {
      guard let (metric, line) = sums[key] else { continue }
      pending.add(ReportedRow(metric: metric), of: nil, line: line)
    }
    sums = [:]
    order = []
    return pending.takeAll()
  }

  func complete(_ report: inout ImportReport.Table) {
    report.readColumns = Dictionary(
      places.map { (header[$0.value], $0.key.rawValue) }
        + segments.map { (header[$0], MetricColumn.segment.rawValue) }, uniquingKeysWith: { $1 })
    let used = Set(places.values).union(segments)
    report.ignoredColumns = header.indices.filter { !used.contains($0) }.map { header[$0] }
  }
}
