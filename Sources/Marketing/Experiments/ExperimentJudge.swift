/// Says in words what follows from an analysis, and by which rule.
struct ExperimentJudge {
  typealias Verdict = ExperimentAnalysis.Verdict

  let experiment: Experiment
  let sequential: [SequentialTest]
  let primary: MetricAnalysis?
  let ratio: ExperimentAnalysis.RatioCheck?
  let sufficiency: ExperimentAnalysis.Sufficiency
  /// The variants that break a guardrail and were not taken out before.
  let broken: [String]
  /// In a bandit, the chance of each variant that is left to be the best of them; empty where too little is
  /// known.
  let chances: [String: Double]
  /// The units that showed the primary metric, by variant; where it is an amount, all units.
  let events: [String: Int]
  /// The smallest effect that would have been found with the planned power, by variant.
  let reaches: [String: Reach]

  /// What a test can find by the units that came and the control as it is, which may differ from the plan.
  struct Reach {
    /// The control so far.
    let control: SampleMean
    /// The units of two even arms that would tell as much.
    let units: Double
    /// The smallest difference that is found with the planned power at one of the looks so far; `nil` where
    /// none is.
    let difference: Double?
  }

  func verdict() -> Verdict {
    let verdict = verdictOnEffects()
    return Verdict(
      decision: verdict.decision, winner: verdict.winner, rule: verdict.rule,
      text: [verdict.text, guardrails, ending].compactMap { $0 }.joined(separator: " "))
  }

  private func verdictOnEffects() -> Verdict {
    if sufficiency.status == .none { return withoutData() }
    if let ratio, ratio.isMismatch {
      return Verdict(
        decision: .invalid, winner: nil, rule: "sample ratio mismatch",
        text: "Units are not split as planned: χ² \(number(ratio.chiSquare)), p "
          + "\(chance(ratio.p)), below 0.001. Nothing is concluded: find what loses units of "
          + "one variant, and start anew.")
    }
    if experiment.kind == .bandit { return banditVerdict() }
    if let winner = winner() { return shipping(winner) }
    let open = sequential.filter { isLeft($0.variant) && $0.isBetter == nil }
    if open.isEmpty {
      let turned = sequential.filter { isLeft($0.variant) && $0.isBetter == true }
      return turned.isEmpty ? keeping() : turning(turned)
    }
    if open.allSatisfy(\.isFinal) || isOver { return undecided(open) }
    return experiment.state == .stopped ? stopped(open) : goingOn(open)
  }

  private var isOver: Bool { sufficiency.daysLeft == 0 }

  private var lastDay: String { day(experiment.horizon) }

  private func day(_ moment: Timestamp) -> String { String(moment.iso8601.prefix(10)) }

  /// What follows where it is too early to decide: an experiment that was stopped is not gone on with.
  private var undecidedYet: Verdict.Decision {
    isOver || experiment.state == .stopped ? .inconclusive : .goOn
  }

  private func withoutData() -> Verdict {
    let text =
      switch undecidedYet {
      case .goOn: "No unit was exposed yet; the horizon is \(lastDay)."
      default: "No unit was exposed: there is nothing to conclude from."
      }
    return Verdict(decision: undecidedYet, winner: nil, rule: "data", text: text)
  }

  /// Which guardrails are broken by a variant that was not taken out.
  private var guardrails: String? {
    guard !broken.isEmpty else { return nil }
    let names = list(broken.map(quoted))
    return experiment.state == .stopped
      ? "A guardrail was broken at any-time confidence by \(names)."
      : "A guardrail is broken at any-time confidence: take out \(names)."
  }

  /// How the experiment was stopped.
  private var ending: String? {
    guard experiment.state == .stopped, let moment = experiment.stoppedAt,
      let stop = experiment.stop
    else { return nil }
    let decision =
      switch stop.decision {
      case .ship: "to use \(stop.winner.map(quoted) ?? "the winner") for all"
      case .keepControl: "to keep the control"
      case .inconclusive: "that nothing was found out"
      case .invalid: "that the data cannot be trusted"
      }
    let days = sufficiency.daysElapsed
    return
      "It was stopped on \(day(moment)), after \(days) of \(experiment.design.horizonDays) days, "
      + "with the decision \(decision): nothing more is concluded from looks."
  }

  /// Whether a variant may still win.
  private func isLeft(_ variant: String) -> Bool {
    !broken.contains(variant) && experiment.activeVariants.contains { $0.name == variant }
  }

  private func comparison(_ variant: String) -> MetricAnalysis.Comparison? {
    primary?.comparisons.first { $0.variant == variant }
  }

  /// Whether a variant is not on the side any more, by all units so far, on which it crossed the boundary.
  private func hasTurned(_ test: SequentialTest) -> Bool {
    guard let isBetter = test.isBetter, let comparison = comparison(test.variant) else {
      return false
    }
    return comparison.difference * experiment.primaryMetric.direction * (isBetter ? 1 : -1) <= 0
  }

