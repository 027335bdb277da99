import Testing

@testable import ServerApp

@Suite struct FixedTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (1.005, 0, "1"), (12.3456, 2, "12.35"), (-0.5, 3, "-0.500"),
    (-0.0001, 2, "0.00"), (-3, 0, "-3"), (1e17, 4, "1e+17"), (1e300, 2, "1e+300"),
    (.infinity, 2, "inf"), (-.infinity, 0, "-inf"), (.nan, 2, "nan"),
  ])
  func everyNumberIsWritten(_ number: Double, _ decimals: Int, _ text: String) {
    #expect(ScoredColumns.fixed(number, decimals: decimals) == text)
  }
}
