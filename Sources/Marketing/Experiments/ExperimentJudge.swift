/// Says in words what follows from an analysis, and by which rule.
struct ExperimentJudge {
  typealias Verdict = ExperimentAnalysis.Verdict

  let experiment: Experiment
  let sequential: [SequentialTest]
  let primary: MetricAnalysis?
  let ratio: ExperimentAnalysis.RatioCheck?
  let sufficiency: ExperimentAnalysis.Sufficiency
  let toStop: [String]

  func verdict() -> Verdict {
    let verdict = verdictOnEffects()
    guard !toStop.isEmpty else { return verdict }
    let names = toStop.map { "'\($0)'" }.joined(separator: ", ")
    return Verdict(
      decision: verdict.decision, winner: verdict.winner, rule: verdict.rule,
      text: "\(verdict.text) A guardrail is broken at any-time confidence: take out \(names).")
  }

  private func verdictOnEffects() -> Verdict {
    if sufficiency.status == .none {
      return Verdict(
        decision: isOver ? .inconclusive : .goOn, winner: nil, rule: "data",
        text: "No unit was exposed yet; the horizon is \(lastDay).")
    }
    if let ratio, ratio.isMismatch {
      return Verdict(
        decision: .invalid, winner: nil, rule: "sample ratio mismatch",
        text: "Units are not split as planned: χ² \(number(ratio.chiSquare)), p "
          + "\(chance(ratio.p)), below 0.001. Nothing is concluded: find what loses units of "
          + "one variant, and start anew.")
    }
    if experiment.kind == .bandit { return banditVerdict() }
    if let winner = winner() { return shipping(winner) }
    let open = sequential.filter { isOpen($0.variant) && $0.isBetter != false }
    if open.isEmpty { return keeping() }
    if open.allSatisfy(\.isFinal) || isOver { return undecided(open) }
    return goingOn(open)
  }

  private var isOver: Bool { sufficiency.daysLeft == 0 }

  private var lastDay: String { String(experiment.horizon.iso8601.prefix(10)) }

  /// Whether a variant may still win.
  private func isOpen(_ variant: String) -> Bool {
    !toStop.contains(variant) && experiment.activeVariants.contains { $0.name == variant }
  }

  private func comparison(_ variant: String) -> MetricAnalysis.Comparison? {
    primary?.comparisons.first { $0.variant == variant }
  }

  /// The variant that is surely better than the control; the best of several.
  private func winner() -> SequentialTest? {
    let direction = experiment.primaryMetric.direction
    return sequential.filter { $0.isBetter == true && isOpen($0.variant) }.max { left, right in
      (comparison(left.variant)?.difference ?? 0) * direction
        < (comparison(right.variant)?.difference ?? 0) * direction
    }
  }

  private func shipping(_ test: SequentialTest) -> Verdict {
    Verdict(
      decision: .ship, winner: test.variant, rule: Self.rule,
      text: "\(look(test)) '\(test.variant)' is better than the control in "
        + "\(experiment.primaryMetric.rawValue)\(effect(test.variant)): use it for all."
        + sharing(test))
  }

  private func keeping() -> Verdict {
    let worse = sequential.filter { $0.isBetter == false }
    guard let worst = worse.first else {
      return Verdict(
        decision: .keepControl, winner: nil, rule: "guardrails",
        text: "No variant but the control is left: keep it.")
    }
    return Verdict(
      decision: .keepControl, winner: nil, rule: Self.rule,
      text: "\(look(worst)) No variant is better than the control, and "
        + "'\(worst.variant)' is worse\(effect(worst.variant)): keep the control." + sharing(worst))
  }

  private func undecided(_ open: [SequentialTest]) -> Verdict {
    let nearest = nearest(open)
    let reached = Int(((sufficiency.fraction ?? 0) * 100).rounded(.down))
    let reason =
      reached >= 100
      ? "an effect of \(percent(experiment.design.minimumEffect)) would have been found with "
        + "a chance of \(percent(experiment.design.power)) or a little less"
      : "only \(reached) % of the planned units came"
    let place = nearest.map { look($0) + " " } ?? ""
    return Verdict(
      decision: .inconclusive, winner: nil, rule: Self.rule,
      text: "\(place)No difference was found, and no look is left: \(reason). Keep the control.")
  }

