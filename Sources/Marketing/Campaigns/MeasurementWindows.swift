/// The days that an optimization is measured over.
struct MeasurementWindows: Sendable, Hashable {
  /// What there is to measure.
  enum State: Sendable, Hashable {
    /// The days can be compared.
    case ready
    /// More days are to come that belong to it.
    case early
    /// It was taken back before there were enough.
    case cutShort
    /// Another change of the same campaign leaves too few.
    case confounded
  }

  /// What there is to measure.
  private(set) var state: State
  /// The days before.
  private(set) var before: CampaignWindow
  /// The days after, without those of settling.
  private(set) var after: CampaignWindow
  /// The days that broke the rule; `nil` where they are not known to lie before the change.
  let trigger: CampaignWindow?
  /// Whether the days before leave out those that broke the rule.
  private(set) var isClear: Bool

  /// The days of a change.
  /// - Parameters:
  ///   - changed: the day of the change; of several that belong together the last one's.
  ///   - started: the first one's.
  ///   - changes: the days on which anything else was changed of the campaign.
  ///   - yesterday: the last day that is over.
  init(
    of optimization: Optimization, on changed: CalendarDay, since started: CalendarDay,
    in series: CampaignSeries, beside changes: [CalendarDay], until yesterday: CalendarDay
  ) {
    let settled = 1 + OptimizationMeasurement.settlingDays
    let first = changed + settled
    trigger = Self.trigger(of: optimization, before: started)
    // Whole weeks, for weekdays differ.
    let next = changes.filter { $0 >= started }.min()
    let reverted =
      optimization.state == .reverted ? optimization.revertedAt.map(CalendarDay.init) : nil
    let end = [next, reverted].compactMap(\.self).min().map { min($0 + -1, yesterday) }
    let most = OptimizationMeasurement.windowDays.upperBound
    let count = min((end ?? yesterday) - first + 1, most)
    let least = OptimizationMeasurement.windowDays.lowerBound
    let weeks = max(1, count / 7)
    after = CampaignWindow(first: first, last: first + (7 * weeks - 1))
    // Of an earlier change what it did is not yet to be seen.
    let earliest = changes.filter { $0 < started }.max().map { $0 + settled }
    (before, isClear, state) = (after, false, .ready)
    if count < least {
      guard end != nil else {
        state = .early
        return
      }
      let isOther = next.map { next in reverted.map { next <= $0 } ?? true } ?? false
      state = isOther ? .confounded : .cutShort
      before = CampaignWindow(days: least, through: started + -1)
      return
    }
    if end == nil, count < OptimizationMeasurement.measureDays { state = .early }
    if let clear = Self.baseline(before: trigger, since: earliest, in: series) {
      (before, isClear) = (clear, true)
    } else {
      let window = CampaignWindow(days: 7 * weeks, through: started + -1)
      let start = max(window.first, earliest ?? window.first)
      before = CampaignWindow(first: start, last: window.last)
      if window.last - start + 1 < least, state == .ready { state = .confounded }
    }
  }

  /// The days before those that broke the rule: whole weeks.
  /// - Returns: `nil` where too few are known.
  private static func baseline(
    before trigger: CampaignWindow?, since earliest: CalendarDay?, in series: CampaignSeries
  ) -> CampaignWindow? {
    guard let trigger else { return nil }
    let days = OptimizationMeasurement.baselineDays
    let last = trigger.first + -1
    let known = series.days.first { $0.day >= earliest ?? $0.day }?.day ?? last
    let start = max(last + (1 - days.upperBound), known)
    let window = CampaignWindow(days: (last - start + 1) / 7 * 7, through: last)
    guard window.length >= days.lowerBound,
      series.days.within(window).count >= days.lowerBound
    else { return nil }
    return window
  }

  /// The days that broke the rule, else all that the evidence is of; `nil` for what no poor days are the
  /// reason of.
  static func trigger(of optimization: Optimization, before changed: CalendarDay) -> CampaignWindow?
  {
    let rules: [OptimizationEvidence.Rule] = [.roas, .ctr, .cpl]
    let broken = optimization.evidence.filter { rules.contains($0.rule) }
    let others = optimization.evidence.filter { $0.rule != .marginalReturn }
    let windows = (broken.isEmpty ? others : broken).map(\.window)
    guard let first = windows.map(\.first).min(), let last = windows.map(\.last).max(),
      first < changed
    else { return nil }
    return CampaignWindow(first: first, last: min(last, changed + -1))
  }
}
