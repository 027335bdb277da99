#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The parts of ln densities of great parameters, of which each is small: the plain differences of ln Γ lose
// their digits (Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000).

/// By how much ln Γ(n + 1) exceeds Stirling's (n + ½) ln n − n + ½ ln 2π.
/// - Parameter n: above 0.
func stirlingError(_ n: Double) -> Double {
  guard n > 15 else {
    return logGamma(n + 1) - (n + 0.5) * log(n) + n - log(2 * Double.pi) / 2
  }
  let square = n * n
  let inner = 1.0 / 1260 - (1.0 / 1680 - 1 / (1188 * square)) / square
  return (1.0 / 12 - (1.0 / 360 - inner / square) / square) / n
}

/// x ln(x ÷ mean) + mean − x, half the deviance, also where x is near the mean.
/// - Parameters:
///   - x: above 0.
///   - mean: 0 or more.
func deviance(_ x: Double, _ mean: Double) -> Double {
  guard abs(x - mean) < 0.1 * (x + mean) else { return x * log(x / mean) + mean - x }
  let share = (x - mean) / (x + mean)
  var sum = (x - mean) * share
  var term = 2 * x * share
  for step in 1..<1000 {
    term *= share * share
    let next = sum + term / Double(2 * step + 1)
    if next == sum { break }
    sum = next
  }
  return sum
}
