package import Marketing

#if canImport(Glibc)
  import Glibc
#endif

/// Counts of recent rows in the bins that were fixed at training, the latest some thousand.
package struct DriftCounts: Sendable, Hashable, Codable {
  /// Rows of one time.
  private struct Block: Hashable, Codable {
    var rows = 0
    /// For each column the rows in each bin.
    var counts: [[Int]]

    mutating func add(_ other: Block) {
      rows += other.rows
      for column in counts.indices {
        for bin in counts[column].indices { counts[column][bin] += other.counts[column][bin] }
      }
    }
  }

  /// Fewer rows than these tell nothing.
  package static let enough = 500
  private static let blockRows = 500
  private static let mostBlocks = 10
  /// A bin is taken to hold at least this share: none of it is infinitely far from some.
  private static let least = 1e-4

  private var blocks: [Block] = []

  /// No rows.
  package init() {}

  /// How many rows are counted.
  package var rows: Int { blocks.reduce(0) { $0 + $1.rows } }

  /// Adds rows of the same columns that came behind these; the earliest are forgotten when they are too many.
  package mutating func append(_ later: DriftCounts) {
    for block in later.blocks {
      if let last = blocks.indices.last, blocks[last].rows < Self.blockRows {
        blocks[last].add(block)
      } else {
        blocks.append(block)
      }
    }
    blocks.removeFirst(max(0, blocks.count - Self.mostBlocks))
  }

  /// Counts a row.
  mutating func note(_ values: [ColumnReading.Value], columns: [FeatureColumn]) {
    if blocks.last.map({ $0.rows >= Self.blockRows }) ?? true {
      blocks.append(Block(counts: columns.map { [Int](repeating: 0, count: $0.bins.count) }))
      if blocks.count > Self.mostBlocks { blocks.removeFirst() }
    }
    let last = blocks.count - 1
    blocks[last].rows += 1
    for (place, column) in columns.enumerated() {
      blocks[last].counts[place][column.bins.bin(of: values[place])] += 1
    }
  }

  /// Adds what was counted of other rows of one file, all of which count.
  /// - Parameter other: of the same columns.
  package mutating func add(_ other: DriftCounts) {
    for block in other.blocks {
      guard !blocks.isEmpty else {
        blocks = [block]
        continue
      }
      blocks[0].rows += block.rows
      for column in block.counts.indices {
        for bin in block.counts[column].indices {
          blocks[0].counts[column][bin] += block.counts[column][bin]
        }
      }
    }
  }

  /// Whether counts were made for these columns.
  package func fits(_ columns: [FeatureColumn]) -> Bool {
    blocks.allSatisfy { block in
      block.counts.count == columns.count
        && zip(block.counts, columns).allSatisfy { $0.count == $1.bins.count }
    }
  }

  /// The population stability index of each column (Siddiqi, "Credit Risk Scorecards", 2006): Σ (now −
  /// then)·ln(now ÷ then) over the shares of its bins.
  func indices(_ columns: [FeatureColumn]) -> [Double] {
    let rows = Double(rows)
    guard rows > 0 else { return columns.map { _ in 0 } }
    return columns.enumerated().map { place, column in
      column.bins.shares.enumerated().reduce(0) { sum, bin in
        let count = blocks.reduce(0) { $0 + $1.counts[place][bin.offset] }
        let now = max(Self.least, Double(count) / rows)
        let then = max(Self.least, bin.element)
        return sum + (now - then) * log(now / then)
      }
    }
  }
}

extension TrainedModel {
  /// Counts a lead.
  package func note(_ subject: ScoringSubject, in counts: inout DriftCounts) {
    counts.note(values(of: subject), columns: columns)
  }

  /// How far recent rows are from training's.
  /// - Parameter outcomes: the outcomes recorded since; `nil` where they are not known.
  package func drift(_ counts: DriftCounts, outcomes: CohortCount?) -> DriftReport {
    let isEnough = counts.rows >= DriftCounts.enough && counts.fits(columns)
    var fields: [DriftReport.Field] = []
    if isEnough {
      fields = zip(columns, counts.indices(columns)).filter { $0.0.isComparable }.map {
        column, index in
        .init(field: column.name, index: index, status: .init(index: index))
      }
      .sorted { ($1.index, $0.field) < ($0.index, $1.field) }
    }
    let rate = outcomes.map(baseRate)
    // Where hardly anybody records outcomes, the fields still tell whether leads have changed.
    let statuses =
      fields.map(\.status) + (isEnough ? [] : [.insufficient])
      + [rate?.status].compactMap(\.self).filter { $0 != .insufficient }
    return DriftReport(
      rows: counts.rows, status: Self.worst(statuses), fields: fields, baseRate: rate)
  }

  private static func worst(_ statuses: [DriftReport.Status]) -> DriftReport.Status {
    for status in [DriftReport.Status.alarm, .warning, .insufficient]
    where statuses.contains(status) {
      return status
    }
    return .stable
  }

  /// So many outcomes are enough to compare their rate.
  private static let enoughOutcomes = 100
  /// The normal quantile of an interval so wide that chance alone alarms once in a thousand looks.
  private static let z = 3.290526731491926

  private func baseRate(_ outcomes: CohortCount) -> DriftReport.BaseRate {
    let trained = content.report.leadCount > 0 ? content.report.baseRate : 0
    let interval = RateInterval.wilson(
      successes: outcomes.conversions, trials: outcomes.leads, z: RateInterval.z95)
    let wide = RateInterval.wilson(
      successes: outcomes.conversions, trials: outcomes.leads, z: Self.z)
    var status = DriftReport.Status.insufficient
    // Where only conversions are recorded, the share of recorded outcomes is no rate.
    if outcomes.leads >= Self.enoughOutcomes, outcomes.conversions < outcomes.leads, let wide {
      let holds = (wide.low...wide.high).contains(trained)
      status = holds ? .stable : .alarm
    }
    return .init(
      trained: trained,
      recent: outcomes.leads > 0 ? Double(outcomes.conversions) / Double(outcomes.leads) : nil,
      interval: interval, outcomes: outcomes.leads, status: status)
  }
}

extension FeatureColumn {
  /// Whether its values now may be held against training's. What happened with a lead, and how old it is,
  /// depends on when it is looked at: training looks at set ages, triage at any.
  fileprivate var isComparable: Bool { history == nil || history == .intent }
}
