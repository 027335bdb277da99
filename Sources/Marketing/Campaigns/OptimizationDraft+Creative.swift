// The CTR is too low: the variants are compared, and traffic moves from one that is certainly worse.
extension OptimizationDraft {
  mutating func refreshCreative(
    _ findings: [GuardedFinding], using generator: inout SplitMix64
  ) {
    let variants = series.variants.filter { part in
      findings.contains { $0.channel == nil || $0.channel == part.channel }
    }
    let contrasts = PartContrast.all(variants, .ctr, over: window)
    let threshold = findings.map(\.threshold).min() ?? 0
    guard contrasts.count > 1 else {
      ask(
        "The CTR is too low and no two variants are reported that could be compared: "
          + "a new creative is needed.")
      return
    }
    guard isAnyGood(contrasts, threshold) else {
      ask("All \(contrasts.count) variants are below the threshold: a new creative is needed.")
      return
    }
    guard let worst = contrasts.first, let best = contrasts.last,
      worst.z < 0, worst.p < CampaignOptimizer.level
    else {
      ask("No variant is certainly worse than the others: a new creative is needed.")
      return
    }
    checkConversions(variants, worst: worst, best: best)
    let (from, to) = (share(of: worst, among: contrasts), share(of: best, among: contrasts))
    let moved = min(step, from, 1 - to)
    guard moved > 0.001 else {
      note("The worst variant, \(worst.name), has no traffic left that could be moved.")
      return
    }
    let changes = [
      ControlChange(
        .variant(worst.name), from: controls[.variant(worst.name)],
        to: .share(moved == from ? 0 : (from - moved).rounded(to: 6))),
      ControlChange(
        .variant(best.name), from: controls[.variant(best.name)],
        to: .share(min(1, (to + moved).rounded(to: 6)))),
    ]
    let isSet = changes.allSatisfy { $0.from != nil }
    let isSure = isSet && worst.isDispersionKnown
    add(
      .creativeRefresh, changes,
      evidence(findings) + [evidence(worst, .variant, .ctr), evidence(best, .variant, .ctr)],
      expected: effect(moving: moved, from: worst, to: best, among: contrasts),
      risk: OptimizationRisk(
        isSure ? .low : .medium,
        isSure
          ? "Only traffic between variants that run already moves."
          : isSet
            ? "The variants were compared over too few days to tell how much these vary."
            : "The variants' shares have not been set here yet: those that were observed are taken."
      ),
      using: &generator)
  }

  /// Whether any variant may reach the threshold: its upper bound is not below it.
  private func isAnyGood(_ contrasts: [PartContrast], _ threshold: Double) -> Bool {
    contrasts.contains { contrast in
      // Days that vary beyond chance tell as much as so many fewer impressions.
      let bound = RateInterval.wilson(
        successes: Int(contrast.events / contrast.dispersion),
        trials: Int(contrast.exposure / contrast.dispersion), z: GuardedRules.z95)
      return bound.map { $0.high >= threshold } ?? true
    }
  }

  /// A variant that fewer click but more convert is not worse: that is for a person.
  private mutating func checkConversions(
    _ variants: [CampaignSeries.Part], worst: PartContrast, best: PartContrast
  ) {
    for contrast in PartContrast.all(variants, .conversionsPerClick, over: window)
    where contrast.p < CampaignOptimizer.level {
      if contrast.name == worst.name, contrast.z > 0 {
        object("Variant \(worst.name) is clicked less, but more of its clicks convert.")
      }
      if contrast.name == best.name, contrast.z < 0 {
        object("Variant \(best.name) is clicked more, but fewer of its clicks convert.")
      }
    }
  }

  /// The share of the traffic that is set, or else was observed.
  private func share(of contrast: PartContrast, among all: [PartContrast]) -> Double {
    if let set = controls[.variant(contrast.name)] { return set.number }
    return contrast.exposure / all.reduce(0) { $0 + $1.exposure }
  }

  /// What moving traffic does to the CTR: the difference of the two rates.
  private func effect(
    moving share: Double, from worst: PartContrast, to best: PartContrast,
    among all: [PartContrast]
  ) -> ExpectedEffect? {
    let (events, exposure) = all.reduce((0, 0)) { ($0.0 + $1.events, $0.1 + $1.exposure) }
    guard events > 0 else { return nil }
    func variance(_ contrast: PartContrast) -> Double {
      contrast.dispersion * contrast.rate * (1 - contrast.rate) / contrast.exposure
    }
    let scale = share / (events / exposure)
    let estimate = (best.rate - worst.rate) * scale
    let half = GuardedRules.z95 * (variance(best) + variance(worst)).squareRoot() * scale
    return ExpectedEffect(
      .ctr, estimate: estimate, low: estimate - half, high: estimate + half,
      words: "\((share * 100).figure(1)) % of the traffic moves from \(worst.name) "
        + "(\((worst.rate * 100).figure(2)) %) to \(best.name) (\((best.rate * 100).figure(2)) %).")
  }
}
