#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The return is too low: bids follow the segments that certainly do better or worse than the rest.
extension OptimizationDraft {
  mutating func adjustTargeting(
    _ findings: [GuardedFinding], using generator: inout SplitMix64
  ) {
    let segments = series.segments.filter { part in
      findings.contains { $0.channel == nil || $0.channel == part.channel }
    }
    let hasSpend = segments.contains { ($0.sums(over: window).all.spend ?? 0) > 0 }
    let measure: PartContrast.Measure = hasSpend ? .conversionsPerSpend : .conversionsPerClick
    let contrasts = PartContrast.all(segments, measure, over: window)
    let certain = contrasts.filter { $0.p < CampaignOptimizer.level && $0.z != 0 }
    // Only what is left after the poor ones are cut is to grow.
    let changes = certain.compactMap { contrast -> ControlChange? in
      let control = ControlName.segment(contrast.name)
      guard let from = controls[control], from.number > 0 else { return nil }
      let next = from.number * (contrast.z < 0 ? 1 - step : 1 + step)
      return ControlChange(control, from: from, to: from.with(min(1000, next.rounded(to: 6))))
    }
    guard !changes.isEmpty else {
      decreaseBudget(findings, hasSegments: contrasts.count > 1, using: &generator)
      return
    }
    add(
      .targetingAdjustment, changes,
      evidence(findings)
        + certain.map { evidence($0, .segment, hasSpend ? .roas : .conversionsPerClick) },
      expected: hasSpend ? effect(certain, among: contrasts) : nil,
      risk: certain.contains { $0.z > 0 }
        ? OptimizationRisk(.medium, "Spend rises for segments that did better so far.")
        : OptimizationRisk(.low, "Spend only falls, for segments that certainly did worse."),
      using: &generator)
  }

  /// What the changed bids do to conversions for the money: the spend of a segment follows its bid, its
  /// conversions follow the spend by the elasticity.
  private func effect(_ certain: [PartContrast], among all: [PartContrast]) -> ExpectedEffect? {
    let elasticity = SpendElasticity(of: series.days.within(window))
    let (events, exposure) = all.reduce((0, 0)) { ($0.0 + $1.events, $0.1 + $1.exposure) }
    guard events > 0, exposure > 0 else { return nil }
    func change(_ elasticity: Double, shift: Double) -> Double {
      var (conversions, spend) = (events, exposure)
      for contrast in certain {
        let factor = contrast.z < 0 ? 1 - step : 1 + step
        let error = shift * max(1, contrast.events).squareRoot()
        let own = max(0, contrast.events + (contrast.z < 0 ? error : -error))
        conversions += own * (pow(factor, elasticity) - 1)
        spend += contrast.exposure * (factor - 1)
      }
      return (max(0, conversions) / events) / (spend / exposure) - 1
    }
    let range = elasticity.range
    let ends = [range.lowerBound, range.upperBound].flatMap { end in
      [change(end, shift: -GuardedRules.z95), change(end, shift: GuardedRules.z95)]
    }
    return ExpectedEffect(
      .roas, estimate: change(elasticity.mean, shift: 0), low: ends.min() ?? 0,
      high: ends.max() ?? 0,
      words: "Spend follows the bids, conversions follow the spend by "
        + "\(elasticity.mean.figure(2)) times the share that it changes by.")
  }

  /// Without a segment that differs only the amount of money can be changed.
  private mutating func decreaseBudget(
    _ findings: [GuardedFinding], hasSegments: Bool, using generator: inout SplitMix64
  ) {
    note(
      hasSegments
        ? "No segment certainly differs from the rest, so nothing speaks for another targeting."
        : "No segments are reported that could be compared: report them with record_campaign_metrics."
    )
    guard let from = controls[.dailyBudget], from.number > 0 else {
      note("No daily budget is known that could be lowered.")
      return
    }
    let elasticity = SpendElasticity(of: series.days.within(window))
    let factor = 1 - step
    func change(_ elasticity: Double) -> Double { pow(factor, elasticity) / factor - 1 }
    add(
      .budgetReallocation,
      [
        ControlChange(
          .dailyBudget, from: from, to: from.with((from.number * factor).rounded(to: 2)))
      ],
      evidence(findings),
      expected: ExpectedEffect(
        .roas, estimate: change(elasticity.mean), low: change(elasticity.range.upperBound),
        high: change(elasticity.range.lowerBound),
        words: "The dearest conversions go first where less is spent; none of this tells why the "
          + "return is low."),
      risk: OptimizationRisk(
        .medium, "Fewer leads and conversions are to be expected, and the cause stays unknown."),
      using: &generator)
  }
}
