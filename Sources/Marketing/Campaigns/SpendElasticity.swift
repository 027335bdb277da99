#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// By how many per cent a campaign's leads change where its spend changes by one: below 1, for the cheapest
/// ones come first. What one more unit of money brings is the average return times this.
package struct SpendElasticity: Sendable, Hashable {
  /// What is taken where the days tell nothing: advertising responds with 0.5 to 0.9 as a rule.
  package static let prior = SpendElasticity(mean: 0.7, standardError: 0.15)

  /// The elasticity, above 0 and below 1.
  package var mean: Double
  /// Its standard error.
  package var standardError: Double

  /// An elasticity.
  package init(mean: Double, standardError: Double) {
    self.mean = mean
    self.standardError = standardError
  }

  /// The slope of the logarithm of the leads over that of the spend, put together with the prior by their
  /// precision. Days move both together for other reasons too, so they are believed at most as much as the
  /// prior.
  package init(of days: some Collection<CampaignSeries.Day>) {
    var fit = WeightedLine()
    for day in days {
      guard let spend = day.figures.spend, spend > 0, day.figures.leads > 0 else { continue }
      fit.add(log(spend), log(Double(day.figures.leads)), weight: Double(day.figures.leads))
    }
    guard fit.count >= 8, let line = fit.line else {
      self = Self.prior
      return
    }
    let prior = Self.prior
    let error = max(line.slopeError, prior.standardError)
    let (own, before) = (1 / (error * error), 1 / (prior.standardError * prior.standardError))
    let mean = (line.slope * own + prior.mean * before) / (own + before)
    self.init(mean: min(max(mean, 0.05), 0.95), standardError: (1 / (own + before)).squareRoot())
  }

  /// The lower and the upper end of the 90 % interval, within 0.05 and 1.
  package var range: ClosedRange<Double> {
    let half = GuardedRules.z95 * standardError
    return max(0.05, mean - half)...max(0.05, min(1, mean + half))
  }

  /// By what share the cost of a lead changes where the spend is multiplied: f^(1 − elasticity) − 1.
  /// - Parameter factor: of the spend, above 0.
  package static func costChange(spendTimes factor: Double, elasticity: Double) -> Double {
    pow(factor, 1 - elasticity) - 1
  }
}
