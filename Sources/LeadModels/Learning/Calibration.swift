package import Marketing

#if canImport(Glibc)
  import Glibc
#endif

/// Turns a model's raw log-odds into log-odds that can be taken at their word. Never falling, so that it
/// changes no order.
package struct Calibration: Sendable, Hashable, Codable {
  /// A point of the curve.
  struct Knot: Sendable, Hashable, Codable {
    var raw: Double
    var calibrated: Double
  }

  /// How it was fitted.
  package let method: CalibrationMethod
  /// Of `platt`: raw × slope + offset; of `isotonic` the slope beyond the ends.
  var slope = 1.0
  var offset = 0.0
  /// Of `isotonic`: the points between which it is straight, rising.
  var knots: [Knot] = []

  /// Log-odds as they are.
  static let none = Calibration(method: .none)

  /// Log-odds never go beyond these, which is a chance of 1 in 20,000.
  private static let bound = 9.9

  private init(method: CalibrationMethod) { self.method = method }

  /// Fits a curve to log-odds of rows that the model was not trained on.
  init(_ method: CalibrationMethod, margins: [Double], labels: [Bool]) {
    self.init(method: method)
    guard method != .none else { return }
    (slope, offset) = Self.line(margins, labels)
    if method == .isotonic { knots = Self.knots(margins, labels) }
  }

  /// The calibrated log-odds.
  package func logOdds(_ raw: Double) -> Double {
    let found: Double
    switch method {
    case .none: found = raw
    case .platt: found = raw * slope + offset
    case .isotonic: found = interpolated(raw)
    }
    return min(Self.bound, max(-Self.bound, found))
  }

  /// Whether it never falls and has a value everywhere.
  var isRising: Bool {
    slope >= 0 && slope.isFinite && offset.isFinite && knots.count != 1
      && zip(knots, knots.dropFirst()).allSatisfy {
        $0.raw < $1.raw && $0.calibrated <= $1.calibrated
      }
      && knots.allSatisfy { $0.raw.isFinite && $0.calibrated.isFinite }
  }

  private func interpolated(_ raw: Double) -> Double {
    guard let first = knots.first, let last = knots.last else { return raw * slope + offset }
    if raw <= first.raw { return first.calibrated + (raw - first.raw) * slope }
    if raw >= last.raw { return last.calibrated + (raw - last.raw) * slope }
    var (low, high) = (0, knots.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if knots[middle].raw <= raw { low = middle } else { high = middle }
    }
    let share = (raw - knots[low].raw) / (knots[high].raw - knots[low].raw)
    return knots[low].calibrated + share * (knots[high].calibrated - knots[low].calibrated)
  }

  /// Slope and offset of least log loss, by Newton's method, with Platt's targets that keep it from
  /// certainty ("Probabilistic Outputs for Support Vector Machines", 1999).
  private static func line(_ margins: [Double], _ labels: [Bool]) -> (Double, Double) {
    let positives = Double(labels.count { $0 })
    let negatives = Double(labels.count) - positives
    let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))
    var slope = 1.0
    var offset = 0.0
    for _ in 0..<50 {
      var (gradientA, gradientB) = (0.0, 0.0)
      var (curveAA, curveAB, curveBB) = (1e-9, 0.0, 1e-9)
      for (margin, label) in zip(margins, labels) {
        let chance = logistic(slope * margin + offset)
        let error = chance - (label ? high : low)
        let weight = chance * (1 - chance)
        gradientA += error * margin
        gradientB += error
        curveAA += weight * margin * margin
        curveAB += weight * margin
        curveBB += weight
      }
      let determinant = curveAA * curveBB - curveAB * curveAB
      guard determinant > 1e-12 else { break }
      // Long steps are shortened: far off, the curvature says little.
      let stepA = (curveBB * gradientA - curveAB * gradientB) / determinant
      let stepB = (curveAA * gradientB - curveAB * gradientA) / determinant
      let factor = min(1, 2 / max(abs(stepA), abs(stepB), 1e-12))
      slope -= factor * stepA
      offset -= factor * stepB
      if max(abs(stepA), abs(stepB)) < 1e-9 { break }
    }
    guard slope.isFinite, offset.isFinite else { return (1, 0) }
    // A falling line would turn the model around.
    return (max(0.01, slope), offset)
  }

  /// The levels of the isotonic regression (pool adjacent violators), each at the mean of its rows, with half
  /// a row of each outcome added so that none is certain.
  private static func knots(_ margins: [Double], _ labels: [Bool]) -> [Knot] {
    let levels = Block.pooled(ties(margins, labels)) { $0.rate >= $1.rate }
    // The half rows weigh more on small blocks and could undo the order.
    let blocks = Block.pooled(levels) { $0.level >= $1.level || $0.margin >= $1.margin }
    let knots = blocks.map { Knot(raw: $0.margin, calibrated: $0.level) }
    return knots.count > 1 ? knots : []
  }

  /// Rows of equal margin, each a block from the start: else their order would tell.
  private static func ties(_ margins: [Double], _ labels: [Bool]) -> [Block] {
    var ties: [Block] = []
    var last: Double?
    for row in margins.indices.sorted(by: { margins[$0] < margins[$1] }) {
      if margins[row] != last { ties.append(Block(rows: 0, positives: 0, margins: 0)) }
      last = margins[row]
      ties[ties.count - 1].rows += 1
      ties[ties.count - 1].positives += labels[row] ? 1 : 0
      ties[ties.count - 1].margins += margins[row]
    }
    return ties
  }

  /// Neighbouring rows that get one level.
  private struct Block {
    var rows: Double
    var positives: Double
    /// The sum of the rows' margins.
    var margins: Double

    var rate: Double { positives / rows }
    var margin: Double { margins / rows }
    var level: Double { logit((positives + 0.5) / (rows + 1)) }

    /// The blocks with neighbours pooled until none is out of order.
    static func pooled(_ blocks: [Block], _ isOutOfOrder: (Block, Block) -> Bool) -> [Block] {
      var pooled: [Block] = []
      for block in blocks {
        pooled.append(block)
        while pooled.count > 1, isOutOfOrder(pooled[pooled.count - 2], pooled[pooled.count - 1]) {
          let last = pooled.removeLast()
          pooled[pooled.count - 1].rows += last.rows
          pooled[pooled.count - 1].positives += last.positives
          pooled[pooled.count - 1].margins += last.margins
        }
      }
      return pooled
    }
  }
}
