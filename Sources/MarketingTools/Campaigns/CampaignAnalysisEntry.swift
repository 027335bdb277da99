import Marketing

/// What can be said of a campaign as tools and resources show it.
struct CampaignAnalysisEntry: Encodable, Sendable {
  let figures: CampaignFigures
  let measures: [Measure]
  let channels: [Part]
  let variants: [Part]
  let segments: [Part]
  let pacing: Pacing?
  let daysWithFigures: Int
  let missingDays: Int
  let countedDays: Int
  let notes: [String]

  /// One measure, or why there is none.
  struct Measure: Encodable, Sendable {
    let measure: CampaignMeasure
    let value: Double?
    let low: Double?
    let high: Double?
    let reason: String?
    let before: Double?
    let change: Interval?
    let trendPerDay: Interval?
    let changePoints: [Change]
    let siblings: Siblings?
    let missing: String?
  }

  /// A value with its 90 % interval.
  struct Interval: Encodable, Sendable {
    let value: Double
    let low: Double
    let high: Double
  }

  /// A day on which a measure moved to another level.
  struct Change: Encodable, Sendable {
    let day: CalendarDay
    let before: Double
    let after: Double
  }

  /// How it stands among others.
  struct Siblings: Encodable, Sendable {
    let benchmark: Double
    let betterThan: Double
    let count: Int
  }

  /// A channel, variant or segment with its own figures.
  struct Part: Encodable, Sendable {
    let name: String
    let channel: String?
    let figures: CampaignFigures
    let ctr: MeasuredRate?
    let cpl: MeasuredRate?
    let roas: MeasuredRate?
  }

  /// The spend against the budgets.
  struct Pacing: Encodable, Sendable {
    let spent: Double
    let expectedByNow: Double?
    let projected: Double?
    let projectedLow: Double?
    let projectedHigh: Double?
    let total: CampaignPacing.Verdict?
    let perDay: Double?
    let knownDays: Int
    let daily: CampaignPacing.Verdict?
  }

  /// So many parts of a kind are shown, those with most impressions.
  private static let mostParts = 20

  init(_ analysis: CampaignAnalysis, _ series: CampaignSeries) {
    figures = analysis.figures
    measures = analysis.sections.map(Self.measure)
    let window = analysis.window
    channels = Self.parts(series.channels, window)
    variants = Self.parts(series.variants, window)
    segments = Self.parts(series.segments, window)
    pacing = analysis.pacing.map { pacing in
      Pacing(
        spent: pacing.spent, expectedByNow: pacing.expectedByNow, projected: pacing.projected,
        projectedLow: pacing.projectedLow, projectedHigh: pacing.projectedHigh,
        total: pacing.total, perDay: pacing.perDay, knownDays: pacing.knownDays,
        daily: pacing.daily)
    }
    daysWithFigures = analysis.coverage.daysWithFigures
    missingDays = analysis.coverage.missingDays
    countedDays = analysis.coverage.countedDays
    notes = analysis.notes
  }

  private static func measure(_ section: CampaignAnalysis.Section) -> Measure {
    Measure(
      measure: section.measure, value: section.now.rate?.value, low: section.now.rate?.low,
      high: section.now.rate?.high, reason: section.now.reason,
      before: section.before.rate?.value,
      change: section.change.map { Interval(value: $0.share, low: $0.low, high: $0.high) },
      trendPerDay: section.trend.map { Interval(value: $0.perDay, low: $0.low, high: $0.high) },
      changePoints: section.changePoints.map {
        Change(day: $0.day, before: $0.before, after: $0.after)
      },
      siblings: section.standing.map {
        Siblings(benchmark: $0.benchmark, betterThan: $0.betterThan, count: $0.siblings)
      }, missing: section.missing)
  }

  private static func parts(
    _ parts: [CampaignSeries.Part], _ window: CampaignWindow
  ) -> [Part] {
    let shown = parts.map { part -> (part: CampaignSeries.Part, sums: CampaignFigures) in
      (part, part.sums(over: window).all)
    }.filter { $0.sums != .zero }
    let largest = shown.sorted {
      ($1.sums.impressions, $0.part.name) < ($0.sums.impressions, $1.part.name)
    }
    return largest.prefix(mostParts).map { part, sums in
      let rates = CampaignRates(part.days.within(window))
      return Part(
        name: part.name, channel: part.channel, figures: sums, ctr: rates[.ctr].rate,
        cpl: rates[.cpl].rate, roas: rates[.roas].rate)
    }
  }
}

/// What is to be expected of a campaign as tools show it.
struct CampaignForecastEntry: Encodable, Sendable {
  let first: CalendarDay
  let last: CalendarDay
  let lines: [Line]
  let notes: [String]

  /// One figure, in all and by day.
  struct Line: Encodable, Sendable {
    let figure: CampaignForecast.Figure
    let sum: Expectation
    let days: [Expectation]
    let weekdays: Bool
  }

  /// A mean with its 90 % interval.
  struct Expectation: Encodable, Sendable {
    let mean: Double
    let low: Double
    let high: Double

    init(_ expectation: CampaignForecast.Expectation) {
      mean = expectation.mean.rounded(to: 2)
      low = expectation.low.rounded(to: 2)
      high = expectation.high.rounded(to: 2)
    }
  }

  init(_ forecast: CampaignForecast) {
    first = forecast.window.first
    last = forecast.window.last
    lines = forecast.lines.map { line in
      Line(
        figure: line.figure, sum: Expectation(line.sum), days: line.days.map(Expectation.init),
        weekdays: line.hasWeekdays)
    }
    notes = forecast.notes
  }
}

/// Campaigns side by side as tools show them.
struct CampaignComparisonEntry: Encodable, Sendable {
  let measure: CampaignMeasure
  let campaigns: [Row]
  let pairs: [Pair]
  let missing: [String: String]

  /// One campaign.
  struct Row: Encodable, Sendable {
    let campaignID: CampaignID
    let value: Double
    let low: Double
    let high: Double?
    let chanceToBeBest: Double
  }

  /// Two campaigns.
  struct Pair: Encodable, Sendable {
    let first: CampaignID
    let second: CampaignID
    let ratio: Double
    let low: Double
    let high: Double
    let p: Double
  }

  init(_ comparison: CampaignComparison) {
    measure = comparison.measure
    campaigns = comparison.rows.map { row in
      Row(
        campaignID: row.campaignID, value: row.rate.value, low: row.rate.low,
        high: row.rate.high, chanceToBeBest: row.chanceToBeBest)
    }
    pairs = comparison.pairs.map { pair in
      Pair(
        first: pair.first, second: pair.second, ratio: pair.ratio, low: pair.low,
        high: pair.high, p: pair.p)
    }
    missing = Dictionary(
      uniqueKeysWithValues: comparison.missing.map { ($0.key.rawValue, $0.value) })
  }
}
