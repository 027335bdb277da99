/// Puts an experiment's analysis together: the ratio check first, for nothing holds without it.
struct ExperimentAnalyzer {
  private let experiment: Experiment
  private let totals: ExperimentTotals
  private let now: Timestamp
  private let daysElapsed: Int
  private let looksMade: Int

  init(_ experiment: Experiment, _ totals: ExperimentTotals, now: Timestamp) {
    self.experiment = experiment
    self.totals = totals
    self.now = min(now, experiment.stoppedAt ?? now)
    daysElapsed = min(experiment.design.horizonDays, max(0, experiment.day(of: self.now)))
    looksMade = experiment.design.looks(inDays: daysElapsed)
  }

  private var isAtHorizon: Bool { daysElapsed >= experiment.design.horizonDays }

  /// The last day that counts: that of the horizon, else the one that runs. Where units are counted in
  /// reports, the one of the last report of a day that is over; below 0 without.
  private var day: Int {
    if isAtHorizon { return experiment.design.horizonDays - 1 }
    guard experiment.reportedUnit != nil else { return daysElapsed }
    return experiment.day(ofReport: CalendarDay(now) + -1)
  }

  /// - Parameter sharing: how many comparisons share alpha.
  private func comparison(sharing: Int) -> MetricComparison {
    MetricComparison(
      experiment: experiment, totals: totals, day: day, lookDays: Array(0..<max(0, day + 1)),
      isAtHorizon: isAtHorizon && experiment.kind == .test, sharing: sharing)
  }

  /// The primary metric without the rest, for segments; each comparison has all of alpha, for it is corrected
  /// over the segments.
  struct PrimaryComparison {
    let metric: MetricAnalysis
    let units: [String: Int]
    let isRatioHeld: Bool
  }

  func primaryComparison() -> PrimaryComparison {
    PrimaryComparison(
      metric: comparison(sharing: 1).analysis(of: experiment.primaryMetric),
      units: Dictionary(experiment.variants.map { ($0.name, units($0)) }) { first, _ in first },
      isRatioHeld: !(ratioCheck()?.isMismatch ?? false))
  }

  func analysis() -> ExperimentAnalysis {
    let ratio = ratioCheck()
    let isMismatch = ratio?.isMismatch ?? false
    let comparison = comparison(sharing: experiment.variants.count - 1)
    var metrics = experiment.metrics.map(comparison.analysis)
    if isMismatch {
      for index in metrics.indices { metrics[index].comparisons = [] }
    }
    correct(&metrics)
    let guardrails = GuardrailCheck(experiment: experiment, totals: totals, day: day).findings()
    let sequential =
      experiment.kind == .test && !isMismatch
      ? SequentialTester(experiment, totals, made: looksMade).tests() : []
    let broken = experiment.activeVariants.map(\.name).filter { name in
      guardrails.contains { $0.variant == name && $0.status == .broken }
    }
    let chances = chances(without: Set(broken))
    let sufficiency = sufficiency(sequential)
    let judge = ExperimentJudge(
      experiment: experiment, sequential: sequential, primary: metrics.first, ratio: ratio,
      sufficiency: sufficiency, broken: broken, chances: chances ?? [:],
      events: events, reaches: reaches(sequential))
    return ExperimentAnalysis(
      experimentID: experiment.id, at: now, allocations: allocations(), ratioCheck: ratio,
      sufficiency: sufficiency, metrics: metrics, sequential: sequential, guardrails: guardrails,
      toStop: experiment.state == .running ? broken : [],
      nextShares: nextShares(chances, without: Set(broken)), verdict: judge.verdict())
  }

  private func units(_ variant: ExperimentVariant) -> Int {
    totals.units(of: variant.name, through: day)
  }

