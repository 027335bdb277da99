#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A draw from a beta distribution, as a ratio of two gamma draws.
/// - Parameters:
///   - alpha: above 0.
///   - beta: above 0.
/// - Returns: 0–1.
package func sampledBeta(
  _ alpha: Double, _ beta: Double, using generator: inout some RandomNumberGenerator
) -> Double {
  let first = sampledGamma(alpha, using: &generator)
  let second = sampledGamma(beta, using: &generator)
  // Of two very small shapes both draws may be too small to be told from nothing.
  return first + second > 0 ? first / (first + second) : alpha / (alpha + beta)
}

/// A draw from a gamma distribution of scale 1 (Marsaglia, Tsang, "A Simple Method for Generating Gamma
/// Variables", 2000; shapes below 1 by their boost).
/// - Parameter shape: above 0.
package func sampledGamma(
  _ shape: Double, using generator: inout some RandomNumberGenerator
) -> Double {
  if shape < 1 {
    let draw = sampledGamma(shape + 1, using: &generator)
    return draw * pow(unit(&generator), 1 / shape)
  }
  let d = shape - 1.0 / 3
  let c = 1 / (9 * d).squareRoot()
  // Each round succeeds with a chance above 0.95. The bound is for generators that never vary.
  for _ in 0..<1000 {
    let x = normal(&generator)
    let v = 1 + c * x
    guard v > 0 else { continue }
    let cube = v * v * v
    if log(unit(&generator)) < x * x / 2 + d - d * cube + d * log(cube) { return d * cube }
  }
  return d
}

/// Uniform in (0, 1).
private func unit(_ generator: inout some RandomNumberGenerator) -> Double {
  (Double(generator.next() >> 11) + 0.5) * 0x1p-53
}

/// A standard normal draw (Box, Muller, "A Note on the Generation of Random Normal Deviates", 1958).
private func normal(_ generator: inout some RandomNumberGenerator) -> Double {
  (-2 * log(unit(&generator))).squareRoot() * cos(2 * Double.pi * unit(&generator))
}
