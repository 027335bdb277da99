#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Several campaigns side by side by one measure.
package struct CampaignComparison: Sendable, Hashable {
  /// One campaign.
  package struct Row: Sendable, Hashable {
    /// The campaign.
    package var campaignID: CampaignID
    /// Its value.
    package var rate: MeasuredRate
    /// How likely it is the best of all, 0–1.
    package var chanceToBeBest: Double
  }

  /// Two campaigns that differ.
  package struct Pair: Sendable, Hashable {
    /// The one.
    package var first: CampaignID
    /// The other.
    package var second: CampaignID
    /// The ratio of the first's value to the second's.
    package var ratio: Double
    /// The lower end of its 90 % interval, for this pair alone.
    package var low: Double
    /// The upper end.
    package var high: Double
    /// The chance of such a difference if there were none, allowing for all pairs (Holm).
    package var p: Double
  }

  /// The measure.
  package var measure: CampaignMeasure
  /// The campaigns, the best one first.
  package var rows: [Row]
  /// All pairs, in the rows' order.
  package var pairs: [Pair]
  /// The campaigns that are left out, with the reason.
  package var missing: [CampaignID: String]

  /// More campaigns are not compared at once: the pairs grow with the square.
  package static let limit = 20

  /// Compares campaigns over the same days.
  /// - Parameters:
  ///   - all: at most 20 count.
  ///   - draws: how many draws the chances rest on.
  package init(
    _ measure: CampaignMeasure, of all: [CampaignSeries], over window: CampaignWindow,
    draws: Int = 2000, using generator: inout SplitMix64
  ) {
    self.measure = measure
    missing = [:]
    var known: [(id: CampaignID, rate: LogRate)] = []
    // Money is compared in one currency: the first campaign's.
    let currency = all.lazy.compactMap(\.currency).first
    for (place, series) in all.enumerated() {
      let id = series.campaign.id
      if place >= Self.limit {
        missing[id] = "At most \(Self.limit) campaigns are compared at once."
      } else if measure.isMoney, series.currency != currency {
        missing[id] = "It is kept in another currency."
      } else if let rate = LogRate(measure, of: series.days.within(window)) {
        known.append((id, rate))
      } else {
        missing[id] = "There are too few figures of it in these days."
      }
    }
    let sign = measure.isBetterHigher ? -1.0 : 1.0
    known.sort { (sign * $0.rate.value, $0.id) < (sign * $1.rate.value, $1.id) }
    let chances = Self.chances(known.map(\.rate), sign: sign, draws: draws, using: &generator)
    rows = zip(known, chances).map { campaign, chance in
      let half = GuardedRules.z95 * campaign.rate.variance.squareRoot()
      return Row(
        campaignID: campaign.id,
        rate: MeasuredRate(
          value: exp(campaign.rate.value), low: exp(campaign.rate.value - half),
          high: exp(campaign.rate.value + half)), chanceToBeBest: chance)
    }
    pairs = Self.pairs(known)
  }

  private static func pairs(_ known: [(id: CampaignID, rate: LogRate)]) -> [Pair] {
    var pairs: [Pair] = []
    for (place, first) in known.enumerated() {
      for second in known.dropFirst(place + 1) {
        let difference = first.rate.value - second.rate.value
        let error = (first.rate.variance + second.rate.variance).squareRoot()
        let half = GuardedRules.z95 * error
        pairs.append(
          Pair(
            first: first.id, second: second.id, ratio: exp(difference),
            low: exp(difference - half), high: exp(difference + half),
            p: 2 * normalTail(above: abs(difference) / error)))
      }
    }
    let adjusted = holmAdjusted(pairs.map(\.p))
    for place in pairs.indices { pairs[place].p = adjusted[place] }
    return pairs
  }

  private static func chances(
    _ rates: [LogRate], sign: Double, draws: Int, using generator: inout SplitMix64
  ) -> [Double] {
    var wins = rates.map { _ in 0 }
    for _ in 0..<max(1, draws) where !rates.isEmpty {
      var best = (place: 0, value: Double.infinity)
      for (place, rate) in rates.enumerated() {
        let draw =
          sign
          * (rate.value + rate.variance.squareRoot() * sampledNormal(using: &generator))
        if draw < best.value { best = (place, draw) }
      }
      wins[best.place] += 1
    }
    return wins.map { Double($0) / Double(max(1, draws)) }
  }
}
