import ReportPages
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1\u{202F}000"),
    (-1_234_567, "−1\u{202F}234\u{202F}567"),
    (Int.min, "−9\u{202F}223\u{202F}372\u{202F}036\u{202F}854\u{202F}775\u{202F}808"),
  ])
  func counts(value: Int, text: String) { #expect(NumberText.count(value) == text) }

  @Test(
    arguments: [
      (0, "0\u{A0}%"), (1, "100\u{A0}%"), (0.5, "50.0\u{A0}%"), (0.3845, "38.5\u{A0}%"),
      (0.00049, "< 0.1\u{A0}%"), (0.0005, "0.1\u{A0}%"), (0.99949, "99.9\u{A0}%"),
      (0.9995, "> 99.9\u{A0}%"), (0.999_999, "> 99.9\u{A0}%"), (-0.02, "−2.0\u{A0}%"),
      (1.5, "150.0\u{A0}%"),
      (.nan, "–"), (.infinity, "–"),
    ] as [(Double, String)])
  func percents(value: Double, text: String) { #expect(NumberText.percent(value) == text) }

  @Test(
    arguments: [
      (0, "0"), (0.9113, "0.911"), (0.0123, "0.0123"), (0.089, "0.0890"), (1, "1.00"),
      (9.994, "9.99"),
      (9.996, "10.0"), (99.94, "99.9"), (99.96, "100"), (1250.4, "1\u{202F}250"),
      (0.09996, "0.100"),
      (0.000_25, "0.000250"), (0.000_001_25, "1.25e−6"), (-0.5, "−0.500"), (3.2e15, "3.20e15"),
      (.leastNonzeroMagnitude, "4.94e−324"), (.greatestFiniteMagnitude, "1.80e308"), (.nan, "–"),
      (-.infinity, "–"),
    ] as [(Double, String)])
  func significants(value: Double, text: String) { #expect(NumberText.significant(value) == text) }

  @Test(
    arguments: [
      (0, 3, "0.000"), (-0.0001, 3, "0.000"), (2.5, 0, "3"), (0.3141, 3, "0.314"),
      (1234.056, 2, "1\u{202F}234.06"), (1e300, 2, "1.00e300"),
    ] as [(Double, Int, String)])
  func decimals(value: Double, places: Int, text: String) {
    #expect(NumberText.decimals(value, places) == text)
  }

  @Test(
    arguments: [
      (250, "250"), (0.05, "0.05"), (0.5, "0.5"), (1e-6, "1.00e−6"), (0.333_333, "0.333"),
      (.nan, "–"),
    ] as [(Double, String)])
  func settings(value: Double, text: String) { #expect(NumberText.setting(value) == text) }
}
