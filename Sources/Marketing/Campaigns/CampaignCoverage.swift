/// How much is known of a campaign's days within a window, and what is odd about it.
package struct CampaignCoverage: Sendable, Hashable {
  /// The window.
  package var window: CampaignWindow
  /// The days with figures.
  package var daysWithFigures: Int
  /// Days in a row without any, between days that have some, in order.
  package var gaps: [CampaignWindow]
  /// How many days are counted here, wholly or in part, rather than reported.
  package var countedDays: Int
  /// How many days have figures but no cost.
  package var daysWithoutCost: Int
  /// The days with more clicks than impressions: a click may be counted the day after what was clicked.
  package var daysWithMoreClicks: [CalendarDay]

  /// How many days between the first and the last one with figures have none.
  package var missingDays: Int { gaps.reduce(0) { $0 + $1.length } }

  /// What there is to say of it, as sentences.
  package var notes: [String] {
    var notes: [String] = []
    if missingDays > 0 {
      let shown = gaps.prefix(3).map(\.description).joined(separator: ", ")
      let more = gaps.count > 3 ? " and \(gaps.count - 3) more" : ""
      notes.append(
        "Nothing is known of \(shown)\(more): such days are left out, not taken for zero.")
    }
    if daysWithoutCost > 0, daysWithoutCost < daysWithFigures {
      notes.append(
        "The cost of \(daysWithoutCost) days is unknown: what things cost is of the other days.")
    }
    if !daysWithMoreClicks.isEmpty {
      notes.append(
        "More clicks than impressions were counted on \(daysWithMoreClicks.count) days, for a click may "
          + "come the day after.")
    }
    return notes
  }
}

extension CampaignSeries {
  /// How much is known of a window's days.
  package func coverage(of window: CampaignWindow) -> CampaignCoverage {
    var coverage = CampaignCoverage(
      window: window, daysWithFigures: 0, gaps: [], countedDays: 0, daysWithoutCost: 0,
      daysWithMoreClicks: [])
    var last: CalendarDay?
    for day in days.within(window) {
      if let last, day.day - last > 1 {
        coverage.gaps.append(CampaignWindow(first: last + 1, last: day.day + -1))
      }
      last = day.day
      coverage.daysWithFigures += 1
      if day.isCounted { coverage.countedDays += 1 }
      if day.figures.spend == nil { coverage.daysWithoutCost += 1 }
      if day.figures.clicks > day.figures.impressions {
        coverage.daysWithMoreClicks.append(day.day)
      }
    }
    return coverage
  }
}