  private func allocations() -> [ExperimentAnalysis.Allocation] {
    let all = experiment.variants.reduce(0.0) { $0 + Double(units($1)) }
    let weights = experiment.activeVariants.reduce(0) { $0 + $1.weight }
    let active = Set(experiment.activeVariants.map(\.name))
    return experiment.variants.map { variant in
      ExperimentAnalysis.Allocation(
        variant: variant.name, isControl: variant.isControl,
        isSwitchedOff: !active.contains(variant.name), units: units(variant),
        share: all > 0 ? Double(units(variant)) / all : 0,
        plannedShare: active.contains(variant.name) && weights > 0 ? variant.weight / weights : 0)
    }
  }

  /// Variants that were taken out have no planned share any more; those that are left keep theirs among
  /// themselves.
  private func ratioCheck() -> ExperimentAnalysis.RatioCheck? {
    let active = experiment.activeVariants
    guard experiment.kind == .test,
      let ratio = SampleRatio(counts: active.map(units), weights: active.map(\.weight))
    else { return nil }
    return ExperimentAnalysis.RatioCheck(
      chiSquare: ratio.chiSquare, p: ratio.p, isMismatch: ratio.isMismatch)
  }

  /// Fills in the chances that allow for all variants and the primary and secondary metrics.
  private func correct(_ metrics: inout [MetricAnalysis]) {
    var places: [(metric: Int, comparison: Int)] = []
    var chances: [Double] = []
    for (index, metric) in metrics.enumerated() where metric.role != .guardrail {
      for (place, comparison) in metric.comparisons.enumerated() {
        guard let fixed = comparison.fixed else { continue }
        places.append((index, place))
        chances.append(fixed.p)
      }
    }
    for (place, adjusted) in zip(places, experiment.correction.adjusted(chances)) {
      metrics[place.metric].comparisons[place.comparison].setAdjustedP(adjusted)
    }
  }

  private func sufficiency(_ tests: [SequentialTest]) -> ExperimentAnalysis.Sufficiency {
    let fraction = fraction(tests)
    let left = experiment.design.horizonDays - daysElapsed
    var expected = left
    if let fraction, fraction > 0, countedDays > 0 {
      let days = countedDays * max(0, 1 / fraction - 1)
      // What rounding adds to a whole number of days is no day.
      expected = min(left, Int(min((days - 1e-6).rounded(.up), 1e6)))
    }
    let status: ExperimentAnalysis.Sufficiency.Status
    if experiment.variants.allSatisfy({ units($0) == 0 }) {
      status = .none
    } else if isAtHorizon || (fraction ?? 0) >= 1 {
      status = .complete
    } else {
      status = isRough ? .tooFew : .collecting
    }
    return ExperimentAnalysis.Sufficiency(
      status: status, fraction: fraction, unitsPerArm: experiment.design.unitsPerArm,
      daysElapsed: daysElapsed, daysLeft: left, expectedDaysLeft: expected)
  }

  /// The share of the planned information up to now, rather than up to the last look, which may be days ago.
  private func fraction(_ tests: [SequentialTest]) -> Double? {
    let active = Set(experiment.activeVariants.map(\.name))
    let metric = experiment.primaryMetric
    guard let control = experiment.control?.name else { return nil }
    let base = totals.sample(of: control, in: metric, through: day)
    return tests.filter { active.contains($0.variant) }.map { test in
      guard let planned = experiment.design.unitsPerArm else {
        return Double(daysElapsed) / Double(max(1, experiment.design.horizonDays))
      }
      let units = MetricComparison.evenUnits(
        base, totals.sample(of: test.variant, in: metric, through: day))
      return units / Double(max(1, planned))
    }.min()
  }

  /// The days in which the units so far came, a part of the one that runs included. Where units are counted in
  /// reports, up to the end of the last calendar day that is over.
  private var countedDays: Double {
    if isAtHorizon { return Double(experiment.design.horizonDays) }
    let end = experiment.reportedUnit == nil ? now : CalendarDay(now).start
    return Double(end.milliseconds - experiment.startedAt.milliseconds) / 86_400_000
  }

