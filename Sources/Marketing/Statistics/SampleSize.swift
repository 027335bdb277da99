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

/// The smallest difference of a rate that so many units per arm find: the formula of `sampleSizePerArm` solved
/// for q.
/// - Parameters:
///   - rate: p, 0–1.
///   - isRise: whether q lies above p.
///   - units: per arm, above 0.
///   - boundary: the |z| that ends the test, above 0.
///   - power: the chance to find the difference, above 0 and below 1.
/// - Returns: |q − p|; `nil` where q would not lie between 0 and 1, and for arguments outside their ranges.
package func smallestDifference(
  rate: Double, isRise: Bool, units: Double, boundary: Double, power: Double
) -> Double? {
  guard (0...1).contains(rate), units > 0, boundary > 0, power > 0, power < 1 else { return nil }
  let z = boundary + normalQuantile(above: 1 - power)
  // (units + z²)·d² − z²·(1 − 2p)·d − 2z²·p(1 − p) = 0, d being q − p.
  let (scale, slope) = (units + z * z, z * z * (1 - 2 * rate))
  let root = (slope * slope + 8 * scale * z * z * rate * (1 - rate)).squareRoot()
  let difference = (slope + (isRise ? root : -root)) / (2 * scale)
  guard difference != 0, (0...1).contains(rate + difference) else { return nil }
  return abs(difference)
}

/// The smallest difference of two means that so many units per arm find.
/// - Parameters:
///   - variance: of one unit, above 0.
///   - units: per arm, above 0.
///   - boundary: the |z| that ends the test, above 0.
///   - power: the chance to find the difference, above 0 and below 1.
/// - Returns: `nil` for arguments outside their ranges.
package func smallestDifference(
  variance: Double, units: Double, boundary: Double, power: Double
) -> Double? {
  guard variance > 0, units > 0, boundary > 0, power > 0, power < 1 else { return nil }
  let z = boundary + normalQuantile(above: 1 - power)
  let difference = z * (2 * variance / units).squareRoot()
  return difference.isFinite ? difference : nil
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