  /// The variant that is surely better than the control, and still is by all units; the best of several.
  private func winner() -> SequentialTest? {
    let direction = experiment.primaryMetric.direction
    let better = sequential.filter {
      $0.isBetter == true && isLeft($0.variant) && !hasTurned($0)
    }
    return better.max { left, right in
      (comparison(left.variant)?.difference ?? 0) * direction
        < (comparison(right.variant)?.difference ?? 0) * direction
    }
  }

  private func shipping(_ test: SequentialTest) -> Verdict {
    Verdict(
      decision: .ship, winner: test.variant, rule: Self.rule,
      text: "\(look(test)) \(quoted(test.variant)) is better than the control in "
        + "\(experiment.primaryMetric.rawValue)\(effect(test)): use it for all." + sharing(test))
  }

  /// Every variant that is left was better at a look, but is so no more.
  private func turning(_ turned: [SequentialTest]) -> Verdict {
    let others = sequential.compactMap(fate)
    let end =
      "What a look found and later units do not bear out is used for nobody: keep the control."
    return Verdict(
      decision: .inconclusive, winner: nil, rule: Self.rule,
      text: (turned.map(look) + others + [end]).joined(separator: " ")
        + (turned.first.map(sharing) ?? ""))
  }

  /// No variant is left that may win: each is worse, or out.
  private func keeping() -> Verdict {
    let worst = sequential.first { $0.isBetter == false }
    let isGuarded = !broken.isEmpty || experiment.switchedOff.contains { $0.guardrail != nil }
    let end =
      sequential.allSatisfy { $0.isBetter == false }
      ? "No variant is better than the control: keep it."
      : "No variant but the control is left: keep it."
    return Verdict(
      decision: .keepControl, winner: nil,
      rule: worst != nil ? Self.rule : isGuarded ? "guardrails" : "variants taken out",
      text: ([worst.map(look)] + sequential.map(fate) + [end]).compactMap { $0 }
        .joined(separator: " ") + (worst.map(sharing) ?? ""))
  }

  /// Why a variant may not win any more; `nil` for one that may.
  private func fate(_ test: SequentialTest) -> String? {
    let name = quoted(test.variant)
    if test.isBetter == false { return "\(name) is worse than the control\(effect(test))." }
    if test.isBetter == true, hasTurned(test) {
      let turn = "was better than the control at that look, but is not by all units up to now"
      return "\(name) \(turn)\(out(test.variant).map { ", and \($0)" } ?? "")."
    }
    let finding =
      test.isBetter == true
      ? ", though it is better in \(experiment.primaryMetric.rawValue)\(effect(test))"
      : " before it was decided whether it is better"
    return out(test.variant).map { "\(name) \($0)\(finding)." }
  }

  /// How a variant came out; `nil` for one that is left.
  private func out(_ variant: String) -> String? {
    if broken.contains(variant) { return "broke a guardrail" }
    guard let off = experiment.switchedOff.first(where: { $0.variant == variant }) else {
      return nil
    }
    let rule = off.guardrail.map { " by the guardrail on \($0.rawValue)" } ?? ""
    return "was taken out on \(day(off.at))\(rule)"
  }

  private func undecided(_ open: [SequentialTest]) -> Verdict {
    let fraction = open.map { $0.current?.fraction ?? 0 }.min() ?? 0
    // A share of a million times the plan and more is not written.
    let reached = Int(min(fraction * 100, 1e8).rounded(.down))
    let missing = reached < 100 ? "only \(reached) % of the planned units came" : nil
    let reason = [missing, reach(open)].compactMap { $0 }.joined(separator: ", and ")
    let place = nearest(open).map { look($0) + " " } ?? ""
    let these = open.count < sequential.count ? " for \(list(open.map { quoted($0.variant) }))" : ""
    let others = sequential.compactMap { fate($0).map { " \($0)" } }.joined()
    return Verdict(
      decision: .inconclusive, winner: nil, rule: Self.rule,
      text:
        "\(place)No difference was found\(these), and no look is left: \(reason).\(others) Keep the "
        + "control.")
  }

  /// What would have been found of the variant that least can be told of.
  private func reach(_ open: [SequentialTest]) -> String? {
    func smallest(_ reach: Reach) -> Double { reach.difference ?? .infinity }
    let least = open.compactMap { self.reaches[$0.variant] }.max { smallest($0) < smallest($1) }
    guard let least else { return nil }
    let metric = experiment.primaryMetric
    let control = least.control
    let basis =
      metric.isBinary
      ? "the control's rate of \(rate(control.mean))"
      : "the control's deviation of \(amount(control.variance.squareRoot()))"
    let units = "\(Int(least.units)) units of each variant"
    let chance = "would have been found with a chance of \(percent(experiment.design.power))"
    guard let difference = least.difference else {
      return "at \(basis) and \(units) no effect \(chance)"
    }
    let size =
      if control.mean > 0 {
        percent(difference / control.mean)
      } else {
        metric.isBinary ? "\((difference * 100).rounded(to: 2)) points" : amount(difference)
      }
    return "at \(basis) and \(units) an effect of \(size) \(chance) or more (planned: "
      + "\(percent(experiment.design.minimumEffect)))"
  }

