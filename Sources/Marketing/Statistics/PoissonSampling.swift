#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A draw from a Poisson distribution: counted arrivals (Knuth, "The Art of Computer Programming", volume 2,
/// 3.4.1), for large means the rounded normal distribution.
/// - Parameter mean: 0 or more.
package func sampledPoisson(_ mean: Double, using generator: inout SplitMix64) -> Int {
  guard mean > 0 else { return 0 }
  guard mean < 500 else {
    let draw = mean + mean.squareRoot() * sampledNormal(using: &generator)
    return max(0, Int(min(draw.rounded(), 1e15)))
  }
  var count = 0
  var left = mean
  while true {
    left += log(1 - generator.unit())
    if left < 0 { return count }
    count += 1
  }
}

/// A draw from the standard normal distribution (Box, Muller, "A Note on the Generation of Random Normal
/// Deviates", 1958).
package func sampledNormal(using generator: inout SplitMix64) -> Double {
  (-2 * log(1 - generator.unit())).squareRoot() * cos(2 * Double.pi * generator.unit())
}
