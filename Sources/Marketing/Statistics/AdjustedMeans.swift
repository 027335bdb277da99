/// Sums of an outcome y and of a figure x that was known before, over the units of one arm.
package struct PairedSums: Sendable, Hashable {
  /// How many units, 0 or more.
  package let count: Int
  let x: Double
  let xx: Double
  let y: Double
  let yy: Double
  let xy: Double

  /// Sums over all units of an arm: Σx, Σx², Σy, Σy², Σxy.
  package init(count: Int, x: Double, xx: Double, y: Double, yy: Double, xy: Double) {
    self.count = count
    self.x = x
    self.xx = xx
    self.y = y
    self.yy = yy
    self.xy = xy
  }

  fileprivate var n: Double { Double(max(1, count)) }
  fileprivate var spreadX: Double { max(0, xx - x * x / n) }
  fileprivate var spreadY: Double { max(0, yy - y * y / n) }
  fileprivate var spreadXY: Double { xy - x * y / n }

  /// Whether so many units can have these sums, up to rounding (Cauchy and Schwarz).
  fileprivate var isPossible: Bool {
    let scale = (max(0, xx) * max(0, yy)).squareRoot()
    return xx - x * x / n >= -1e-9 * xx && yy - y * y / n >= -1e-9 * yy
      && abs(spreadXY) <= (spreadX * spreadY).squareRoot() + 1e-9 * scale
  }
}

/// Means of which the part is taken out that was known before: Y − θ(X − mean X), θ = cov ÷ var pooled over
/// the arms (CUPED; Deng, Xu, Kohavi, Walker, "Improving the Sensitivity of Online Controlled Experiments
/// by Utilizing Pre-Experiment Data", 2013).
package struct AdjustedMeans: Sendable, Hashable {
  /// θ.
  package let theta: Double
  /// By how much the pooled variance became less, 0–1: the square of the correlation within arms.
  package let varianceReduction: Double
  /// The adjusted samples, in the order of the arms.
  package let arms: [SampleMean]

  /// Adjusts all arms together.
  /// - Returns: `nil` when an arm has fewer than 2 units, when nothing varies, and when the sums cannot be
  ///   those of so many units, because they are of others too.
  package init?(_ sums: [PairedSums]) {
    let spreadX = sums.reduce(0) { $0 + $1.spreadX }
    let spreadY = sums.reduce(0) { $0 + $1.spreadY }
    let spreadXY = sums.reduce(0) { $0 + $1.spreadXY }
    guard !sums.isEmpty, sums.allSatisfy({ $0.count > 1 && $0.isPossible }), spreadX > 0,
      spreadY > 0
    else { return nil }
    let slope = spreadXY / spreadX
    guard slope.isFinite else { return nil }
    let meanX = sums.reduce(0) { $0 + $1.x } / sums.reduce(0) { $0 + $1.n }
    theta = slope
    varianceReduction = min(1, spreadXY * spreadXY / (spreadX * spreadY))
    arms = sums.map { arm in
      let spread = arm.spreadY - 2 * slope * arm.spreadXY + slope * slope * arm.spreadX
      return SampleMean(
        count: arm.count, mean: arm.y / arm.n - slope * (arm.x / arm.n - meanX),
        variance: max(0, spread) / (arm.n - 1))
    }
  }
}
