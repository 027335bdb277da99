import Marketing
import Testing

@Suite struct MultipleComparisonsTests {
  private static func isClose(_ values: [Double], _ expected: [Double]) -> Bool {
    zip(values, expected).allSatisfy { abs($0 - $1) < 1e-12 }
  }

  /// Holm's step-down of .01, .04, .03, .005 multiplies by 3, 1, 2, 4 and never falls.
  @Test func holm() {
    #expect(Self.isClose(holmAdjusted([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]))
    #expect(Self.isClose(holmAdjusted([0.6, 0.9]), [1, 1]))
    #expect(holmAdjusted([]).isEmpty)
  }

  @Test func benjaminiAndHochberg() {
    #expect(
      Self.isClose(
        benjaminiHochbergAdjusted([0.01, 0.04, 0.03, 0.005]), [0.02, 0.04, 0.04, 0.02]))
  }

  /// The 15 chances of Benjamini and Hochberg (1995), section 4.1: Bonferroni's and Holm's level of 5 %
  /// find 3, theirs 4.
  @Test func thePublishedExample() {
    let p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
      0.5719, 0.6528, 0.7590, 1,
    ]
    #expect(holmAdjusted(p).count { $0 <= 0.05 } == 3)
    #expect(benjaminiHochbergAdjusted(p).count { $0 <= 0.05 } == 4)
  }
}
