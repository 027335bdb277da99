/// The units per arm of a two-sided test of two proportions: (z_{1−α/2} + z_power)²·[p(1−p) + q(1−q)] ÷ (q
/// − p)² (Fleiss, Levin, Paik, "Statistical Methods for Rates and Proportions", 3rd edition, chapter 4,
/// without continuity correction).
/// - Parameters:
///   - rate: p, above 0 and below 1.
///   - other: q, 0–1 and not p.
///   - alpha: the chance of a false positive, above 0 and below 1.
///   - power: the chance to find the difference, above 0 and below 1.
/// - Returns: rounded up, at most 10¹⁵; `nil` for arguments outside their ranges.
package func sampleSizePerArm(
  rate: Double, other: Double, alpha: Double, power: Double
) -> Int? {
  guard rate > 0, rate < 1, (0...1).contains(other) else { return nil }
  let variance = rate * (1 - rate) + other * (1 - other)
  return sampleSize(
    variance: variance, difference: other - rate, alpha: alpha, power: power)
}

/// The units per arm of a two-sided test of two means: (z_{1−α/2} + z_power)²·2σ² ÷ δ² (Cohen, "Statistical
/// Power Analysis for the Behavioral Sciences", 2nd edition, chapter 2, by the normal distribution).
/// - Parameters:
///   - deviation: σ of one unit, above 0.
///   - difference: δ, in the unit of σ, not 0.
///   - alpha: the chance of a false positive, above 0 and below 1.
///   - power: the chance to find the difference, above 0 and below 1.
/// - Returns: rounded up, at most 10¹⁵; `nil` for arguments outside their ranges.
package func sampleSizePerArm(
  deviation: Double, difference: Double, alpha: Double, power: Double
) -> Int? {
  guard deviation > 0 else { return nil }
  return sampleSize(
    variance: 2 * deviation * deviation, difference: difference, alpha: alpha, power: power)
}

private func sampleSize(
  variance: Double, difference: Double, alpha: Double, power: Double
) -> Int? {
  guard alpha > 0, alpha < 1, power > 0, power < 1, difference != 0 else { return nil }
  let z = normalQuantile(above: alpha / 2) + normalQuantile(above: 1 - power)
  let size = z * z * variance / (difference * difference)
  guard size.isFinite else { return nil }
  return Int(min(size.rounded(.up), 1e15))
}
