#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An interval that holds the truth at all looks together with a chance, however often one looks: the
/// asymptotic confidence sequence of Waudby-Smith et al. ("Time-uniform central limit theory and asymptotic
/// confidence sequences", 2021), ρ = √((−2 ln α + ln(−2 ln α + 1)) ÷ N*), half-width σ√(2(nρ² + 1) ÷ (nρ)²
/// · ln(√(nρ² + 1) ÷ α)).
package struct ConfidenceSequence: Sendable, Hashable {
  /// What the sequence misses over all looks, above 0 and below 1.
  package let alpha: Double
  private let squaredRho: Double

  /// A sequence.
  /// - Parameters:
  ///   - alpha: what it misses over all looks, above 0 and below 1.
  ///   - tightestAt: N*, the number of units at which it is narrowest in relation to a fixed interval,
  ///     above 0.
  package init(alpha: Double, tightestAt units: Double) {
    self.alpha = alpha
    let square = -2 * log(alpha)
    squaredRho = (square + log(square + 1)) / units
  }

  /// Half the width of the interval.
  /// - Parameters:
  ///   - units: n, above 0; of two arms 2 ÷ (1/n₁ + 1/n₂).
  ///   - standardError: of the estimate from n units, so that σ² = error²·n.
  package func halfWidth(units: Double, standardError: Double) -> Double {
    guard units > 0 else { return .infinity }
    let spread = units * squaredRho
    return standardError
      * (2 * (spread + 1) / spread * log((spread + 1).squareRoot() / alpha)).squareRoot()
  }

  /// The level at which the sequence that was laid out for `alpha` would exclude 0 at this look, at most 1;
  /// the least of all looks so far is a p value that holds at any look (Johari et al., "Always Valid
  /// Inference", 2015).
  package func p(units: Double, z: Double) -> Double {
    guard units > 0 else { return 1 }
    let spread = units * squaredRho
    return min(1, (spread + 1).squareRoot() * exp(-z * z * spread / (2 * (spread + 1))))
  }
}