  private func goingOn(_ open: [SequentialTest]) -> Verdict {
    guard let nearest = nearest(open), nearest.made > 0 else {
      let day = experiment.design.day(ofLook: 1)
      return Verdict(
        decision: .goOn, winner: nil, rule: Self.rule,
        text: "The first look is after day \(day): go on until \(lastDay).")
    }
    return Verdict(
      decision: .goOn, winner: nil, rule: Self.rule,
      text: "\(look(nearest)) Go on until \(lastDay)."
        + sharing(nearest))
  }

  private static let rule = "O'Brien–Fleming boundary"

  /// The test that is nearest to its boundary.
  private func nearest(_ tests: [SequentialTest]) -> SequentialTest? {
    func share(_ test: SequentialTest) -> Double {
      guard let z = test.current?.z, let boundary = test.current?.boundary else { return 0 }
      return abs(z) / boundary
    }
    return tests.max { share($0) < share($1) }
  }

  /// The look that counts: the one that crossed the boundary, else the last.
  private func look(_ test: SequentialTest) -> String {
    let look = test.crossedAt.map { test.looks[$0 - 1] } ?? test.current
    guard let look else { return "\(Self.rule): no look yet." }
    let place = "\(Self.rule) at look \(look.number) of \(experiment.design.plannedLooks)"
    guard let z = look.z, let boundary = look.boundary else {
      return "\(place): too little to conclude from."
    }
    let sign = test.crossedAt == nil ? "<" : "≥"
    return "\(place): '\(test.variant)' |z| \(number(abs(z))) \(sign) \(number(boundary))."
  }

  private func sharing(_ test: SequentialTest) -> String {
    guard sequential.count > 1 else { return "" }
    return " \(sequential.count) variants share alpha \(experiment.design.alpha) by "
      + "\(experiment.correction.title): this one has \(test.alpha.rounded(to: 4))."
  }

  private func effect(_ variant: String) -> String {
    guard let comparison = comparison(variant) else { return "" }
    if let lift = comparison.lift { return " by \(percent(abs(lift)))" }
    return " by \(abs(comparison.difference).rounded(to: 4))"
  }

  private func banditVerdict() -> Verdict {
    let comparisons = primary?.comparisons ?? []
    let best = comparisons.filter { isOpen($0.variant) && $0.bayesian != nil }.max {
      ($0.bayesian?.chanceToBeBest ?? 0) < ($1.bayesian?.chanceToBeBest ?? 0)
    }
    let others = comparisons.reduce(0) { $0 + ($1.bayesian?.chanceToBeBest ?? 0) }
    guard let best, let belief = best.bayesian else {
      return Verdict(
        decision: isOver ? .inconclusive : .goOn, winner: nil, rule: Self.banditRule,
        text: "There is too little to compare the variants by.")
    }
    let controlChance = max(0, 1 - others)
    let isControl = controlChance > belief.chanceToBeBest
    let name = isControl ? experiment.control?.name ?? "" : best.variant
    let sure = percent(isControl ? controlChance : belief.chanceToBeBest)
    let text = "\(Self.banditRule): '\(name)' is the best with a chance of \(sure)."
    guard isOver else {
      return Verdict(
        decision: .goOn, winner: nil, rule: Self.banditRule,
        text: "\(text) Shares follow the chances until \(lastDay).")
    }
    return Verdict(
      decision: isControl ? .keepControl : .ship, winner: isControl ? nil : name,
      rule: Self.banditRule, text: "\(text) The horizon is reached: use it for all.")
  }

  private static let banditRule = "Thompson sampling"

  private func number(_ value: Double) -> String { "\(value.rounded(to: 2))" }

  private func percent(_ share: Double) -> String { "\((share * 100).rounded(to: 1)) %" }

  private func chance(_ p: Double) -> String { p < 0.0001 ? "< 0.0001" : "\(p.rounded(to: 4))" }
}
