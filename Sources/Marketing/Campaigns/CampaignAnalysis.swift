#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Everything that can be said of how a campaign does.
package struct CampaignAnalysis: Sendable, Hashable {
  /// One measure.
  package struct Section: Sendable, Hashable {
    /// The measure.
    package var measure: CampaignMeasure
    /// Its value in the window, or why there is none.
    package var now: RateReading
    /// Its value in the window before.
    package var before: RateReading
    /// By what share it changed between the two, with the 90 % interval; `nil` where that cannot be told.
    package var change: MeasuredChange?
    /// How it moves within the window; `nil` with too few days.
    package var trend: CampaignTrend?
    /// When it moved to another level.
    package var changePoints: [ChangePoint]
    /// How it stands among its siblings; `nil` without two that have it.
    package var standing: SiblingStanding?
    /// What is missing before it is known to a fifth of its value; `nil` when it is.
    package var missing: String?
  }

  /// By what share something changed.
  package struct MeasuredChange: Sendable, Hashable {
    /// The change: −0.1 is a tenth less.
    package var share: Double
    /// The lower end of its 90 % interval.
    package var low: Double
    /// The upper end.
    package var high: Double
  }

  /// The days that were looked at.
  package var window: CampaignWindow
  /// The days before them that they are compared with.
  package var previous: CampaignWindow
  /// What happened in the window.
  package var figures: CampaignFigures
  /// The measures.
  package var sections: [Section]
  /// The spend against the budgets; `nil` where no cost is known.
  package var pacing: CampaignPacing?
  /// How much is known of the days.
  package var coverage: CampaignCoverage
  /// What else is to be known, as sentences.
  package var notes: [String]

  /// How many days are looked at where nothing else is said.
  package static let usualDays = 28

  /// The analysis of a campaign.
  /// - Parameters:
  ///   - window: `nil` for the last 28 days that end with the last one that has figures and is over.
  ///   - siblings: campaigns of the same objective or channel and the same currency.
  /// - Returns: `nil` where nothing is known of the campaign yet.
  package init?(
    _ series: CampaignSeries, window: CampaignWindow? = nil, siblings: [CampaignSeries] = [],
    now: Timestamp
  ) {
    let yesterday = CalendarDay(now) + -1
    guard let latest = series.days.last(where: { $0.day <= yesterday })?.day else { return nil }
    let window = window ?? CampaignWindow(days: Self.usualDays, through: latest)
    let previous = window.before(days: window.length)
    let (days, past) = (series.days.within(window), series.days.within(previous))
    let (rates, before) = (CampaignRates(days), CampaignRates(past))
    let peers = siblings.filter { $0.currency == series.currency }
    let known = peers.map { CampaignPeer(days: $0.days.within(window)) }
    sections = CampaignMeasure.allCases.map { measure in
      let own = LogRate(measure, of: days)
      return Section(
        measure: measure, now: rates[measure], before: before[measure],
        change: Self.change(from: LogRate(measure, of: past), to: own),
        trend: CampaignTrend(measure, of: days),
        changePoints: ChangePoint.all(measure, of: days),
        standing: own.flatMap { SiblingStanding($0, measure, among: known) },
        missing: Self.missing(rates[measure]))
    }
    self.window = window
    self.previous = previous
    figures = rates.sums.all
    pacing = CampaignPacing(series, through: min(window.last, yesterday))
    coverage = series.coverage(of: window)
    notes = coverage.notes
    if yesterday - latest > 1 {
      notes.append("The last figures are of \(latest), \(yesterday - latest) days behind.")
    }
    if peers.count < siblings.count {
      notes.append(
        "\(siblings.count - peers.count) siblings are kept in another currency and left out.")
    }
    if days.count < 14 { notes.append("Weekdays differ, which shows only over whole weeks.") }
  }

  private static func change(from before: LogRate?, to now: LogRate?) -> MeasuredChange? {
    guard let before, let now else { return nil }
    let difference = now.value - before.value
    let half = GuardedRules.z95 * (now.variance + before.variance).squareRoot()
    return MeasuredChange(
      share: expm1(difference), low: expm1(difference - half), high: expm1(difference + half))
  }

  /// What is missing before a value is known to a fifth on either side.
  private static func missing(_ reading: RateReading) -> String? {
    guard let rate = reading.rate else { return reading.reason }
    guard rate.value > 0 else { return "So far it is 0: nothing can be told but its upper end." }
    guard let high = rate.high else { return "One event is too few to bound it." }
    let half = (high - rate.low) / (2 * rate.value)
    guard half > 0.2 else { return nil }
    // The interval narrows with the root of the volume.
    return "It is known to \((half * 100).figure(0)) % on either side: about "
      + "\((half * half / 0.04).figure(1)) times the figures are needed for 20 %."
  }
}

/// What is known of a sibling within a window.
struct CampaignPeer {
  let days: ArraySlice<CampaignSeries.Day>
}

/// How a campaign stands among its siblings.
package struct SiblingStanding: Sendable, Hashable {
  /// What the siblings have in common: the mean of their logarithms, weighted by how well they are known.
  package var benchmark: Double
  /// The campaign's own value, drawn toward that as far as it is uncertain.
  package var shrunken: Double
  /// The share of the siblings that do worse, 0–1, all values drawn likewise.
  package var betterThan: Double
  /// How many siblings there are.
  package var siblings: Int

  /// The standing by empirical Bayes (Efron and Morris, "Stein's Estimation Rule and Its Competitors", 1973).
  /// - Returns: `nil` with fewer than two siblings.
  init?(_ own: LogRate, _ measure: CampaignMeasure, among peers: [CampaignPeer]) {
    let others = peers.compactMap { LogRate(measure, of: $0.days) }
    guard others.count >= 2 else { return nil }
    let count = Double(others.count)
    let plain = others.reduce(0) { $0 + $1.value } / count
    let spread = others.reduce(0) { $0 + ($1.value - plain) * ($1.value - plain) } / (count - 1)
    let between = max(1e-9, spread - others.reduce(0) { $0 + $1.variance } / count)
    let weights = others.map { 1 / ($0.variance + between) }
    let mean =
      zip(weights, others).reduce(0) { $0 + $1.0 * $1.1.value } / weights.reduce(0, +)
    func drawn(_ rate: LogRate) -> Double {
      mean + (rate.value - mean) * between / (between + rate.variance)
    }
    let value = drawn(own)
    let worse = others.count { measure.isBetterHigher ? drawn($0) < value : drawn($0) > value }
    benchmark = exp(mean)
    shrunken = exp(value)
    betterThan = Double(worse) / count
    siblings = others.count
  }
}