  /// It was stopped before a boundary was crossed.
  private func stopped(_ open: [SequentialTest]) -> Verdict {
    let place = nearest(open).map { look($0) + " " } ?? ""
    let others = sequential.compactMap { fate($0).map { " \($0)" } }.joined()
    return Verdict(
      decision: .inconclusive, winner: nil, rule: Self.rule,
      text: "\(place)No boundary was crossed by \(list(open.map { quoted($0.variant) })).\(others)")
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
    // Numbers that differ by less than is written would contradict the sign.
    let places = number(abs(z)) == number(boundary) ? 5 : 2
    return "\(place): \(quoted(test.variant)) |z| \(abs(z).rounded(to: places)) \(sign) "
      + "\(boundary.rounded(to: places))."
  }

  private func sharing(_ test: SequentialTest) -> String {
    guard sequential.count > 1 else { return "" }
    return " \(sequential.count) variants share alpha \(experiment.design.alpha) by "
      + "\(experiment.correction.title): this one has \(test.alpha.rounded(to: 4))."
  }

  /// By how much a variant that is decided is better or worse, all units so far counted.
  private func effect(_ test: SequentialTest) -> String {
    guard let comparison = comparison(test.variant), let isBetter = test.isBetter else { return "" }
    let metric = experiment.primaryMetric
    guard !hasTurned(test) else {
      return " at that look, though not by all units up to now"
    }
    let difference = abs(comparison.difference)
    let size =
      if let lift = comparison.lift {
        percent(abs(lift))
      } else if metric.isBinary {
        "\((difference * 100).rounded(to: 2)) points"
      } else {
        amount(difference)
      }
    if metric.isMoreBetter { return " by \(size)" }
    return ", with \(size) \(isBetter ? "less" : "more")"
  }

  private func banditVerdict() -> Verdict {
    let left = experiment.variants.filter { $0.isControl || isLeft($0.name) }
    guard left.count > 1 else {
      let reasons = experiment.variants.compactMap { variant in
        out(variant.name).map { "\(quoted(variant.name)) \($0)." }
      }
      return Verdict(
        decision: .keepControl, winner: nil, rule: Self.banditRule,
        text: (reasons + ["No variant but the control is left: keep it."]).joined(separator: " "))
    }
    let best = left.max { chances[$0.name] ?? -1 < chances[$1.name] ?? -1 }
    guard let best, let sure = chances[best.name] else {
      return Verdict(
        decision: undecidedYet, winner: nil, rule: Self.banditRule,
        text: "There is too little to compare the variants by.")
    }
    let among = left.count < experiment.variants.count ? " of those that are left" : ""
    let text =
      "\(Self.banditRule): \(quoted(best.name)) is the best\(among) with a chance of "
      + (sure > 0.999 ? "more than 99.9 %." : "\((sure * 1000).rounded(.down) / 10) %.")
    guard isOver else {
      let next = experiment.state == .stopped ? "" : " Shares follow the chances until \(lastDay)."
      return Verdict(
        decision: undecidedYet, winner: nil, rule: Self.banditRule, text: text + next)
    }
    if let doubt = doubt(in: left, sure) {
      return Verdict(
        decision: .inconclusive, winner: nil, rule: Self.banditRule,
        text: "\(text) The horizon is reached, but \(doubt): keep the control.")
    }
    let end = best.isControl ? "keep it" : "use it for all"
    return Verdict(
      decision: best.isControl ? .keepControl : .ship, winner: best.isControl ? nil : best.name,
      rule: Self.banditRule, text: "\(text) The horizon is reached: \(end).")
  }

  /// Why the best variant of a bandit is not chosen at the horizon; `nil` where it is. Before a variant has
  /// shown a few events, chances follow what was assumed of it rather than what it did.
  private func doubt(in left: [ExperimentVariant], _ sure: Double) -> String? {
    let least = experiment.primaryMetric.isBinary ? Self.leastEvents : Self.leastAmounts
    let few = left.map(\.name).filter { events[$0] ?? 0 < least }
    if !few.isEmpty {
      let what =
        experiment.primaryMetric.isBinary
        ? "units with \(experiment.primaryMetric.rawValue)" : "units"
      return "fewer than \(least) \(what) of \(list(few.map(quoted))) tell too little"
    }
    let level = 1 - experiment.design.alpha
    guard sure < level else { return nil }
    return "a chance below \((level * 100).rounded(to: 4)) % decides nothing"
  }

  private static let leastEvents = 5
  private static let leastAmounts = 20
  private static let banditRule = "Thompson sampling"

  private func quoted(_ name: String) -> String { "'\(name)'" }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  private func number(_ value: Double) -> String { "\(value.rounded(to: 2))" }

  private func percent(_ share: Double) -> String { "\((share * 100).rounded(to: 1)) %" }

  /// A rate, of a rare event too.
  private func rate(_ share: Double) -> String {
    "\((share * 100).rounded(to: share < 0.001 ? 5 : 2)) %"
  }

  private func amount(_ value: Double) -> String {
    "\(value.rounded(to: 2))" + (experiment.currency.map { " \($0)" } ?? "")
  }

  private func chance(_ p: Double) -> String { p < 0.0001 ? "< 0.0001" : "\(p.rounded(to: 4))" }
}
