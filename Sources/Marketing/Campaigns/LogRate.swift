#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The logarithm of a measure over some days with its variance, which follows how the days scatter but is
/// never below what chance alone gives.
package struct LogRate: Sendable, Hashable {
  /// The natural logarithm of the measure.
  package var value: Double
  /// Its variance, above 0.
  package var variance: Double

  /// A logarithm with its variance.
  package init(value: Double, variance: Double) {
    self.value = value
    self.variance = variance
  }

  /// The measure over days: a ratio of sums, its variance by linearization.
  /// - Returns: `nil` with fewer than 3 days that both figures are known of, or where either sum is 0.
  package init?(_ measure: CampaignMeasure, of days: some Collection<CampaignSeries.Day>) {
    var points: [(part: Double, whole: Double)] = []
    points.reserveCapacity(days.count)
    var (part, whole, events) = (0.0, 0.0, 0)
    for day in days {
      guard let terms = measure.terms(of: day.figures) else { continue }
      points.append((terms.part, terms.whole))
      part += terms.part
      whole += terms.whole
      events += terms.events
    }
    guard points.count >= 3, part > 0, whole > 0, events > 0 else { return nil }
    let rate = part / whole
    var squares = 0.0
    for point in points {
      let rest = point.part - rate * point.whole
      squares += rest * rest
    }
    let count = Double(points.count)
    let scatter = squares * count / (count - 1) / (part * part)
    self.init(value: log(rate), variance: max(scatter, 1 / Double(events)))
  }
}

extension CampaignMeasure {
  /// The two figures that it divides, and the count that chance acts on; `nil` where one is not known.
  package func terms(
    of figures: CampaignFigures
  ) -> (part: Double, whole: Double, events: Int)? {
    let (clicks, leads, won) = (figures.clicks, figures.leads, figures.conversions)
    switch self {
    case .ctr: return (Double(clicks), Double(figures.impressions), clicks)
    case .conversionsPerClick: return (Double(won), Double(clicks), won)
    case .conversionsPerLead: return (Double(won), Double(leads), won)
    case .cpc: return figures.spend.map { ($0, Double(clicks), clicks) }
    case .cpl: return figures.spend.map { ($0, Double(leads), leads) }
    case .cpa: return figures.spend.map { ($0, Double(won), won) }
    case .roas:
      guard let spend = figures.spend, let worth = figures.revenue ?? (won == 0 ? 0 : nil) else {
        return nil
      }
      return (worth, spend, won)
    case .aov: return figures.revenue.map { ($0, Double(won), won) }
    }
  }
}
