import Marketing
import Testing

@Suite struct EffectEstimateTests {
  private static func isClose(_ value: Double, _ expected: Double, _ relative: Double = 5e-5)
    -> Bool
  {
    abs(value - expected) <= relative * abs(expected)
  }

  /// The counts of `cookie_cats.csv`: 8,502 of 44,700 and 8,279 of 45,489 came back after seven days.
  @Test func proportions() throws {
    let effect = try #require(
      EffectEstimate.proportions(
        control: SampleMean(successes: 8502, count: 44_700),
        variant: SampleMean(successes: 8279, count: 45_489), alpha: 0.05))
    #expect(Self.isClose(effect.z, -3.164_36))
    #expect(Self.isClose(effect.p, 0.001_554_25))
    #expect(Self.isClose(effect.low, -0.013_281_6, 1e-4))
    #expect(Self.isClose(effect.high, -0.003_121_04, 1e-4))
  }

  /// Two samples of 15 from the examples of Welch's test (t 2.8353, 27.71 degrees, p 0.008453), by their
  /// sums.
  @Test func meansOfDifferentVariances() throws {
    let effect = try #require(
      EffectEstimate.means(
        control: SampleMean(count: 15, sum: 312.3, sumOfSquares: 6612.23),
        variant: SampleMean(count: 15, sum: 353.8, sumOfSquares: 8434.78), alpha: 0.05))
    #expect(Self.isClose(effect.z, 2.835_264))
    #expect(Self.isClose(effect.p, 0.008_452_73))
    #expect(Self.isClose(effect.low, 0.766_888))
    #expect(Self.isClose(effect.high, 4.766_445))
  }

  /// 10 % and 12 % of 1,000 each: the ratio's variance is 0.0001056 ÷ 0.01 + 1.44 · 0.00009 ÷ 0.01 = 0.02352.
  @Test func liftByTheDeltaMethod() throws {
    let control = SampleMean(successes: 100, count: 1000)
    let lift = try #require(
      RelativeLift(
        control: control, variant: SampleMean(successes: 120, count: 1000), alpha: 0.05))
    #expect(Self.isClose(lift.lift, 0.2, 1e-12))
    #expect(Self.isClose(lift.high - lift.lift, 1.959_964 * 0.153_362_3))
    #expect(Self.isClose(lift.lift - lift.low, lift.high - lift.lift, 1e-9))
    let rare = SampleMean(successes: 3, count: 1000)
    #expect(RelativeLift(control: rare, variant: control, alpha: 0.05) == nil)
  }

  @Test func nothingIsSaidOfNothing() {
    let empty = SampleMean(successes: 0, count: 0)
    let none = SampleMean(successes: 0, count: 50)
    #expect(EffectEstimate.proportions(control: empty, variant: none, alpha: 0.05) == nil)
    #expect(EffectEstimate.proportions(control: none, variant: none, alpha: 0.05) == nil)
    #expect(EffectEstimate.means(control: none, variant: none, alpha: 0.05) == nil)
    #expect(SampleMean(count: 1, sum: 3, sumOfSquares: 9).variance == 0)
  }

  @Test(arguments: [
    ([44_700, 45_489], [1.0, 1.0], 6.902_4, 0.008_607_99, false),
    ([49_000, 51_000], [1, 1], 40, 2.539_63e-10, true),
    ([2000, 1000, 1000], [2, 1, 1], 0, 1, false),
    ([30, 20], [2, 1], 1, 0.317_311, false),
  ])
  func sampleRatios(
    counts: [Int], weights: [Double], chiSquare: Double, p: Double, isMismatch: Bool
  ) throws {
    let ratio = try #require(SampleRatio(counts: counts, weights: weights))
    #expect(abs(ratio.chiSquare - chiSquare) < 0.000_05)
    #expect(Self.isClose(ratio.p, p, 1e-4))
    #expect(ratio.isMismatch == isMismatch)
  }

  @Test func aRatioNeedsVariantsAndUnits() {
    #expect(SampleRatio(counts: [3], weights: [1]) == nil)
    #expect(SampleRatio(counts: [0, 0], weights: [1, 1]) == nil)
    #expect(SampleRatio(counts: [1, 2], weights: [1, 0]) == nil)
  }
}
