#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A draw of the number of successes among trials, exact: by inversion where few are expected, else by
/// transformed rejection (Hörmann, "The Generation of Binomial Random Variates", 1993, algorithm BTRS), in
/// constant time.
/// - Parameters:
///   - trials: 0 or more.
///   - rate: 0–1.
/// - Returns: 0 to `trials`.
package func sampledBinomial(
  trials: Int, rate: Double, using generator: inout some RandomNumberGenerator
) -> Int {
  guard trials > 0, rate > 0 else { return 0 }
  guard rate < 1 else { return trials }
  if rate > 0.5 {
    return trials - sampledBinomial(trials: trials, rate: 1 - rate, using: &generator)
  }
  return Double(trials) * rate < 10
    ? byInversion(trials, rate, &generator) : byRejection(trials, rate, &generator)
}

private func byInversion(
  _ trials: Int, _ rate: Double, _ generator: inout some RandomNumberGenerator
) -> Int {
  let odds = rate / (1 - rate)
  var chance = exp(Double(trials) * log1p(-rate))
  var left = unit(&generator)
  for count in 0..<trials {
    if left < chance { return count }
    left -= chance
    chance *= odds * Double(trials - count) / Double(count + 1)
  }
  return trials
}

private func byRejection(
  _ trials: Int, _ rate: Double, _ generator: inout some RandomNumberGenerator
) -> Int {
  let n = Double(trials)
  let deviation = (n * rate * (1 - rate)).squareRoot()
  let b = 1.15 + 2.53 * deviation
  let a = -0.0873 + 0.0248 * b + 0.01 * rate
  let center = n * rate + 0.5
  let scale = (2.83 + 5.1 / b) * deviation
  let mode = ((n + 1) * rate).rounded(.down)
  let peak = logGamma(mode + 1) + logGamma(n - mode + 1)
  let logOdds = log(rate) - log1p(-rate)
  // Each round succeeds with a chance above 0.8. The bound is for generators that never vary.
  for _ in 0..<1000 {
    let u = unit(&generator) - 0.5
    let v = unit(&generator)
    let distance = 0.5 - abs(u)
    let count = ((2 * a / distance + b) * u + center).rounded(.down)
    guard count >= 0, count <= n else { continue }
    if distance >= 0.07, v <= 0.92 - 4.2 / b { return Int(count) }
    let height = log(v * scale / (a / (distance * distance) + b))
    let chance = peak - logGamma(count + 1) - logGamma(n - count + 1) + (count - mode) * logOdds
    if height <= chance { return Int(count) }
  }
  return Int(mode)
}

/// Uniform in (0, 1).
private func unit(_ generator: inout some RandomNumberGenerator) -> Double {
  (Double(generator.next() >> 11) + 0.5) * 0x1p-53
}
