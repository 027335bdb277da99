#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension OptimizationMeasurement {
  /// How many days right after a change are left out: it takes a while to settle.
  package static let settlingDays = 2
  /// The least and the most days that are compared after a change, in whole weeks.
  package static let windowDays = 7...28
  /// So many days are waited for, unless the change is taken back or followed by another one.
  package static let measureDays = 14
  /// So many days after the day of a change everything that can be measured is: whoever asks earlier asks
  /// again.
  package static let waitingDays = 1 + settlingDays + measureDays
  /// The least and the most days before those that broke the rule that it is compared with.
  package static let baselineDays = 14...28

  /// The first day that a measurement of an optimization may look at: siblings of which nothing was changed
  /// since are its siblings.
  /// - Returns: `nil` for one that was never applied.
  package static func firstDay(of optimization: Optimization) -> CalendarDay? {
    optimization.appliedAt.map { appliedAt in
      let changed = CalendarDay(appliedAt)
      let trigger = MeasurementWindows.trigger(of: optimization, before: changed)
      return (trigger?.first ?? changed) + -baselineDays.upperBound
    }
  }

  /// What came of an optimization: its measure before and after, less what the siblings' did over the same
  /// days (difference in differences on the logarithmic scale; siblings put together as DerSimonian and
  /// Laird, "Meta-analysis in clinical trials", 1986, so what they differ by counts as doubt).
  ///
  /// A campaign is changed when its days are poor, and poor days get better by themselves. So it is compared
  /// with the days before the ones that broke the rule, where 14 are known; a success is better than those.
  /// One that is worse than those, but better than the days that broke the rule, is neither.
  /// - Parameters:
  ///   - partners: those that it only makes sense together with. Money that moves between campaigns changes
  ///     what each brings for it, the ones with less the better: only together they show what came of it.
  ///   - series: the campaign's days; with partners those of all their campaigns added up.
  ///   - siblings: campaigns that nothing was changed of over these days (see `firstDay`).
  ///   - others: other optimizations; only those of the same campaigns that were applied matter. What
  ///     follows one of them, or comes before one, does not count; where too little is left it is confounded.
  ///   - now: days count that are over.
  /// - Returns: `nil` for one that was never applied, and before enough days are over: ask again later.
  package static func measure(
    _ optimization: Optimization, with partners: [Optimization] = [], in series: CampaignSeries,
    siblings: [CampaignSeries], others: [Optimization] = [], now: Timestamp
  ) -> OptimizationMeasurement? {
    guard let appliedAt = optimization.appliedAt else { return nil }
    let set = [optimization] + partners
    let days = set.compactMap(\.appliedAt).map(CalendarDay.init)
    let own = CalendarDay(appliedAt)
    let windows = MeasurementWindows(
      of: optimization, on: days.max() ?? own, since: days.min() ?? own, in: series,
      beside: changes(by: others, beside: set), until: CalendarDay(now) + -1)
    let measure = optimization.expected?.measure ?? optimization.evidence.first?.measure ?? .roas

    func untold(_ words: String) -> OptimizationMeasurement {
      OptimizationMeasurement(
        measure, before: windows.before, after: windows.after, siblings: 0,
        isConfounded: windows.state == .confounded, verdict: .inconclusive, words: words,
        measuredAt: now)
    }
    // One that is still open may be applied yet.
    if partners.contains(where: { $0.state == .proposed && now < $0.expiresAt }) { return nil }
    guard partners.allSatisfy({ $0.appliedAt != nil }) else {
      return untold(
        "Not all that it belongs together with was applied: what it did cannot be told.")
    }
    switch windows.state {
    case .early: return nil
    case .cutShort: return untold("It was taken back before enough days were over to measure it.")
    case .confounded:
      return untold(
        "Something else was changed of the campaign too soon before or after: what did what cannot be "
          + "told.")
    case .ready: break
    }
    guard let change = change(of: measure, in: series, from: windows.before, to: windows.after)
    else {
      return untold("There are too few figures of \(measure.title) before or after the change.")
    }
    let changes = siblings.compactMap {
      self.change(of: measure, in: $0, from: windows.before, to: windows.after)
    }
    let effect = Effect(change, less: pooled(changes))
    let told = verdict(measure, effect, windows, series, siblings)
    return OptimizationMeasurement(
      measure, before: windows.before, after: windows.after, effect: expm1(effect.value),
      low: expm1(effect.low), high: expm1(effect.high), siblings: changes.count,
      verdict: told.verdict,
      words: words(
        partners.isEmpty
          ? measure.title : "\(measure.title) of \(set.count) campaigns together", effect, windows,
        siblings: changes.count) + told.words, measuredAt: now)
  }

  /// The days on which others changed anything of the same campaigns, or a partner was taken back.
  private static func changes(
    by others: [Optimization], beside set: [Optimization]
  ) -> [CalendarDay] {
    let (names, campaigns) = (Set(set.map(\.id)), Set(set.map(\.campaignID)))
    let own = others.filter {
      campaigns.contains($0.campaignID) && !names.contains($0.id) && $0.appliedAt != nil
    }
    let times =
      own.flatMap { [$0.appliedAt, $0.takenBackAt] } + set.dropFirst().map(\.takenBackAt)
    return times.compactMap(\.self).map(CalendarDay.init)
  }

  private static func verdict(
    _ measure: CampaignMeasure, _ effect: Effect, _ windows: MeasurementWindows,
    _ series: CampaignSeries, _ siblings: [CampaignSeries]
  ) -> (verdict: Verdict, words: String) {
    if effect.isBetter(measure) { return (.success, ": it got better.") }
    guard effect.isWorse(measure) else {
      return (.inconclusive, ": it cannot be told from chance.")
    }
    if windows.isClear, let trigger = windows.trigger,
      let since = recovery(of: measure, in: series, from: trigger, windows),
      Effect(
        since,
        less: pooled(
          siblings.compactMap { recovery(of: measure, in: $0, from: trigger, windows) })
      ).isBetter(measure)
    {
      return (
        .inconclusive,
        ": it is better than in the days that broke the rule, and not as good as before them."
      )
    }
    return (.failure, ": it got worse.")
  }

  private static func words(
    _ title: String, _ effect: Effect, _ windows: MeasurementWindows, siblings: Int
  ) -> String {
    func percent(_ change: Double) -> String { (expm1(change) * 100).figure(1) }
    let reference =
      siblings == 0
      ? "compared with its own past only, so whatever else happened counts as well"
      : "compared with \(siblings) sibling campaigns over the same days"
    let regression =
      windows.isClear || windows.trigger == nil
      ? ""
      : "; the days that broke the rule are part of what it is compared with, so regression to the mean is "
        + "not excluded"
    return
      "\(title) changed by \(percent(effect.value)) % (\(percent(effect.low)) to "
      + "\(percent(effect.high)) %) from \(windows.before) to \(windows.after), \(reference)"
      + regression
  }

  /// A change on the logarithmic scale beyond that of the siblings, with its 90 % interval.
  private struct Effect {
    let value: Double
    let low: Double
    let high: Double

    init(_ own: LogRate, less common: LogRate?) {
      value = own.value - (common?.value ?? 0)
      let half = GuardedRules.z95 * (own.variance + (common?.variance ?? 0)).squareRoot()
      (low, high) = (value - half, value + half)
    }

    func isBetter(_ measure: CampaignMeasure) -> Bool {
      measure.isBetterHigher ? low > 0 : high < 0
    }

    func isWorse(_ measure: CampaignMeasure) -> Bool {
      measure.isBetterHigher ? high < 0 : low > 0
    }
  }

  /// The change since the days that broke the rule. They may be too few to show how they scatter: they are
  /// taken to do so as those before them.
  private static func recovery(
    of measure: CampaignMeasure, in series: CampaignSeries, from trigger: CampaignWindow,
    _ windows: MeasurementWindows
  ) -> LogRate? {
    let (days, usual) = (series.days.within(trigger), series.days.within(windows.before))
    guard let base = LogRate(measure, of: usual),
      let new = LogRate(measure, of: series.days.within(windows.after))
    else { return nil }
    var (part, whole, events) = (0.0, 0.0, 0)
    for day in days {
      guard let terms = measure.terms(of: day.figures) else { continue }
      part += terms.part
      whole += terms.whole
      events += terms.events
    }
    guard part > 0, whole > 0, events > 0 else { return nil }
    let scatter = base.variance * Double(usual.count) / Double(days.count)
    return LogRate(
      value: new.value - log(part / whole),
      variance: new.variance + max(scatter, 1 / Double(events)))
  }

  private static func change(
    of measure: CampaignMeasure, in series: CampaignSeries, from before: CampaignWindow,
    to after: CampaignWindow
  ) -> LogRate? {
    guard let old = LogRate(measure, of: series.days.within(before)),
      let new = LogRate(measure, of: series.days.within(after))
    else { return nil }
    return LogRate(value: new.value - old.value, variance: new.variance + old.variance)
  }

  /// What the siblings have in common. Its variance is that of one more campaign beside them.
  private static func pooled(_ changes: [LogRate]) -> LogRate? {
    guard !changes.isEmpty else { return nil }
    func mean(between: Double) -> (value: Double, weight: Double) {
      let weights = changes.map { 1 / ($0.variance + between) }
      let weight = weights.reduce(0, +)
      return (zip(weights, changes).reduce(0) { $0 + $1.0 * $1.1.value } / weight, weight)
    }
    let fixed = mean(between: 0)
    let weights = changes.map { 1 / $0.variance }
    let spread = zip(weights, changes).reduce(0.0) { sum, pair in
      let rest = pair.1.value - fixed.value
      return sum + pair.0 * rest * rest
    }
    let squares = weights.reduce(0) { $0 + $1 * $1 }
    let scale = fixed.weight - squares / fixed.weight
    let between =
      scale > 0 ? max(0, (spread - Double(changes.count - 1)) / scale) : 0
    let random = mean(between: between)
    return LogRate(value: random.value, variance: 1 / random.weight + between)
  }
}

extension Optimization {
  /// When it was reverted; `nil` for one that was declined.
  fileprivate var takenBackAt: Timestamp? { state == .reverted ? revertedAt : nil }
}
