/// What one conversion is worth on average, and how well that is known.
package struct ConversionValue: Sendable, Hashable {
  /// The mean, in the campaign's currency, 0 or more.
  package var mean: Double
  /// Its standard error, 0 or more.
  package var standardError: Double
  /// How many conversions it is the mean of.
  package var conversions: Int

  /// A mean; see the properties.
  package init(mean: Double, standardError: Double, conversions: Int) {
    self.mean = mean
    self.standardError = standardError
    self.conversions = conversions
  }

  /// With fewer conversions the error of the mean counts.
  package static let sureConversions = 30

  /// The mean over days: a ratio of sums, with the error that linearization gives it (Cochran, "Sampling
  /// Techniques", 3rd edition, 6.4). What single conversions are worth is not known, only what those of a day
  /// are together.
  /// - Returns: `nil` where no conversion of a known worth is.
  package init?(of days: some Collection<CampaignSeries.Day>) {
    var (revenue, conversions, count) = (0.0, 0, 0)
    for day in days {
      guard let worth = day.figures.revenue, day.figures.conversions > 0 else { continue }
      revenue += worth
      conversions += day.figures.conversions
      count += 1
    }
    guard conversions > 0 else { return nil }
    mean = revenue / Double(conversions)
    self.conversions = conversions
    guard count > 1 else {
      // One day tells of no spread: values are taken to spread as far as they are large, as exponential
      // ones do.
      standardError = mean / Double(conversions).squareRoot()
      return
    }
    var squares = 0.0
    for day in days {
      guard let worth = day.figures.revenue, day.figures.conversions > 0 else { continue }
      let rest = worth - mean * Double(day.figures.conversions)
      squares += rest * rest
    }
    standardError =
      (squares * Double(count) / Double(count - 1)).squareRoot() / Double(conversions)
  }

  /// What it is at best with a normal quantile, its error counted only where few conversions are known.
  package func upperBound(z: Double) -> Double {
    conversions < Self.sureConversions ? mean + z * standardError : mean
  }
}
