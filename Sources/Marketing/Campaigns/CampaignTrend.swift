#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// By what share a measure changes from day to day: the slope of its logarithm by weighted least squares with
/// robust errors. Weekdays are not modelled: over whole weeks they cancel out.
package struct CampaignTrend: Sendable, Hashable {
  /// The change a day: 0.01 is one per cent more.
  package var perDay: Double
  /// The lower end of its 90 % interval.
  package var low: Double
  /// The upper end.
  package var high: Double
  /// How many days it is of.
  package var days: Int

  /// Whether it certainly rises or falls.
  package var isCertain: Bool { low > 0 || high < 0 }

  /// The trend over days.
  /// - Returns: `nil` with fewer than 7 days that have both figures.
  package init?(_ measure: CampaignMeasure, of days: some Collection<CampaignSeries.Day>) {
    var line = WeightedLine()
    for day in days {
      guard let terms = measure.terms(of: day.figures), terms.part > 0, terms.whole > 0,
        terms.events > 0
      else { continue }
      line.add(
        Double(day.day.rawValue), log(terms.part / terms.whole), weight: Double(terms.events))
    }
    guard line.count >= 7, let fit = line.line else { return nil }
    let half = GuardedRules.z95 * fit.slopeError
    (perDay, low, high) = (expm1(fit.slope), expm1(fit.slope - half), expm1(fit.slope + half))
    self.days = line.count
  }
}
