import Marketing
import Testing

/// Published quantiles and chances, to the digits of the tables.
@Suite struct DistributionTests {
  private static func isClose(_ value: Double, _ expected: Double, _ relative: Double = 5e-6)
    -> Bool
  {
    abs(value - expected) <= relative * abs(expected)
  }

  /// Abramowitz and Stegun, "Handbook of Mathematical Functions", table 26.1 and 26.2.
  @Test(arguments: [
    (0.0, 0.5), (1, 0.158_655_253_9), (-1, 0.841_344_746_1), (1.96, 0.024_997_895_1),
    (3, 0.001_349_898_03), (6, 9.865_876_450e-10), (10, 7.619_853_024e-24),
  ])
  func normalTails(z: Double, chance: Double) {
    #expect(Self.isClose(normalTail(above: z), chance, 1e-8))
    if z > -1 { #expect(abs(normalQuantile(above: chance) - z) < 1e-7) }
  }

  /// Abramowitz and Stegun, table 26.8: the χ² that is exceeded with a chance.
  @Test(arguments: [
    (1, 0.05, 3.84146), (1, 0.001, 10.8276), (2, 0.05, 5.99147), (10, 0.05, 18.3070),
    (30, 0.995, 13.7867), (100, 0.05, 124.342), (100, 0.99, 70.0648), (1, 0.995, 3.92704e-5),
  ])
  func chiSquares(degrees: Int, chance: Double, statistic: Double) {
    #expect(Self.isClose(chiSquareTail(statistic, degrees: degrees), chance, 1e-4))
    let quantile = 2 * gammaQuantile(1 - chance, shape: Double(degrees) / 2)
    #expect(Self.isClose(quantile, statistic, 2e-5))
  }

  @Test(arguments: [0.05, 0.5, 1, 7, 300, 54_321, 2e7], [1e-9, 0.025, 0.5, 0.975, 1 - 1e-9])
  func gammaQuantilesUndoChances(shape: Double, chance: Double) {
    let quantile = gammaQuantile(chance, shape: shape)
    #expect(Self.isClose(gammaChance(upTo: quantile, shape: shape), chance, 1e-7))
    #expect(Self.isClose(gammaTail(above: quantile, shape: shape), 1 - chance, 1e-6))
  }

  /// Great parameters and small chances, by the series with 40 digits.
  @Test(arguments: [
    (0.05, 1e-200, 1.02721686527e-10),
    (1000000.0, 992977.0, 9.66906868674e-13),
    (10000000.0, 9977775.0, 1.00874116858e-12),
    (100000000.0, 99929671.0, 9.99768828216e-13),
    (1000000000.0, 999777566.0, 9.99943175165e-13),
    (1000000000.0, 999968377.0, 0.158653544465),
  ])
  func lowerGammaTails(shape: Double, x: Double, chance: Double) {
    #expect(Self.isClose(gammaChance(upTo: x, shape: shape), chance, 1e-8))
    #expect(Self.isClose(gammaQuantile(chance, shape: shape), x, 1e-8))
  }

  @Test(arguments: [
    (1000000.0, 1007044.0, 1.048614901e-12),
    (11000000.0, 11023346.0, 1.0019608557e-12),
    (1000000000.0, 1000222464.0, 1.0004699488e-12),
  ])
  func upperGammaTails(shape: Double, x: Double, chance: Double) {
    #expect(Self.isClose(gammaTail(above: x, shape: shape), chance, 1e-7))
  }

  /// Against SciPy 1.17.
  @Test(arguments: [
    (0.49992, 1000000000.0, 1000000000.0, 4.17093005855e-13),
    (0.4999781, 1000000000.0, 1000000000.0, 0.0250683675362),
    (0.99799, 500000000.0, 1000000.0, 1.27033195837e-12),
    (0.998, 500000000.0, 1000000.0, 0.0226961499357),
    (1e-08, 5.0, 1000000000.0, 0.970747314717),
    (1e-240, 0.05, 3.0, 1.07625e-12),
  ])
  func betaTails(x: Double, alpha: Double, beta: Double, chance: Double) {
    #expect(Self.isClose(betaChance(upTo: x, alpha, beta), chance, 1e-6))
    #expect(Self.isClose(betaQuantile(chance, alpha, beta), x, 1e-6))
  }

  /// Against SciPy 1.17.
  @Test(arguments: [
    (7.03448, 100000.0, 1.00641273901e-12),
    (7.03448, 11000000.0, 1.00008531725e-12),
    (5.9978, 1000000000.0, 1.00004352902e-09),
    (0.0025066, 10000000.0, 0.499000012352),
    (10.0, 1000000.0, 7.63930538409e-24),
    (30.0, 5.0, 3.85932431025e-07),
  ])
  func studentsTails(t: Double, degrees: Double, chance: Double) {
    #expect(Self.isClose(studentTail(above: t, degrees: degrees), chance, 1e-6))
    #expect(Self.isClose(studentQuantile(above: chance, degrees: degrees), t, 1e-6))
  }

  @Test func gammaEnds() {
    #expect(gammaChance(upTo: -1, shape: 2) == 0 && gammaTail(above: 0, shape: 2) == 1)
    #expect(gammaTail(above: .infinity, shape: 2) == 0)
    #expect(gammaQuantile(0, shape: 3) == 0 && gammaQuantile(1, shape: 3) == .infinity)
  }

  /// Garwood's bounds of 95 %, as tabulated by Pearson and Hartley, "Biometrika Tables for Statisticians",
  /// table 40 (two decimals), here with the digits of χ² tables.
  @Test(arguments: [
    (0, 0, 3.688_88), (1, 0.025_318, 5.571_64), (2, 0.242_21, 7.224_69),
    (5, 1.623_49, 11.668_33), (10, 4.795_39, 18.390_36), (50, 37.110_5, 65.918_4),
  ])
  func poissonBoundsAreGarwoods(events: Int, low: Double, high: Double) {
    let bounds = poissonBounds(events: events, confidence: 0.95)
    #expect(abs(bounds.low - low) <= 5e-5 * max(low, 1))
    #expect(Self.isClose(bounds.high, high, 1e-5))
  }

  @Test func oneSidedPoissonBounds() {
    #expect(Self.isClose(poissonUpperBound(events: 0, confidence: 0.95), 2.995_732, 1e-6))
    #expect(Self.isClose(poissonUpperBound(events: 3, confidence: 0.95), 7.753_657, 1e-6))
    #expect(Self.isClose(poissonLowerBound(events: 3, confidence: 0.95), 0.817_691, 1e-6))
  }

  /// Abramowitz and Stegun, table 26.10.
  @Test(arguments: [
    (1.0, 0.025, 12.7062), (2, 0.025, 4.30265), (10, 0.025, 2.22814), (10, 0.005, 3.16927),
    (30, 0.025, 2.04227), (120, 0.025, 1.97993), (5, 0.4, 0.267181), (1e9, 0.025, 1.959964),
  ])
  func studentsQuantiles(degrees: Double, chance: Double, t: Double) {
    #expect(Self.isClose(studentQuantile(above: chance, degrees: degrees), t, 5e-6))
    #expect(Self.isClose(studentTail(above: t, degrees: degrees), chance, 2e-5))
    #expect(Self.isClose(studentTail(above: -t, degrees: degrees), 1 - chance, 2e-5))
  }

  /// F(0.05; 5, 10) = 3.3258 by x = 5F ÷ (5F + 10); I_½(a, a) = ½; the binomial sum of 3 or more in 10 at
  /// 0.2.
  @Test func betaChances() {
    let ratio = 5 * 3.325_835 / (5 * 3.325_835 + 10)
    #expect(Self.isClose(betaChance(upTo: ratio, 2.5, 5), 0.95, 1e-6))
    #expect(Self.isClose(betaChance(upTo: 0.5, 37, 37), 0.5, 1e-12))
    #expect(Self.isClose(betaChance(upTo: 0.2, 3, 8), 0.322_200_473_6, 1e-9))
    #expect(betaChance(upTo: 0, 2, 3) == 0 && betaChance(upTo: 1, 2, 3) == 1)
  }

  /// Clopper and Pearson's bounds of 15 in 148 at 95 % (Newcombe 1998, table I, method 5: 0.0578, 0.1617).
  @Test func betaQuantilesAreClopperAndPearsons() {
    #expect(abs(betaQuantile(0.025, 15, 134) - 0.0578) < 0.00005)
    #expect(abs(betaQuantile(0.975, 16, 133) - 0.1617) < 0.00005)
  }

  @Test(
    arguments: [(0.5, 0.5), (1, 1), (3, 900), (45_000, 250_000), (0.2, 30)],
    [1e-6, 0.025, 0.5, 0.975])
  func betaQuantilesUndoChances(parameters: (Double, Double), chance: Double) {
    let (alpha, beta) = parameters
    let quantile = betaQuantile(chance, alpha, beta)
    #expect((0...1).contains(quantile))
    #expect(Self.isClose(betaChance(upTo: quantile, alpha, beta), chance, 1e-7))
  }
}
