import Marketing
import Testing

@Suite struct StatisticsTests {
  /// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
  /// (1998), table I, method 3: 95 %.
  @Test(arguments: [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
  ])
  func wilsonAgreesWithNewcombe(successes: Int, trials: Int, low: Double, high: Double) throws {
    let interval = try #require(
      RateInterval.wilson(successes: successes, trials: trials, z: RateInterval.z95))
    #expect(abs(interval.low - low) < 0.00005)
    #expect(abs(interval.high - high) < 0.00005)
  }

  @Test func wilsonIsSymmetricAndHoldsTheRate() throws {
    for trials in 1...60 {
      for successes in 0...trials {
        let here = try #require(
          RateInterval.wilson(successes: successes, trials: trials, z: 1.645))
        let there = try #require(
          RateInterval.wilson(successes: trials - successes, trials: trials, z: 1.645))
        let rate = Double(successes) / Double(trials)
        #expect(0 <= here.low && here.low <= rate && rate <= here.high && here.high <= 1)
        #expect(abs(here.low - (1 - there.high)) < 1e-12)
      }
    }
  }

  /// Vigna's splitmix64.c from the state 0.
  @Test func randomNumbersAreThoseOfTheReference() {
    var random = SplitMix64(state: 0)
    #expect(random.next() == 0xE220_A839_7B1D_CDAF)
    #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
    #expect((0..<1000).allSatisfy { _ in (0..<1).contains(random.unit()) })
  }

  @Test(arguments: [
    (0.12345, 3, 0.123), (-2.5, 0, -3), (1e300, 10, 1e300), (Double.infinity, 2, .infinity),
  ])
  func roundingKeepsWhatIsTooLargeToRound(number: Double, digits: Int, rounded: Double) {
    #expect(number.rounded(to: digits) == rounded)
  }

  @Test(arguments: [
    (0.0, DriftReport.Status.stable), (0.099, .stable), (0.1, .warning), (0.249, .warning),
    (0.25, .alarm), (9, .alarm),
  ])
  func anIndexOfStabilityHasAStatus(index: Double, status: DriftReport.Status) {
    #expect(DriftReport.Status(index: index) == status)
  }

  @Test func wilsonNeedsTrials() {
    #expect(RateInterval.wilson(successes: 0, trials: 0, z: 1.96) == nil)
    #expect(RateInterval.wilson(successes: 0, trials: 5, z: 1.96)?.low == 0)
    #expect(RateInterval.wilson(successes: 5, trials: 5, z: 1.96)?.high == 1)
  }

  @Test(arguments: [
    (0.0, 0.5), (1.0, 0.7310585786300049), (-1.0, 0.2689414213699951),
    (-3.0, 0.04742587317756678), (4.59511985013459, 0.99), (1000.0, 1.0), (-1000.0, 0.0),
  ])
  func logisticOfKnownValues(logOdds: Double, probability: Double) {
    #expect(abs(logistic(logOdds) - probability) < 1e-15)
  }

  @Test func logitUndoesLogistic() {
    for step in -1200...1200 {
      let logOdds = Double(step) / 100
      #expect(abs(logit(logistic(logOdds)) - logOdds) < 1e-9)
    }
  }

  @Test(arguments: [
    (0.0, 30.0, 1.0), (30.0, 30.0, 0.5), (60.0, 30.0, 0.25), (15.0, 30.0, 0.7071067811865476),
    (-5.0, 30.0, 1.0),
  ])
  func halvesWithEveryHalfLife(age: Double, halfLife: Double, rest: Double) {
    #expect(abs(halfLifeDecay(ageDays: age, halfLifeDays: halfLife) - rest) < 1e-15)
  }

  @Test(arguments: [
    (0, 0, 0.1, 20.0, 0.1), (5, 10, 0.1, 0.0, 0.5), (5, 10, 0.1, 10.0, 0.3),
    (0, 20, 0.1, 20.0, 0.05), (0, 0, 0.25, 0.0, 0.25),
  ])
  func shrinksTowardThePrior(
    successes: Int, trials: Int, prior: Double, weight: Double, rate: Double
  ) {
    let shrunken = shrunkenRate(
      successes: successes, trials: trials, prior: prior, priorWeight: weight)
    #expect(abs(shrunken - rate) < 1e-15)
  }
}
