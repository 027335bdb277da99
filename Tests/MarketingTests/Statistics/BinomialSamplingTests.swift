import Marketing
import Testing

@Suite struct BinomialSamplingTests {
  /// Mean and variance of 40,000 draws lie within five standard errors; both methods and both halves are
  /// used.
  @Test(arguments: [
    (500, 0.05), (500, 0.01), (20, 0.3), (100_000, 0.49), (300, 0.97), (1000, 0.5), (3, 0.5),
  ])
  func momentsAreThoseOfTheDistribution(trials: Int, rate: Double) {
    var generator = SplitMix64(state: 11)
    let draws = 40_000
    let counts = (0..<draws).map { _ in
      sampledBinomial(trials: trials, rate: rate, using: &generator)
    }
    #expect(counts.allSatisfy { (0...trials).contains($0) })
    let mean = Double(counts.reduce(0, +)) / Double(draws)
    let expected = Double(trials) * rate
    let variance = expected * (1 - rate)
    #expect(abs(mean - expected) < 5 * (variance / Double(draws)).squareRoot())
    let spread = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) }
    #expect(abs(spread / Double(draws) / variance - 1) < 0.05)
  }

  /// Pearson's χ² of draws by rejection against the exact chances, 41 classes: p = 0.001 at 73.40 of 40
  /// degrees.
  @Test func chancesAreThoseOfTheDistribution() {
    var generator = SplitMix64(state: 5)
    let (trials, rate, draws) = (60, 0.4, 50_000)
    var counts = [Int](repeating: 0, count: trials + 1)
    for _ in 0..<draws {
      counts[sampledBinomial(trials: trials, rate: rate, using: &generator)] += 1
    }
    var statistic = 0.0
    for count in 10...40 {
      // P(X ≤ k) = I_{1−p}(n − k, k + 1).
      let upTo = betaChance(upTo: 1 - rate, Double(trials - count), Double(count) + 1)
      let below = betaChance(upTo: 1 - rate, Double(trials - count) + 1, Double(count))
      let expected = Double(draws) * (upTo - below)
      statistic +=
        (Double(counts[count]) - expected) * (Double(counts[count]) - expected) / expected
    }
    #expect(chiSquareTail(statistic, degrees: 31) > 0.001)
  }

  @Test func ends() {
    var generator = SplitMix64(state: 1)
    #expect(sampledBinomial(trials: 0, rate: 0.5, using: &generator) == 0)
    #expect(sampledBinomial(trials: 9, rate: 0, using: &generator) == 0)
    #expect(sampledBinomial(trials: 9, rate: 1, using: &generator) == 9)
  }
}
