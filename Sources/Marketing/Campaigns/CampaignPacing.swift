/// How a campaign's spend stands to its budgets.
package struct CampaignPacing: Sendable, Hashable {
  /// What can be said of it.
  package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    case over, on, under
  }

  /// What was spent so far, in the campaign's currency.
  package var spent: Double
  /// What would have been spent by now if the total budget were spread evenly; `nil` without it or the dates.
  package var expectedByNow: Double?
  /// What will have been spent at the end if it goes on as in the last two weeks; `nil` without an end or
  /// where no cost of these weeks is known.
  package var projected: Double?
  /// The lower end of its 90 % interval.
  package var projectedLow: Double?
  /// The upper end.
  package var projectedHigh: Double?
  /// The end against the total budget; `nil` where one is not known.
  package var total: Verdict?
  /// What is spent a day, over those of the last 7 calendar days that the cost is known of; `nil` where it
  /// is of none.
  package var perDay: Double?
  /// Of how many of these 7 days the cost is known.
  package var knownDays: Int
  /// What is spent a day against the daily budget; `nil` without either.
  package var daily: Verdict?

  /// A tenth beside a budget is on it.
  static let tolerance = 0.1

  /// The pacing at the end of a day.
  /// - Returns: `nil` where no cost is known.
  package init?(_ series: CampaignSeries, through last: CalendarDay) {
    let past = series.days.filter { $0.day <= last }
    let costs = past.compactMap { day in day.figures.spend.map { (day: day.day, spend: $0) } }
    guard !costs.isEmpty else { return nil }
    let campaign = series.campaign
    let total = Self.amount(campaign.totalBudget, in: series.currency)
    let spent = costs.reduce(0) { $0 + $1.spend }
    self.spent = spent
    func latest(_ days: Int) -> [Double] {
      costs.filter { last - $0.day < days }.map(\.spend)
    }
    let week = latest(7)
    knownDays = week.count
    if !week.isEmpty {
      let mean = week.reduce(0, +) / Double(week.count)
      perDay = mean
      daily = Self.amount(campaign.dailyBudget, in: series.currency)
        .map { Self.verdict(mean, mean, against: $0) }
    }
    guard let endsAt = campaign.endsAt else { return }
    let end = CalendarDay(endsAt)
    if let total, let startsAt = campaign.startsAt {
      let start = CalendarDay(startsAt)
      let elapsed = Double(min(max(0, last - start + 1), end - start + 1))
      expectedByNow = total * elapsed / Double(max(1, end - start + 1))
    }
    let left = Double(max(0, end - last))
    let recent = latest(14)
    guard !recent.isEmpty else { return }
    let mean = recent.reduce(0, +) / Double(recent.count)
    let square = recent.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let variance = recent.count > 1 ? square / Double(recent.count - 1) : mean * mean
    // Of the days to come, and of their mean, which is known only from some.
    let spread = (variance * left * (1 + left / Double(recent.count))).squareRoot()
    let half = GuardedRules.z95 * spread
    let (low, high) = (max(spent, spent + mean * left - half), spent + mean * left + half)
    (projected, projectedLow, projectedHigh) = (spent + mean * left, low, high)
    self.total = total.map { Self.verdict(low, high, against: $0) }
  }

  private static func verdict(_ low: Double, _ high: Double, against budget: Double) -> Verdict {
    if low > budget * (1 + tolerance) { return .over }
    return high < budget * (1 - tolerance) ? .under : .on
  }

  private static func amount(_ money: Money?, in currency: String?) -> Double? {
    guard let money, money.currency == currency, money.amount > 0 else { return nil }
    return money.amount
  }
}
