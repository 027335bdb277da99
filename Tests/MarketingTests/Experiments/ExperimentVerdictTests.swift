import Marketing
import Testing

/// What the verdict says where an experiment was stopped, variants are out, or the figures turned.
@Suite struct ExperimentVerdictTests {
  private static func verdict(
    _ experiment: Experiment, _ data: ExperimentData, days: Int
  ) throws -> ExperimentAnalysis.Verdict {
    try ExperimentAnalysis.analyze(experiment, data, now: MadeData.now + .days(days)).verdict
  }

  @Test func anExperimentThatStoppedIsAnalysedAsOfThen() throws {
    var experiment = MadeData.experiment()
    _ = try experiment.stop(
      ExperimentStop(decision: .inconclusive, reason: "."), at: MadeData.now + .days(5))
    let analysis = try ExperimentAnalysis.analyze(
      experiment, MadeData.days(5, ["today": 25, "b": 26]), now: MadeData.now + .days(90))
    #expect(analysis.sequential.first?.made == 5 && analysis.at == MadeData.now + .days(5))
    #expect(analysis.verdict.decision == .inconclusive && analysis.verdict.winner == nil)
    #expect(
      analysis.verdict.text
        == "O'Brien–Fleming boundary at look 5 of 28: 'b' |z| 0.32 < 4.64. No boundary was crossed "
        + "by 'b'. It was stopped on 2025-06-20, after 5 of 28 days, with the decision that nothing "
        + "was found out: nothing more is concluded from looks.")
  }

  /// What was decided before the stop stays, and no variant is to be taken out any more.
  @Test func aStopChangesNoFinding() throws {
    var experiment = MadeData.experiment()
    _ = try experiment.stop(
      ExperimentStop(decision: .ship, winner: "b", reason: "."), at: MadeData.now + .days(16))
    let verdict = try Self.verdict(
      experiment, MadeData.days(16, ["today": 25, "b": 31]), days: 20)
    #expect(verdict.decision == .ship && verdict.winner == "b")
    #expect(
      verdict.text.hasSuffix(
        "It was stopped on 2025-07-01, after 16 of 28 days, with the decision to use 'b' for all: "
          + "nothing more is concluded from looks."))
    var data = MadeData.days(16, ["today": 25, "b": 31])
    data.outcomes += MadeData.days(16, ["today": 1, "b": 20], metric: .unsubscribe).outcomes
    let broken = try ExperimentAnalysis.analyze(
      experiment, data, now: MadeData.now + .days(20))
    #expect(broken.toStop.isEmpty && broken.verdict.decision == .keepControl)
    #expect(
      broken.verdict.text.contains(
        "'b' broke a guardrail, though it is better in conversion by 24.0 %."))
    #expect(!broken.verdict.text.contains("take out"))
  }

  @Test(arguments: [Experiment.Kind.test, .bandit])
  func withoutUnits(kind: Experiment.Kind) throws {
    var experiment = MadeData.experiment { $0.kind = kind }
    #expect(try Self.verdict(experiment, ExperimentData(), days: 2).decision == .goOn)
    _ = try experiment.stop(
      ExperimentStop(decision: .invalid, reason: "."), at: MadeData.now + .days(2))
    let verdict = try Self.verdict(experiment, ExperimentData(), days: 9)
    #expect(verdict.decision == .inconclusive)
    #expect(
      verdict.text.hasPrefix("No unit was exposed: there is nothing to conclude from. It was"))
  }

  private static func out(
    _ variant: String, guardrail: ExperimentMetric? = nil
  ) -> SwitchedOffVariant {
    SwitchedOffVariant(
      variant: variant, at: MadeData.now + .days(9), guardrail: guardrail, reason: ".")
  }

  /// One variant is out by a guardrail, one by hand, one is worse: that no variant is better is not said.
  @Test func allVariantsAreOut() throws {
    let experiment = MadeData.experiment(variants: 4) {
      $0.switchedOff = [Self.out("b", guardrail: .complaint), Self.out("c")]
    }
    var data = MadeData.days(28, ["today": 30, "d": 15])
    for variant in ["b", "c"] {
      for day in 0..<9 {
        data.exposures.append(.init(day: day, variant: variant, units: 500))
        data.outcomes.append(
          .init(day: day, variant: variant, metric: .conversion, successes: 30))
      }
    }
    let worse = try Self.verdict(experiment, data, days: 28)
    #expect(worse.decision == .keepControl && worse.rule == "O'Brien–Fleming boundary")
    #expect(
      worse.text.contains(
        " 'b' was taken out on 2025-06-24 by the guardrail on complaint before it was decided "
          + "whether it is better. 'c' was taken out on 2025-06-24 before it was decided whether it "
          + "is better. 'd' is worse than the control by 50.0 %. No variant but the control is left: "
          + "keep it. 3 variants share alpha"))
    #expect(!worse.text.contains("No variant is better"))
    var byHand = MadeData.experiment { $0.switchedOff = [Self.out("b")] }
    let taken = try Self.verdict(byHand, MadeData.days(9, ["today": 25, "b": 25]), days: 12)
    #expect(taken.decision == .keepControl && taken.rule == "variants taken out")
    byHand.switchedOff = [Self.out("b", guardrail: .bounce)]
    let guarded = try Self.verdict(byHand, MadeData.days(9, ["today": 25, "b": 25]), days: 12)
    #expect(guarded.rule == "guardrails")
  }

  @Test func onlyWorseVariants() throws {
    let verdict = try Self.verdict(
      MadeData.experiment(), MadeData.days(28, ["today": 30, "b": 20]), days: 28)
    #expect(
      verdict.text.hasSuffix(
        "'b' is worse than the control by 33.3 %. No variant is better than the control: keep it."))
  }

  /// The worse one is told beside those of which nothing was found.
  @Test func someVariantsAreWorse() throws {
    let verdict = try Self.verdict(
      MadeData.experiment(variants: 3), MadeData.days(28, ["today": 30, "b": 15, "c": 30]),
      days: 28)
    #expect(verdict.decision == .inconclusive)
    #expect(verdict.text.contains("No difference was found for 'c', and no look is left"))
    #expect(verdict.text.contains("'b' is worse than the control by 50.0 %. Keep the control."))
  }

  /// 14,000 units find 15 % more of 5 %, but not of 1 %.
  @Test func whatWouldHaveBeenFoundFollowsTheControl() throws {
    let experiment = MadeData.experiment()
    let rare = try Self.verdict(experiment, MadeData.days(28, ["today": 5, "b": 5]), days: 28)
    #expect(rare.decision == .inconclusive)
    let effect = try #require(
      rare.text.firstMatch(of: /rate of 1\.0 % and 14000 units .* effect of (\d+\.\d) %/))
    let lift = try #require(Double(effect.1)) / 100
    var simulation = ExperimentSimulation()
    (simulation.baseRate, simulation.lift) = (0.01, lift)
    #expect((0.77...0.93).contains(simulation.findings(runs: 300, seed: 8).obrienFleming.share))
    simulation.lift = experiment.design.minimumEffect
    #expect(simulation.findings(runs: 300, seed: 8).obrienFleming.share < 0.4)
    let none = try Self.verdict(experiment, MadeData.days(28, ["today": 0, "b": 0]), days: 28)
    #expect(none.text.contains("rate of 0.0 %") && none.text.contains(" points would have been"))
    let all = try Self.verdict(
      experiment, MadeData.days(28, ["today": 500, "b": 500]), days: 28)
    #expect(all.text.contains("units of each variant no effect would have been found with"))
  }

  /// Amounts that vary twice as much as planned hide an effect twice as great.
  @Test func whatWouldHaveBeenFoundFollowsTheVariance() throws {
    let experiment = MadeData.experiment {
      $0.primaryMetric = .revenue
      $0.currency = "USD"
    }
    func verdict(_ squares: Double) throws -> String {
      var data = ExperimentData()
      for day in 0..<28 {
        for variant in ["today", "b"] {
          data.exposures.append(.init(day: day, variant: variant, units: 500))
          data.outcomes.append(
            .init(
              day: day, variant: variant, metric: .revenue, sum: 5000, sumOfSquares: squares))
        }
      }
      return try Self.verdict(experiment, data, days: 28).text
    }
    // A mean of 10 and deviations of 10 and 20: 3.027 · √(2 ÷ 14,000) · 10 ÷ 10 is 3.6 %.
    #expect(try verdict(100_000).contains("deviation of 10.0 USD and 14000 units"))
    #expect(try verdict(100_000).contains("an effect of 3.6 % would"))
    #expect(try verdict(250_000).contains("an effect of 7.2 % would"))
    #expect(try verdict(50_000).contains("no effect would have been found"))
  }

  /// Fewer unsubscriptions.
  @Test func lessIsSaidAsLess() throws {
    let verdict = try Self.verdict(
      MadeData.experiment { $0.primaryMetric = .unsubscribe },
      MadeData.days(28, ["today": 30, "b": 20], metric: .unsubscribe), days: 28)
    #expect(
      verdict.text.contains(
        "'b' is better than the control in unsubscribe, with 33.3 % less: use it for all."))
  }

  /// 'b' is better for 13 days and then worse, 'c' as said on all days.
  private static func turned(c: Int? = nil) -> ExperimentData {
    var data = MadeData.days(13, ["today": 25, "b": 33])
    for day in 13..<28 {
      for (variant, count) in [("today", 40), ("b", 20)] {
        data.exposures.append(.init(day: day, variant: variant, units: 500))
        data.outcomes.append(
          .init(day: day, variant: variant, metric: .conversion, successes: count))
      }
    }
    if let c {
      let others = MadeData.days(28, ["c": c])
      data.exposures += others.exposures
      data.outcomes += others.outcomes
    }
    return data
  }

  /// What crossed and has become worse since is not used for all.
  @Test func aTurnIsNotShipped() throws {
    let data = Self.turned()
    #expect(try Self.verdict(MadeData.experiment(), data, days: 14).winner == "b")
    let verdict = try Self.verdict(MadeData.experiment(), data, days: 28)
    #expect(verdict.decision == .inconclusive && verdict.winner == nil)
    #expect(
      verdict.text.hasSuffix(
        "'b' was better than the control at that look, but is not by all units up to now. What a "
          + "look found and later units do not bear out is used for nobody: keep the control."),
      "\(verdict.text)")
    #expect(verdict.text.hasPrefix("O'Brien–Fleming boundary at look "))
  }

  /// The others go on, win or lose as if the one that turned were not there.
  @Test(arguments: [
    (45, ExperimentAnalysis.Verdict.Decision.ship, String?.some("c")), (33, .inconclusive, nil),
    (10, .inconclusive, nil),
  ])
  func aTurnLeavesTheOthers(
    c: Int, decision: ExperimentAnalysis.Verdict.Decision, winner: String?
  ) throws {
    let verdict = try Self.verdict(
      MadeData.experiment(variants: 3), Self.turned(c: c), days: 28)
    #expect(verdict.decision == decision && verdict.winner == winner, "\(verdict.text)")
    if winner == nil { #expect(verdict.text.contains("'b' was better than the control at that")) }
  }

  private static func bandit(_ change: (inout Experiment) -> Void = { _ in }) -> Experiment {
    MadeData.experiment(variants: 3) {
      $0.kind = .bandit
      $0.banditFloor = 0.05
      change(&$0)
    }
  }

  /// The chances are those among the variants that are left: 'b' would be the best, but is out.
  @Test func aBanditChoosesAmongThoseThatAreLeft() throws {
    let data = MadeData.days(28, ["today": 25, "b": 60, "c": 30])
    let all = try Self.verdict(Self.bandit(), data, days: 28)
    #expect(all.winner == "b")
    #expect(
      all.text
        == "Thompson sampling: 'b' is the best with a chance of more than 99.9 %. The horizon is "
        + "reached: use it for all.")
    let left = try Self.verdict(
      Self.bandit { $0.switchedOff = [Self.out("b", guardrail: .complaint)] }, data, days: 28)
    #expect(left.decision == .ship && left.winner == "c")
    #expect(
      left.text.hasPrefix(
        "Thompson sampling: 'c' is the best of those that are left with a chance of more than 99.9")
    )
    let none = try Self.verdict(
      Self.bandit { $0.switchedOff = [Self.out("b", guardrail: .complaint), Self.out("c")] }, data,
      days: 14)
    #expect(none.decision == .keepControl && none.winner == nil)
    #expect(none.text.hasSuffix("No variant but the control is left: keep it."))
  }

  /// 87 % and 93 % are chances of a coin that was hardly thrown.
  @Test(arguments: [
    (400, 0, 60, 0, "fewer than 5 units with conversion of 'today', 'b' tell too little"),
    (3, 0, 1, 1, "fewer than 5 units with conversion of 'today', 'b' tell too little"),
    (1000, 50, 1000, 4, "fewer than 5 units with conversion of 'b' tell too little"),
    (1000, 50, 1000, 55, "a chance below 95.0 % decides nothing"),
    (1000, 55, 1000, 50, "a chance below 95.0 % decides nothing"),
  ])
  func aBanditDoesNotEndOnACoin(
    units: Int, successes: Int, others: Int, otherSuccesses: Int, doubt: String
  ) throws {
    var data = MadeData.days(1, units: units, ["today": successes])
    data.exposures += MadeData.days(1, units: others, ["b": otherSuccesses]).exposures
    data.outcomes += MadeData.days(1, units: others, ["b": otherSuccesses]).outcomes
    let experiment = MadeData.experiment { $0.kind = .bandit }
    let verdict = try Self.verdict(experiment, data, days: 28)
    #expect(verdict.decision == .inconclusive && verdict.winner == nil)
    #expect(
      verdict.text.hasSuffix("%. The horizon is reached, but \(doubt): keep the control."),
      "\(verdict.text)")
    #expect(verdict.text.contains("is the best with a chance of"))
    #expect(try Self.verdict(experiment, data, days: 14).decision == .goOn)
  }

  /// 700 and 756 of 14,000 each are a chance of 93 %: alpha says whether that is enough.
  @Test func aBanditEndsAtItsLevel() throws {
    let data = MadeData.days(28, ["today": 25, "b": 26])
    let verdict = try Self.verdict(
      MadeData.experiment {
        $0.kind = .bandit
        $0.design.alpha = 0.2
      }, data, days: 28)
    #expect(verdict.decision == .inconclusive)
    #expect(verdict.text.contains("a chance below 80.0 % decides nothing"))
    let better = MadeData.days(28, ["today": 25, "b": 27])
    for (alpha, decision) in [
      (0.2, ExperimentAnalysis.Verdict.Decision.ship), (0.05, .inconclusive),
    ] {
      let experiment = MadeData.experiment {
        $0.kind = .bandit
        $0.design.alpha = alpha
      }
      #expect(try Self.verdict(experiment, better, days: 28).decision == decision)
    }
  }

  /// Amounts of a few units tell nothing either.
  @Test func aBanditOfAmountsNeedsUnits() throws {
    let experiment = MadeData.experiment {
      $0.kind = .bandit
      $0.primaryMetric = .revenue
      $0.currency = "USD"
    }
    func verdict(units: Int) throws -> ExperimentAnalysis.Verdict {
      var data = ExperimentData()
      for (variant, mean) in [("today", 10.0), ("b", 20)] {
        let count = Double(units)
        data.exposures.append(.init(day: 0, variant: variant, units: units))
        data.outcomes.append(
          .init(
            day: 0, variant: variant, metric: .revenue, sum: count * mean,
            sumOfSquares: count * (mean * mean + 9)))
      }
      return try Self.verdict(experiment, data, days: 28)
    }
    #expect(try verdict(units: 19).text.contains("fewer than 20 units of 'today', 'b' tell"))
    #expect(try verdict(units: 20).winner == "b")
  }

  @Test func aBanditThatStoppedGoesOnWithNothing() throws {
    var experiment = Self.bandit()
    _ = try experiment.stop(
      ExperimentStop(decision: .keepControl, reason: "."), at: MadeData.now + .days(5))
    let verdict = try Self.verdict(
      experiment, MadeData.days(5, ["today": 25, "b": 30, "c": 20]), days: 6)
    #expect(verdict.decision == .inconclusive && verdict.winner == nil)
    #expect(!verdict.text.contains("Shares follow"))
    #expect(verdict.text.contains("after 5 of 28 days, with the decision to keep the control"))
  }

  @Test func aControlThatIsTheBestIsKept() throws {
    let verdict = try Self.verdict(
      Self.bandit(), MadeData.days(28, ["today": 40, "b": 20, "c": 20]), days: 28)
    #expect(verdict.decision == .keepControl && verdict.winner == nil)
    #expect(verdict.text.hasSuffix("The horizon is reached: keep it."))
  }
}
