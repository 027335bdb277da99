package import Marketing

#if canImport(Glibc)
  import Glibc
#endif

/// Probabilities and what became of the rows they were given for, judged.
package struct Judgement: Sendable {
  /// One row.
  package struct Row: Sendable, Hashable {
    /// The chance of conversion, 0–1.
    package var probability: Double
    /// Whether it converted.
    package var isPositive: Bool

    /// A row.
    package init(probability: Double, isPositive: Bool) {
      self.probability = probability
      self.isPositive = isPositive
    }
  }

  /// The rows by descending probability.
  private let rows: [Row]
  private let positives: Int

  /// Judges rows.
  package init(_ rows: [Row]) {
    self.rows = rows.sorted { $0.probability > $1.probability }
    positives = rows.count { $0.isPositive }
  }

  /// Probabilities are kept this far from 0 and 1, so that one row cannot make the log loss infinite.
  static let margin = 1e-6
  private static let bins = 10

  /// The figures; `nil` unless there are rows of both classes.
  package var metrics: ModelMetrics? {
    guard positives > 0, positives < rows.count else { return nil }
    var brier = 0.0
    var loss = 0.0
    for row in rows {
      let target = row.isPositive ? 1.0 : 0.0
      brier += (row.probability - target) * (row.probability - target)
      let kept = min(1 - Self.margin, max(Self.margin, row.probability))
      loss -= log(row.isPositive ? kept : 1 - kept)
    }
    let count = Double(rows.count)
    return ModelMetrics(
      rows: rows.count, positives: positives, auc: auc, averagePrecision: averagePrecision,
      brier: brier / count, logLoss: loss / count, calibrationError: calibrationError)
  }

  /// Runs of equal probability, from the highest down: rows and positive rows.
  private var ties: [(rows: Int, positives: Int)] {
    var ties: [(rows: Int, positives: Int)] = []
    var last: Double?
    for row in rows {
      if row.probability != last { ties.append((0, 0)) }
      last = row.probability
      ties[ties.count - 1].rows += 1
      if row.isPositive { ties[ties.count - 1].positives += 1 }
    }
    return ties
  }

  /// By ranks (Mann and Whitney, 1947); ties count half.
  private var auc: Double {
    let negatives = Double(rows.count - positives)
    var above = 0.0
    var area = 0.0
    for tie in ties {
      let lost = Double(tie.rows - tie.positives)
      area += lost * (above + Double(tie.positives) / 2)
      above += Double(tie.positives)
    }
    return area / (Double(positives) * negatives)
  }

  /// Σ precision × gain in recall at each different probability.
  private var averagePrecision: Double {
    var seen = 0
    var hits = 0
    var sum = 0.0
    for tie in ties {
      seen += tie.rows
      hits += tie.positives
      sum += Double(hits) / Double(seen) * Double(tie.positives)
    }
    return sum / Double(positives)
  }

  private var calibrationError: Double {
    var sums = [(rows: Int, probability: Double, positives: Int)](
      repeating: (0, 0, 0), count: Self.bins)
    for row in rows {
      let bin = min(Self.bins - 1, max(0, Int(row.probability * Double(Self.bins))))
      sums[bin].rows += 1
      sums[bin].probability += row.probability
      if row.isPositive { sums[bin].positives += 1 }
    }
    return sums.reduce(0) { $0 + abs($1.probability - Double($1.positives)) } / Double(rows.count)
  }

  /// Bins of about equal count, by rising probability. Rows of equal probability are in one bin.
  package func calibrationCurve(bins: Int = 10) -> [ModelReport.CalibrationBin] {
    let rising = Array(rows.reversed())
    // Where a run of equal probabilities ends: only there a bin may.
    var ends: [Int] = []
    for tie in ties.reversed() { ends.append((ends.last ?? 0) + tie.rows) }
    var cuts = [0]
    for bin in 1..<max(2, bins) {
      let wanted = rising.count * bin / bins
      guard let cut = ends.min(by: { abs($0 - wanted) < abs($1 - wanted) }) else { break }
      if cut > cuts[cuts.count - 1] { cuts.append(cut) }
    }
    if cuts[cuts.count - 1] < rising.count { cuts.append(rising.count) }
    return zip(cuts, cuts.dropFirst()).compactMap { from, to in
      let part = rising[from..<to]
      let hits = part.count { $0.isPositive }
      guard
        let interval = RateInterval.wilson(
          successes: hits, trials: part.count, z: RateInterval.z95)
      else { return nil }
      return ModelReport.CalibrationBin(
        rows: part.count, predicted: part.reduce(0) { $0 + $1.probability } / Double(part.count),
        observed: Double(hits) / Double(part.count), interval: interval)
    }
  }

  /// The ROC curve with at most `points` steps between its ends.
  package func roc(points: Int = 99) -> [ModelReport.Point] {
    guard positives > 0, positives < rows.count else { return [] }
    let ties = ties
    var all: [ModelReport.Point] = [.init(x: 0, y: 0)]
    var (hits, lost) = (0, 0)
    for tie in ties {
      hits += tie.positives
      lost += tie.rows - tie.positives
      all.append(
        .init(
          x: Double(lost) / Double(rows.count - positives), y: Double(hits) / Double(positives)))
    }
    guard all.count > points + 2 else { return all }
    return (0...points + 1).map { all[$0 * (all.count - 1) / (points + 1)] }
  }

  /// Tenths by descending probability; fewer rows than ten make fewer. Of rows of equal probability each tenth
  /// has its share of those that converted: their order tells nothing.
  package func lift() -> [ModelReport.LiftRow] {
    guard positives > 0 else { return [] }
    let base = Double(positives) / Double(rows.count)
    let bounds = (0...10).map { rows.count * $0 / 10 }
    let captured = expectedPositives(upTo: bounds)
    return (0..<10).compactMap { tenth in
      let count = bounds[tenth + 1] - bounds[tenth]
      guard count > 0 else { return nil }
      let rate = (captured[tenth + 1] - captured[tenth]) / Double(count)
      return ModelReport.LiftRow(
        tenth: tenth + 1, rows: count,
        positives: Int(captured[tenth + 1].rounded()) - Int(captured[tenth].rounded()), rate: rate,
        lift: rate / base, capturedShare: captured[tenth + 1] / Double(positives))
    }
  }

  /// How many of the first rows converted, were rows of equal probability in any order.
  /// - Parameter bounds: numbers of rows, rising.
  private func expectedPositives(upTo bounds: [Int]) -> [Double] {
    var (seen, hits, place) = (0, 0, 0)
    let ties = ties
    return bounds.map { bound in
      while place < ties.count, seen + ties[place].rows <= bound {
        seen += ties[place].rows
        hits += ties[place].positives
        place += 1
      }
      guard place < ties.count else { return Double(hits) }
      let tie = ties[place]
      return Double(hits) + Double(tie.positives) * Double(bound - seen) / Double(tie.rows)
    }
  }
}
