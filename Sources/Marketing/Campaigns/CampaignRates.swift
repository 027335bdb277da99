#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A campaign's rates within some days, each with its interval or the reason why there is none. All are
/// finite.
package struct CampaignRates: Sendable, Hashable {
  /// What happened.
  package let sums: CampaignSums
  /// What a conversion was worth; `nil` where nobody knows.
  package let value: ConversionValue?
  private let readings: [CampaignMeasure: RateReading]

  /// The rates of days.
  package init(_ days: some Collection<CampaignSeries.Day>) {
    var sums = CampaignSums()
    for day in days { sums.add(day.figures) }
    self.init(sums, value: ConversionValue(of: days))
  }

  /// The rates of sums.
  /// - Parameter value: what a conversion of the same days was worth.
  package init(_ sums: CampaignSums, value: ConversionValue?) {
    self.sums = sums
    self.value = value
    readings = Dictionary(
      uniqueKeysWithValues: CampaignMeasure.allCases.map { measure in
        (measure, Self.reading(measure, sums, value))
      })
  }

  /// A rate, or why there is none.
  package subscript(measure: CampaignMeasure) -> RateReading {
    readings[measure] ?? .missing("It was not measured.")
  }

  private static func reading(
    _ measure: CampaignMeasure, _ sums: CampaignSums, _ value: ConversionValue?
  ) -> RateReading {
    guard sums.days > 0 else { return .missing("There are no figures in this time.") }
    let (all, costed) = (sums.all, sums.costed)
    return switch measure {
    case .ctr: share(all.clicks, of: all.impressions, "clicks", "impressions", clamps: true)
    case .conversionsPerClick: share(all.conversions, of: all.clicks, "conversions", "clicks")
    case .conversionsPerLead: share(all.conversions, of: all.leads, "conversions", "leads")
    case .cpc: cost(costed.spend, per: costed.clicks, "clicks")
    case .cpl: cost(costed.spend, per: costed.leads, "leads")
    case .cpa: cost(costed.spend, per: costed.conversions, "conversions")
    case .roas: roas(sums.returned, value)
    case .aov: orderValue(value)
    }
  }

  /// Wilson's interval.
  private static func share(
    _ part: Int, of whole: Int, _ parts: String, _ wholes: String, clamps: Bool = false
  ) -> RateReading {
    guard whole > 0 else { return .missing("There are no \(wholes), so there is no data.") }
    guard part <= whole || clamps else {
      return .missing(
        "There are more \(parts) than \(wholes): the ones do not all come of the others.")
    }
    let part = min(part, whole)
    guard
      let interval = RateInterval.wilson(successes: part, trials: whole, z: GuardedRules.z95)
    else { return .missing("There are no \(wholes), so there is no data.") }
    return .known(
      MeasuredRate(
        value: Double(part) / Double(whole), low: interval.low, high: interval.high))
  }

  /// Spend ÷ the exact bounds of a Poisson mean.
  private static func cost(_ spend: Double?, per events: Int, _ name: String) -> RateReading {
    guard let spend else { return .missing("Nobody says what it cost.") }
    guard events > 0 else { return .missing("There are no \(name) to divide the spend by.") }
    let bounds = poissonBounds(events: events, confidence: 0.9)
    return .known(
      MeasuredRate(
        value: spend / Double(events), low: spend / bounds.high, high: spend / bounds.low))
  }

  /// Conversions as a Poisson count, what one is worth as a mean with its error; the distances of both on the
  /// logarithmic scale are put together as independent ones (Donner and Zou, "Closed-form confidence
  /// intervals for functions of the normal mean and standard deviation", 2012).
  private static func roas(_ returned: CampaignFigures, _ value: ConversionValue?) -> RateReading {
    guard let spend = returned.spend else {
      return .missing("No day has both what it cost and what it brought.")
    }
    guard spend > 0 else { return .missing("Nothing was spent.") }
    guard let revenue = returned.revenue, revenue > 0, returned.conversions > 0, let value else {
      let most = value.map {
        poissonUpperBound(events: 0, confidence: 0.95) * $0.upperBound(z: GuardedRules.z95)
      }
      return .known(MeasuredRate(value: 0, low: 0, high: most.map { $0 / spend }))
    }
    let bounds = poissonBounds(events: returned.conversions, confidence: 0.9)
    let spread = GuardedRules.z95 * value.standardError / value.mean
    func distance(_ bound: Double) -> Double {
      let count = log(bound / Double(returned.conversions))
      return (count * count + spread * spread).squareRoot()
    }
    let ratio = revenue / spend
    return .known(
      MeasuredRate(
        value: ratio, low: ratio * exp(-distance(bounds.low)),
        high: ratio * exp(distance(bounds.high))))
  }

  /// The mean with its error on the logarithmic scale, for what conversions are worth is skewed.
  private static func orderValue(_ value: ConversionValue?) -> RateReading {
    guard let value else { return .missing("No conversion of a known worth is there.") }
    guard value.mean > 0 else {
      return .missing("The conversions are reported as worth nothing.")
    }
    let factor = exp(GuardedRules.z95 * value.standardError / value.mean)
    return .known(
      MeasuredRate(value: value.mean, low: value.mean / factor, high: value.mean * factor))
  }
}
