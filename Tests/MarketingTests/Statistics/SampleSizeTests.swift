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
}
