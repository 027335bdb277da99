#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// A lead costs too much: bids fall where it does, as far as the step allows.
extension OptimizationDraft {
  mutating func changeBids(_ findings: [GuardedFinding], using generator: inout SplitMix64) {
    guard let worst = findings.first else { return }
    let elasticity = SpendElasticity(of: series.days.within(window))
    let channels = costlyChannels(findings)
    guard !channels.isEmpty else {
      note("Neither the campaign nor its figures name a channel whose bid could be changed.")
      return
    }
    // The cost of a lead falls by the power of 1 − elasticity: no more is cut than is needed.
    let needed = 1 - pow(worst.threshold / worst.estimate, 1 / (1 - elasticity.mean))
    let cut = min(step, max(0.01, needed))
    let changes = channels.compactMap { channel -> ControlChange? in
      let control = ControlName.bid(channel: channel)
      guard let from = controls[control], from.number > 0 else { return nil }
      let to = from.moved(by: -cut, digits: 6)
      return to == from ? nil : ControlChange(control, from: from, to: to)
    }
    guard !changes.isEmpty else {
      note("The bids of this campaign are at nothing already.")
      return
    }
    let cutChannels = channels.filter { channel in
      changes.contains { $0.control == .bid(channel: channel) }
    }
    let share = shares(of: cutChannels)
    func lost(_ elasticity: Double) -> Double { share.leads * (1 - pow(1 - cut, elasticity)) }
    func change(_ elasticity: Double) -> Double {
      // Only the spend of these channels falls, and only their leads.
      (1 - share.spend * cut) / (1 - lost(elasticity)) - 1
    }
    let range = elasticity.range
    let marginal = worst.estimate / elasticity.mean
    add(
      .bidChange, changes,
      evidence(findings) + [marginalEvidence(worst, marginal: marginal, elasticity: elasticity)],
      expected: ExpectedEffect(
        .cpl, estimate: change(elasticity.mean), low: change(range.lowerBound),
        high: change(range.upperBound),
        words: "Leads change by \((elasticity.mean * 100).figure(0)) % of what spend does, "
          + "\((range.lowerBound * 100).figure(0)) to \((range.upperBound * 100).figure(0)) %."),
      risk: OptimizationRisk(
        .low,
        "About \((lost(elasticity.mean) * 100).figure(0)) % fewer leads are to be expected."),
      using: &generator)
  }

  /// The channels where a lead certainly costs too much; where that cannot be told, all that it may be.
  private func costlyChannels(_ findings: [GuardedFinding]) -> [String] {
    let named = findings.compactMap(\.channel)
    if !named.isEmpty { return named }
    let rules = GuardedRules(optimizer.thresholds)
    let known = series.channels.filter { !$0.name.isEmpty }
    if let currency, let limit = findings.first?.threshold {
      let certain = known.filter { channel in
        let costed = channel.sums(over: window).costed
        return rules.cpl(costed, currency: currency).map { $0.bound > limit } ?? false
      }
      if !certain.isEmpty { return certain.map(\.name) }
    }
    let spending = known.filter { ($0.sums(over: window).costed.spend ?? 0) > 0 }
    if !spending.isEmpty { return spending.map(\.name) }
    return series.campaign.channels.map(\.rawValue)
  }

  /// How much of the spend and of the leads is of some channels, 1 where that is not known.
  private func shares(of channels: [String]) -> (spend: Double, leads: Double) {
    var (own, all) = (CampaignFigures.zero, CampaignFigures.zero)
    for channel in series.channels {
      let costed = channel.sums(over: window).costed
      all += costed
      if channels.contains(channel.name) { own += costed }
    }
    guard let spend = own.spend, let whole = all.spend, spend > 0, all.leads > 0 else {
      return (1, 1)
    }
    return (spend / whole, Double(own.leads) / Double(all.leads))
  }

  private func marginalEvidence(
    _ finding: GuardedFinding, marginal: Double, elasticity: SpendElasticity
  ) -> OptimizationEvidence {
    OptimizationEvidence(
      .marginalReturn, .cpl, part: finding.channel, window: finding.window,
      figures: finding.figures, estimate: marginal,
      bound: finding.bound / elasticity.range.upperBound, threshold: finding.threshold,
      words:
        "The last leads cost about \(CampaignMeasure.cpl.words(marginal, currency: currency)) each, "
        + "more than the average, for the cheapest ones come first.")
  }
}
