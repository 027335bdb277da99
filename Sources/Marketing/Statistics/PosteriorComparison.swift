#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is believed of the true rate or mean of one arm.
package enum Posterior: Sendable, Hashable {
  /// A rate: a beta distribution of parameters of 1 or more.
  case beta(Double, Double)
  /// A mean: a normal distribution, its deviation above 0.
  case normal(mean: Double, deviation: Double)

  /// A rate of which nothing was known before: the uniform distribution, then successes and failures.
  /// - Parameter successes: 0 to `trials`.
  package static func rate(successes: Int, trials: Int) -> Posterior {
    let belief = Posterior.beta(Double(successes) + 1, Double(trials - successes) + 1)
    // Among so many the distribution is normal to more digits than the gamma function has left.
    guard trials > 10_000_000, min(successes, trials - successes) > 100_000 else { return belief }
    return .normal(mean: belief.mean, deviation: belief.deviation)
  }

  /// The expected value.
  package var mean: Double {
    switch self {
    case .beta(let alpha, let beta): alpha / (alpha + beta)
    case .normal(let mean, _): mean
    }
  }

  /// The standard deviation.
  package var deviation: Double {
    switch self {
    case .beta(let alpha, let beta):
      (alpha * beta / (alpha + beta + 1)).squareRoot() / (alpha + beta)
    case .normal(_, let deviation): deviation
    }
  }
}

/// How arms compare by what is believed of them, more being better: exact up to the quadrature, about 6
/// digits (Gelman et al., "Bayesian Data Analysis", 3rd edition, chapter 2; expected loss as in Stucchio,
/// "Bayesian A/B Testing at VWO", 2015).
package struct PosteriorComparison: Sendable, Hashable {
  /// The chance of each arm to be the best of all, 0–1; the sum is 1.
  package let chancesToBeBest: [Double]
  /// What is lost on average by choosing an arm that is not the best, in the unit of the means, 0 or more.
  package let expectedLosses: [Double]

  /// Compares arms.
  /// - Parameter arms: at least one.
  package init(_ arms: [Posterior]) {
    let densities = arms.map(Density.init)
    var below = [Double](repeating: 0, count: arms.count)
    var best = below
    let edges = Self.edges(arms)
    let start = edges.first ?? 0
    // E[max] = start + ∫ (1 − Π F) from there on.
    var expectedMaximum = start
    var values = densities.map { $0.value(at: start) }
    for (from, to) in zip(edges, edges.dropFirst()) where to > from {
      let step = (to - from) / Double(Self.cells)
      for cell in 0..<Self.cells {
        let left = from + Double(cell) * step
        let middle = densities.map { $0.value(at: left + step / 2) }
        let right = densities.map { $0.value(at: left + step) }
        let quarter = densities.map { $0.value(at: left + step / 4) }
        var halfway = below
        var after = below
        for arm in arms.indices {
          halfway[arm] += step / 12 * (values[arm] + 4 * quarter[arm] + middle[arm])
          after[arm] += step / 6 * (values[arm] + 4 * middle[arm] + right[arm])
        }
        let all = (product(below), product(halfway), product(after))
        expectedMaximum += step / 6 * (6 - all.0 - 4 * all.1 - all.2)
        for arm in arms.indices {
          best[arm] +=
            step / 6
            * (values[arm] * product(below, without: arm)
              + 4 * middle[arm] * product(halfway, without: arm)
              + right[arm] * product(after, without: arm))
        }
        (below, values) = (after, right)
      }
    }
    let total = best.reduce(0, +)
    chancesToBeBest = best.map { min(1, max(0, total > 0 ? $0 / total : 1 / Double(arms.count))) }
    expectedLosses = arms.map { max(0, expectedMaximum - $0.mean) }
  }

  private static let cells = 12

  /// Places between which every density is smooth enough for the rule.
  private static func edges(_ arms: [Posterior]) -> [Double] {
    var edges: Set<Double> = []
    for arm in arms {
      for distance in [-9.0, -6, -4, -2.5, -1, 0, 1, 2.5, 4, 6, 9] {
        var place = arm.mean + distance * arm.deviation
        if case .beta = arm { place = min(1, max(0, place)) }
        edges.insert(place)
      }
    }
    return edges.sorted()
  }
}

private func product(_ factors: [Double], without left: Int? = nil) -> Double {
  var product = 1.0
  for index in factors.indices where index != left { product *= min(1, factors[index]) }
  return product
}

/// A density with its constant computed once.
private struct Density {
  private let posterior: Posterior
  private let constant: Double

  init(_ posterior: Posterior) {
    self.posterior = posterior
    switch posterior {
    case .beta(let alpha, let beta):
      constant = logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta)
    case .normal(_, let deviation):
      constant = -log(deviation) - log(2 * Double.pi) / 2
    }
  }

  func value(at x: Double) -> Double {
    switch posterior {
    case .beta(let alpha, let beta):
      guard x > 0 else { return alpha == 1 ? exp(constant) : 0 }
      guard x < 1 else { return beta == 1 ? exp(constant) : 0 }
      return exp(constant + (alpha - 1) * log(x) + (beta - 1) * log1p(-x))
    case .normal(let mean, let deviation):
      let z = (x - mean) / deviation
      return exp(constant - z * z / 2)
    }
  }
}
