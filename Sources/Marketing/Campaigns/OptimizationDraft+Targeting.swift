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
      let next = from.moved(by: contrast.z < 0 ? -step : step, digits: 6)
      let to = from.with(min(1000, next.number))
      return to == from ? nil : ControlChange(control, from: from, to: to)
    }
    guard !changes.isEmpty else {
      decreaseBudget(findings, hasSegments: contrasts.count > 1, using: &generator)
      return
    }
    checkWorth(segments, certain)
    add(
      .targetingAdjustment, changes,
      evidence(findings) + certain.map { evidence($0, .segment, measure) },
      expected: hasSpend ? effect(certain, among: contrasts) : nil, risk: risk(certain),
      using: &generator)
  }

  private func risk(_ certain: [PartContrast]) -> OptimizationRisk {
    if certain.contains(where: { $0.z > 0 }) {
      return OptimizationRisk(.medium, "Spend rises for segments that did better so far.")
    }
    guard certain.allSatisfy({ $0.isDispersionKnown }) else {
      return OptimizationRisk(
        .medium, "The segments were compared over too few days to tell how much these vary.")
    }
    return OptimizationRisk(.low, "Spend only falls, for segments that certainly did worse.")
  }

  /// A segment that converts less but whose conversions are worth more is not worse: that is for a person.
  private mutating func checkWorth(
    _ segments: [CampaignSeries.Part], _ certain: [PartContrast]
  ) {
    func returned(_ isPart: (CampaignSeries.Part) -> Bool) -> Double? {
      var sums = CampaignSums()
      for part in segments where isPart(part) { sums = sums + part.sums(over: window) }
      // Where the worth of some conversions is unknown the return is as well.
      guard let spend = sums.returned.spend, spend > 0,
        sums.returned.conversions == sums.costed.conversions
      else { return nil }
      return (sums.returned.revenue ?? 0) / spend
    }
    for contrast in certain {
      guard let own = returned({ $0.name == contrast.name }),
        let rest = returned({ $0.name != contrast.name }),
        contrast.z < 0 ? own >= rest : own <= rest
      else { continue }
      object(
        "\(contrast.name) converts \(contrast.z < 0 ? "less" : "more") than the others, but by what its "
          + "conversions are worth its ROAS is \(own.figure(2)), that of the others \(rest.figure(2))."
      )
    }
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
        let error = shift * (contrast.dispersion * max(1, contrast.events)).squareRoot()
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
        + "\(elasticity.mean.figure(2)) times the share that it changes by; what one is worth is taken to "
        + "stay.")
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
    let to = from.moved(by: -step, digits: 2)
    guard to != from else {
      note("The daily budget is too small to be lowered.")
      return
    }
    let factor = to.number / from.number
    func change(_ elasticity: Double) -> Double { pow(factor, elasticity) / factor - 1 }
    add(
      .budgetReallocation,
      [ControlChange(.dailyBudget, from: from, to: to)],
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
