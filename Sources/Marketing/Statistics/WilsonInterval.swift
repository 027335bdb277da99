/// A range that holds the true rate with a chosen confidence.
package struct RateInterval: Sendable, Hashable, Codable {
  /// The lower bound, 0–1.
  package var low: Double
  /// The upper bound, 0–1.
  package var high: Double

  /// The normal quantile of 95 % on both sides.
  package static let z95 = 1.959963984540054

  /// A range; 0 ≤ low ≤ high ≤ 1.
  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// The score interval of a rate (Wilson, "Probable Inference, the Law of Succession, and Statistical
  /// Inference", 1927; without continuity correction): it stays within 0 and 1 and is honest for small
  /// counts and for rates near the ends.
  /// - Parameters:
  ///   - successes: 0 to `trials`.
  ///   - z: the normal quantile of the confidence: `z95` for 95 % on both sides.
  /// - Returns: `nil` when there are no trials.
  package static func wilson(successes: Int, trials: Int, z: Double) -> RateInterval? {
    guard trials > 0 else { return nil }
    let n = Double(trials)
    let rate = Double(successes) / n
    let square = z * z
    let center = rate + square / (2 * n)
    let half = z * (rate * (1 - rate) / n + square / (4 * n * n)).squareRoot()
    let scale = 1 + square / n
    // At 0 and n successes the bound is exactly 0 and 1; rounding would leave it a hair beside.
    return RateInterval(
      low: successes == 0 ? 0 : max(0, (center - half) / scale),
      high: successes == trials ? 1 : min(1, (center + half) / scale))
  }
}
