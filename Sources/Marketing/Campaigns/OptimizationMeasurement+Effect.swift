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
  /// The least and the most days that are compared on either side.
  package static let windowDays = 7...28

  /// What came of an optimization: its measure before and after, less what the siblings' did over the same
  /// days (difference in differences on the logarithmic scale; siblings put together as DerSimonian and
  /// Laird, "Meta-analysis in clinical trials", 1986, so what they differ by counts as doubt).
  /// - Parameters:
  ///   - siblings: campaigns that nothing was changed of over these days.
  ///   - now: days count that are over.
  /// - Returns: `nil` for one that was never applied, and before enough days are over: ask again later.
  package static func measure(
    _ optimization: Optimization, in series: CampaignSeries, siblings: [CampaignSeries],
    now: Timestamp
  ) -> OptimizationMeasurement? {
    guard let appliedAt = optimization.appliedAt else { return nil }
    let changed = CalendarDay(appliedAt)
    var last = CalendarDay(now) + -1
    if optimization.state == .reverted, let revertedAt = optimization.revertedAt {
      last = min(last, CalendarDay(revertedAt) + -1)
    }
    let first = changed + (1 + settlingDays)
    let length = min(last - first + 1, windowDays.upperBound)
    guard length >= windowDays.lowerBound else { return nil }
    let after = CampaignWindow(first: first, last: first + (length - 1))
    let before = CampaignWindow(days: length, through: changed + -1)
    let measure = optimization.expected?.measure ?? optimization.evidence.first?.measure ?? .roas

    func result(
      _ verdict: Verdict, _ words: String, siblings: Int, _ effect: (Double, Double, Double)? = nil
    ) -> OptimizationMeasurement {
      OptimizationMeasurement(
        measure, before: before, after: after, effect: effect?.0, low: effect?.1, high: effect?.2,
        siblings: siblings, verdict: verdict, words: words, measuredAt: now)
    }

    guard let own = change(of: measure, in: series, from: before, to: after) else {
      return result(
        .inconclusive, "There are too few figures of \(measure.title) before or after the change.",
        siblings: 0)
    }
    let others = siblings.compactMap { change(of: measure, in: $0, from: before, to: after) }
    let common = pooled(others)
    let net = own.value - (common?.value ?? 0)
    let half = GuardedRules.z95 * (own.variance + (common?.variance ?? 0)).squareRoot()
    let (low, high) = (expm1(net - half), expm1(net + half))
    let better = measure.isBetterHigher ? low > 0 : high < 0
    let worse = measure.isBetterHigher ? high < 0 : low > 0
    let verdict: Verdict = better ? .success : worse ? .failure : .inconclusive
    let reference =
      others.isEmpty
      ? "compared with its own past only, so whatever else happened counts as well"
      : "compared with \(others.count) sibling campaigns over the same days"
    let told =
      switch verdict {
      case .success: "got better"
      case .failure: "got worse"
      case .inconclusive: "cannot be told from chance"
      }
    return result(
      verdict,
      "\(measure.title) changed by \((expm1(net) * 100).figure(1)) % "
        + "(\((low * 100).figure(1)) to \((high * 100).figure(1)) %), \(reference): it \(told).",
      siblings: others.count, (expm1(net), low, high))
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