  /// The units that showed the primary metric, or all where it is an amount.
  private var events: [String: Int] {
    let metric = experiment.primaryMetric
    let counts = experiment.variants.map { variant in
      metric.isBinary
        ? totals.successes(of: variant.name, in: metric, through: day) : units(variant)
    }
    return Dictionary(zip(experiment.variants.map(\.name), counts)) { first, _ in first }
  }

  /// What each test would have found with the planned power. The power of a look is a part of that of all,
  /// so that the best look counts.
  private func reaches(_ tests: [SequentialTest]) -> [String: ExperimentJudge.Reach] {
    let metric = experiment.primaryMetric
    guard let name = experiment.control?.name else { return [:] }
    let control = totals.sample(of: name, in: metric, through: day)
    let power = experiment.design.power
    var reaches: [String: ExperimentJudge.Reach] = [:]
    for test in tests {
      func units(through day: Int) -> Double {
        MetricComparison.evenUnits(
          totals.sample(of: name, in: metric, through: day),
          totals.sample(of: test.variant, in: metric, through: day))
      }
      let differences = test.looks.prefix(test.made).compactMap { look -> Double? in
        guard let boundary = look.boundary else { return nil }
        let units = units(through: look.day - 1)
        return metric.isBinary
          ? smallestDifference(
            rate: control.mean, isRise: metric.isMoreBetter, units: units, boundary: boundary,
            power: power)
          : smallestDifference(
            variance: control.variance, units: units, boundary: boundary, power: power)
      }
      reaches[test.variant] = ExperimentJudge.Reach(
        control: control, units: units(through: day), difference: differences.min())
    }
    return reaches
  }

  /// Whether a variant has fewer than five units with the primary metric or without: the rule of thumb for
  /// the normal approximation (Cochran 1954).
  private var isRough: Bool {
    let metric = experiment.primaryMetric
    return experiment.activeVariants.contains { variant in
      guard metric.isBinary else { return units(variant) < 30 }
      let successes = totals.successes(of: variant.name, in: metric, through: day)
      return min(successes, units(variant) - successes) < 5
    }
  }

  /// The chance of each variant of a bandit that is left to be the best of them; `nil` where amounts do not
  /// vary yet, and in a test.
  private func chances(without broken: Set<String>) -> [String: Double]? {
    guard experiment.kind == .bandit else { return nil }
    let arms = experiment.activeVariants.map(\.name).filter { !broken.contains($0) }
    let metric = experiment.primaryMetric
    let posteriors = arms.compactMap { variant in
      MetricComparison.posterior(
        totals.sample(of: variant, in: metric, through: day), metric,
        successes: totals.successes(of: variant, in: metric, through: day))
    }
    guard posteriors.count == arms.count else { return nil }
    let chances = PosteriorComparison(posteriors).chancesToBeBest
    return Dictionary(zip(arms, chances)) { first, _ in first }
  }

  /// Where nothing tells the variants apart yet, all are tried alike.
  private func nextShares(
    _ chances: [String: Double]?, without broken: Set<String>
  ) -> [String: Double]? {
    guard experiment.kind == .bandit, experiment.state == .running else { return nil }
    let arms = experiment.activeVariants.map(\.name).filter { !broken.contains($0) }
    let even = 1 / Double(max(1, arms.count))
    let shares = thompsonShares(
      chances: arms.map { chances?[$0] ?? even }, floor: experiment.banditFloor)
    return Dictionary(zip(arms, shares)) { first, _ in first }
  }
}

extension Experiment.Correction {
  /// Chances that allow for each other, in the same order.
  package func adjusted(_ chances: [Double]) -> [Double] {
    switch self {
    case .holm: holmAdjusted(chances)
    case .benjaminiHochberg: benjaminiHochbergAdjusted(chances)
    }
  }

  /// The method's name for people.
  package var title: String {
    switch self {
    case .holm: "Holm"
    case .benjaminiHochberg: "Benjamini–Hochberg"
    }
  }
}
