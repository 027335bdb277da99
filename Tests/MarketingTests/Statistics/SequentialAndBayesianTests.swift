import Marketing
import Testing

@Suite struct ConfidenceSequenceTests {
  /// ρ = √((5.991465 + ln 6.991465) ÷ 5000) = 0.0398432; half-widths in standard errors by an independent
  /// computation.
  @Test(arguments: [(5000.0, 3.035_209), (14_000, 3.089_934)])
  func halfWidths(units: Double, errors: Double) {
    let sequence = ConfidenceSequence(alpha: 0.05, tightestAt: 5000)
    #expect(abs(sequence.halfWidth(units: units, standardError: 2) - 2 * errors) < 5e-6)
  }

  /// The p value is alpha where the interval just touches 0.
  @Test(arguments: [100.0, 5000, 80_000])
  func chancesAgreeWithIntervals(units: Double) {
    let sequence = ConfidenceSequence(alpha: 0.05, tightestAt: 5000)
    let z = sequence.halfWidth(units: units, standardError: 1)
    #expect(abs(sequence.p(units: units, z: z) - 0.05) < 1e-12)
    #expect(sequence.p(units: units, z: 0) == 1 && sequence.p(units: 0, z: 9) == 1)
  }
}

@Suite struct PosteriorComparisonTests {
  /// Against adaptive quadrature.
  @Test(arguments: [
    (
      [Posterior.beta(101, 901), .beta(121, 881)], [0.076_816_56, 0.923_183_44],
      [0.020_444_69, 0.000_484_614]
    ),
    (
      [.beta(3, 20), .beta(900, 9100), .beta(1, 1)], [0.111_206_1, 0.028_624_25, 0.860_169_6],
      [0.381_081_7, 0.421_516_4, 0.011_516_45]
    ),
    (
      [
        .normal(mean: 20, deviation: 1), .normal(mean: 21, deviation: 1.5),
        .normal(mean: 19, deviation: 3),
      ], [0.203_188_9, 0.560_531_8, 0.236_279_3], [1.771_147, 0.771_147, 2.771_147]
    ),
  ])
  func chancesAndLosses(arms: [Posterior], chances: [Double], losses: [Double]) {
    let comparison = PosteriorComparison(arms)
    for (chance, expected) in zip(comparison.chancesToBeBest, chances) {
      #expect(abs(chance - expected) < 1e-6)
    }
    for (loss, expected) in zip(comparison.expectedLosses, losses) {
      #expect(abs(loss - expected) < 3e-6)
    }
  }

  /// Two normal means: Φ(1 ÷ √5).
  @Test func twoNormalMeans() {
    let comparison = PosteriorComparison([
      .normal(mean: 0, deviation: 1), .normal(mean: 1, deviation: 2),
    ])
    #expect(abs(comparison.chancesToBeBest[1] - normalTail(above: -1 / 5.0.squareRoot())) < 1e-6)
  }

  @Test func sharesKeepTheirFloor() {
    let arms = [(2, 1000), (30, 1000), (3, 1000)].map {
      Posterior.rate(successes: $0.0, trials: $0.1)
    }
    let shares = thompsonShares(arms, floor: 0.05)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
    #expect(shares.allSatisfy { $0 >= 0.05 })
    #expect(shares[1] > 0.899 && shares[1] <= 0.9 + 1e-12)
    #expect(thompsonShares([.beta(1, 1), .beta(1, 1)], floor: 9) == [0.5, 0.5])
  }
}

@Suite struct AdjustedMeansTests {
  private static func sums(_ pairs: [(x: Double, y: Double)]) -> PairedSums {
    PairedSums(
      count: pairs.count, x: pairs.reduce(0) { $0 + $1.x },
      xx: pairs.reduce(0) { $0 + $1.x * $1.x },
      y: pairs.reduce(0) { $0 + $1.y }, yy: pairs.reduce(0) { $0 + $1.y * $1.y },
      xy: pairs.reduce(0) { $0 + $1.x * $1.y })
  }

  /// The sums give what Y − θ(X − mean X) gives unit by unit.
  @Test func sumsAgreeWithUnits() throws {
    var generator = SplitMix64(state: 7)
    let arms = (0..<2).map { arm in
      (0..<500).map { _ in
        let x = 10 * generator.unit()
        return (x: x, y: 2 * x + 5 * generator.unit() + Double(arm))
      }
    }
    let adjusted = try #require(AdjustedMeans(arms.map(Self.sums)))
    let meanX = arms.joined().reduce(0) { $0 + $1.x } / 1000
    for (arm, pairs) in zip(adjusted.arms, arms) {
      let values = pairs.map { $0.y - adjusted.theta * ($0.x - meanX) }
      let mean = values.reduce(0, +) / 500
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 499
      #expect(abs(arm.mean - mean) < 1e-9)
      #expect(abs(arm.variance - variance) < 1e-8)
    }
    // The slope is 2, and the noise of 25/12 is left of 4 · 100/12 + 25/12.
    #expect(abs(adjusted.theta - 2) < 0.05)
    #expect(abs(adjusted.varianceReduction - 16.0 / 17) < 0.01)
  }

  @Test func aFigureThatDoesNotVaryAdjustsNothing() {
    #expect(AdjustedMeans([Self.sums([(1, 2), (1, 3)]), Self.sums([(1, 5), (1, 3)])]) == nil)
    #expect(AdjustedMeans([Self.sums([(1, 2)]), Self.sums([(1, 5), (2, 3)])]) == nil)
    #expect(AdjustedMeans([]) == nil)
  }
}
