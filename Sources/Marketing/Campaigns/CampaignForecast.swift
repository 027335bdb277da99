/// What a campaign is to be expected to do in the days to come, if nothing is changed.
package struct CampaignForecast: Sendable, Hashable {
  /// What is foretold.
  package enum Figure: String, Sendable, Hashable, Codable, CaseIterable {
    case impressions, clicks, leads, conversions, spend, revenue

    /// Its value of a day; `nil` where nobody says.
    package func value(of figures: CampaignFigures) -> Double? {
      switch self {
      case .impressions: Double(figures.impressions)
      case .clicks: Double(figures.clicks)
      case .leads: Double(figures.leads)
      case .conversions: Double(figures.conversions)
      case .spend: figures.spend
      case .revenue: figures.revenue
      }
    }

    /// Whether it is a whole number.
    package var isCount: Bool { self != .spend && self != .revenue }
  }

  /// An expectation with its 90 % interval; all 0 or more.
  package struct Expectation: Sendable, Hashable {
    /// The mean.
    package var mean: Double
    /// The lower end.
    package var low: Double
    /// The upper end.
    package var high: Double
  }

  /// One figure.
  package struct Line: Sendable, Hashable {
    /// The figure.
    package var figure: Figure
    /// The days to come, in order.
    package var days: [Expectation]
    /// All of them together.
    package var sum: Expectation
    /// Whether weekdays were told apart.
    package var hasWeekdays: Bool
  }

  /// The first and the last day that are foretold.
  package var window: CampaignWindow
  /// The figures that enough days are known of.
  package var lines: [Line]
  /// What else is to be known, as sentences.
  package var notes: [String]

  /// With fewer days nothing is foretold.
  package static let leastDays = 7
  /// With so many days weekdays are told apart.
  package static let weekdayDays = 28
  /// No further than this is foretold.
  package static let mostDays = 90
  /// Days before these tell nothing about the future.
  package static let memoryDays = 180

  /// A forecast of the days after the last one that is known and over.
  /// - Parameter count: how many days, 1 to 90.
  /// - Returns: `nil` with fewer than 7 days.
  package init?(_ series: CampaignSeries, days count: Int, now: Timestamp) {
    let today = CalendarDay(now)
    guard let last = series.days.last(where: { $0.day < today })?.day else { return nil }
    let window = CampaignWindow(days: Self.memoryDays, through: last)
    let days = series.days.within(window)
    guard days.count >= Self.leastDays else { return nil }
    let count = min(max(1, count), Self.mostDays)
    self.window = CampaignWindow(first: last + 1, last: last + count)
    lines = Figure.allCases.compactMap { figure in
      let known = days.compactMap { day in
        figure.value(of: day.figures).map { (day: day.day, value: $0) }
      }
      guard known.count >= Self.leastDays, let model = DampedTrend(known) else { return nil }
      return model.line(figure, days: count)
    }
    notes = ["It holds if nothing is changed: neither budget, bids nor creatives."]
    if days.count < Self.weekdayDays {
      notes.append("With fewer than 28 days weekdays are not told apart.")
    }
    if let endsAt = series.campaign.endsAt, CalendarDay(endsAt) < self.window.last {
      notes.append("The campaign ends on \(CalendarDay(endsAt)), before the last day foretold.")
    }
  }
}
