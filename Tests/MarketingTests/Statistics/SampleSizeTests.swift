import Marketing
import Testing

@Suite struct SampleSizeTests {
  @Test(arguments: [(0.02, 80_679), (0.05, 31_231), (0.10, 14_749)])
  func proportions(rate: Double, size: Int) {
    #expect(sampleSizePerArm(rate: rate, other: rate * 1.1, alpha: 0.05, power: 0.8) == size)
  }

  /// Cohen's d of 0.5: 63 by the normal distribution (64 by Student's).
  @Test func means() {
    #expect(sampleSizePerArm(deviation: 2, difference: 1, alpha: 0.05, power: 0.8) == 63)
    #expect(sampleSizePerArm(deviation: 2, difference: -1, alpha: 0.05, power: 0.8) == 63)
  }

  @Test(arguments: [
    (0.0, 0.1, 0.05, 0.8), (0.1, 1.1, 0.05, 0.8), (0.1, 0.1, 0.05, 0.8), (0.1, 0.2, 0, 0.8),
    (0.1, 0.2, 0.05, 1), (.nan, 0.2, 0.05, 0.8),
  ])
  func impossiblePlansHaveNoSize(rate: Double, other: Double, alpha: Double, power: Double) {
    #expect(sampleSizePerArm(rate: rate, other: other, alpha: alpha, power: power) == nil)
  }

  /// With the units that a difference needs just this difference is found.
  @Test(arguments: [(0.02, 0.022), (0.05, 0.04), (0.5, 0.55), (0.9, 0.99)])
  func theSmallestDifferenceOfARate(rate: Double, other: Double) throws {
    let size = try #require(sampleSizePerArm(rate: rate, other: other, alpha: 0.05, power: 0.8))
    let boundary = normalQuantile(above: 0.025)
    let found = smallestDifference(
      rate: rate, isRise: other > rate, units: Double(size), boundary: boundary, power: 0.8)
    #expect(abs((found ?? 0) - abs(other - rate)) < 1e-2 * abs(other - rate))
  }

  @Test func theSmallestDifferenceOfMeans() throws {
    let found = smallestDifference(
      variance: 4, units: 62.79, boundary: normalQuantile(above: 0.025), power: 0.8)
    #expect(abs((found ?? 0) - 1) < 1e-4)
    #expect(smallestDifference(variance: 0, units: 10, boundary: 2, power: 0.8) == nil)
    #expect(smallestDifference(variance: 4, units: 0, boundary: 2, power: 0.8) == nil)
  }

  /// Ten units do not tell 10 % from nothing, nor 95 % from all.
  @Test func noRateIsBeyondItsRange() {
    #expect(
      smallestDifference(rate: 0.1, isRise: false, units: 10, boundary: 2, power: 0.8) == nil)
    #expect(
      smallestDifference(rate: 0.95, isRise: true, units: 10, boundary: 2, power: 0.8) == nil)
    #expect(smallestDifference(rate: 1, isRise: true, units: 10, boundary: 2, power: 0.8) == nil)
    #expect(smallestDifference(rate: 0, isRise: false, units: 10, boundary: 2, power: 0.8) == nil)
  }
}
