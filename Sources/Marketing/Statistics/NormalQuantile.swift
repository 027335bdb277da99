#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The chance that a standard normal variable exceeds z: erfc(z ÷ √2) ÷ 2.
package func normalTail(above z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }

/// The density of the standard normal distribution at z.
package func normalDensity(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }

/// The z above which a normal variable lies with a chance: 1.645 for 5 %. Found by halving, to about 12
/// digits.
/// - Parameter chance: above 0 and below 1; what is beyond 1e-300 on either side is taken for that.
package func normalQuantile(above chance: Double) -> Double {
  let chance = min(max(chance, 1e-300), 1 - 1e-16)
  var (low, high) = (-40.0, 40.0)
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if normalTail(above: middle) > chance { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

/// How likely so many successes or more are among trials that are drawn by chance from a population
/// (hypergeometric; the one-sided exact test of Fisher, "The Logic of Inductive Inference", 1935).
/// - Parameters:
///   - successes: among the trials, 0 to `trials`.
///   - trials: 0 to `population`.
///   - allSuccesses: in the population.
/// - Returns: 0–1.
package func chanceOfSuccesses(
  _ successes: Int, of trials: Int, allSuccesses: Int, population: Int
) -> Double {
  func logChoose(_ n: Int, _ k: Int) -> Double {
    logGamma(Double(n) + 1) - logGamma(Double(k) + 1) - logGamma(Double(n - k) + 1)
  }
  let most = min(trials, allSuccesses)
  let least = max(successes, trials - (population - allSuccesses), 0)
  guard least <= most else { return 0 }
  let all = logChoose(population, trials)
  var chance = 0.0
  for count in least...most {
    chance += exp(
      logChoose(allSuccesses, count)
        + logChoose(population - allSuccesses, trials - count) - all)
  }
  return min(1, chance)
}
