import Foundation
import Marketing
import Testing

/// Guardrails, amounts, covariates, bandits and segments.
@Suite struct ExperimentViewsTests {
  private static func isClose(_ value: Double?, _ expected: Double, _ relative: Double = 5e-5)
    -> Bool
  {
    value.map { abs($0 - expected) <= relative * abs(expected) } ?? false
  }

  private static func guarded(
    _ control: Int, _ variant: Int, metric: ExperimentMetric, days: Int = 10
  ) -> ExperimentData {
    var data = MadeData.days(days, ["today": 25, "b": 25])
    data.outcomes += MadeData.days(days, ["today": control, "b": variant], metric: metric).outcomes
    return data
  }

  @Test(arguments: [
    (ExperimentMetric.unsubscribe, 5, 20, GuardrailFinding.Status.broken),
    (.unsubscribe, 5, 6, .watched), (.unsubscribe, 5, 4, .held), (.unsubscribe, 20, 5, .held),
    (.complaint, 8, 8, .broken), (.complaint, 2, 2, .watched), (.complaint, 1, 1, .held),
    (.complaint, 0, 0, .unknown), (.unsubscribe, 5, 0, .held),
  ])
  func guardrails(
    metric: ExperimentMetric, control: Int, variant: Int, status: GuardrailFinding.Status
  ) throws {
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), Self.guarded(control, variant, metric: metric),
      now: MadeData.now + .days(10))
    let finding = try #require(analysis.guardrails.first { $0.metric == metric })
    #expect(finding.variant == "b" && finding.status == status)
    #expect(analysis.toStop == (status == .broken ? ["b"] : []))
    if status == .broken {
      #expect(analysis.verdict.decision == .keepControl)
      #expect(analysis.verdict.text.contains("take out 'b'"))
    }
  }

  /// A few events say nothing, however uneven.
  @Test func fewEventsBreakNoGuardrail() throws {
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(),
      ExperimentData(
        exposures: [
          .init(day: 0, variant: "today", units: 30), .init(day: 0, variant: "b", units: 30),
        ], outcomes: [.init(day: 0, variant: "b", metric: .complaint, successes: 4)]),
      now: MadeData.now + .days(1))
    #expect(analysis.toStop.isEmpty)
    #expect(analysis.guardrails.first { $0.metric == .complaint }?.status == .watched)
    #expect(analysis.guardrails.first { $0.metric == .unsubscribe }?.status == .unknown)
    let none = try ExperimentAnalysis.analyze(
      MadeData.experiment(), ExperimentData(), now: MadeData.now + .days(1))
    #expect(none.guardrails.allSatisfy { $0.status == .unknown })
  }

  /// None of the control's 1,000 units left, which may be chance at a rate of 0.5 %.
  @Test func aSmallControlBreaksNoGuardrail() throws {
    let experiment = MadeData.experiment { $0.variants[1].weight = 9 }
    let analysis = try ExperimentAnalysis.analyze(
      experiment,
      ExperimentData(
        exposures: [
          .init(day: 0, variant: "today", units: 1000), .init(day: 0, variant: "b", units: 9000),
        ], outcomes: [.init(day: 0, variant: "b", metric: .unsubscribe, successes: 54)]),
      now: MadeData.now + .days(1))
    #expect(analysis.guardrails.first { $0.metric == .unsubscribe }?.status == .watched)
  }

  /// Two even variants that unsubscribe at 0.5 %.
  @Test func guardrailsRarelyAlarmWithoutReason() throws {
    var generator = SplitMix64(state: 21)
    let experiment = MadeData.experiment()
    var alarms = 0
    for _ in 0..<30 {
      var data = ExperimentData()
      for day in 0..<28 {
        for variant in ["today", "b"] {
          data.exposures.append(.init(day: day, variant: variant, units: 500))
          data.outcomes.append(
            .init(
              day: day, variant: variant, metric: .unsubscribe,
              successes: sampledBinomial(trials: 500, rate: 0.005, using: &generator)))
        }
      }
      let isAlarm = try [3, 10, 28].contains { day in
        try !ExperimentAnalysis.analyze(experiment, data, now: MadeData.now + .days(day)).toStop
          .isEmpty
      }
      alarms += isAlarm ? 1 : 0
    }
    #expect(alarms <= 2)
  }

  /// 1,000 units each with amounts of mean 10 and 11, of which the figure before explains most.
  @Test func amountsAreComparedAndAdjusted() throws {
    var generator = SplitMix64(state: 9)
    var data = ExperimentData()
    for (variant, extra) in [("today", 0.0), ("b", 1)] {
      var sums = (x: 0.0, xx: 0.0, xy: 0.0, y: 0.0, yy: 0.0)
      for _ in 0..<1000 {
        let x = 20 * generator.unit()
        let y = 0.9 * x + 2 * generator.unit() + extra
        sums = (sums.x + x, sums.xx + x * x, sums.xy + x * y, sums.y + y, sums.yy + y * y)
      }
      data.exposures.append(.init(day: 0, variant: variant, units: 1000))
      data.outcomes.append(
        .init(day: 0, variant: variant, metric: .revenue, sum: sums.y, sumOfSquares: sums.yy))
      data.covariates.append(
        .init(
          variant: variant, metric: .revenue, sum: sums.x, sumOfSquares: sums.xx,
          sumOfProducts: sums.xy))
    }
    let experiment = MadeData.experiment(unitsPerArm: 1000, days: 1) {
      $0.primaryMetric = .revenue
      $0.currency = "USD"
    }
    let analysis = try ExperimentAnalysis.analyze(experiment, data, now: MadeData.now + .days(1))
    let metric = analysis.metrics[0]
    #expect(metric.currency == "USD" && metric.arms[0].successes == nil)
    let comparison = metric.comparisons[0]
    let fixed = try #require(comparison.fixed)
    let adjusted = try #require(comparison.adjusted)
    #expect(abs(adjusted.difference - 1) < 0.06)
    #expect(adjusted.high - adjusted.low < (fixed.high - fixed.low) / 4)
    // The variance of 0.81 · 400/12 + 4/12 falls to 4/12.
    #expect(abs(adjusted.varianceReduction - 27 / (27 + 1.0 / 3)) < 0.005)
    #expect(adjusted.p < 1e-9)
    #expect((comparison.bayesian?.chanceToWin ?? 0) > 0.9)
  }

  @Test func aBanditGivesTheNextShares() throws {
    let experiment = MadeData.experiment(variants: 3) {
      $0.kind = .bandit
      $0.banditFloor = 0.05
    }
    let data = MadeData.days(5, ["today": 10, "b": 25, "c": 10])
    let analysis = try ExperimentAnalysis.analyze(
      experiment, data, now: MadeData.now + .days(5))
    let shares = try #require(analysis.nextShares)
    #expect(abs(shares.values.reduce(0, +) - 1) < 1e-12)
    #expect((shares["b"] ?? 0) > 0.89 && (shares["c"] ?? 0) >= 0.05)
    #expect(analysis.ratioCheck == nil && analysis.sequential.isEmpty)
    #expect(analysis.verdict.decision == .goOn && analysis.verdict.rule == "Thompson sampling")
    let end = try ExperimentAnalysis.analyze(experiment, data, now: MadeData.now + .days(28))
    #expect(end.verdict.decision == .ship && end.verdict.winner == "b")
  }

  /// Nobody is given a variant any more.
  @Test func aBanditThatWasStoppedGivesNoShares() throws {
    var experiment = MadeData.experiment(variants: 3) { $0.kind = .bandit }
    let data = MadeData.days(5, ["today": 10, "b": 25, "c": 10])
    _ = try experiment.stop(
      ExperimentStop(decision: .ship, winner: "b", reason: "."), at: MadeData.now + .days(5))
    let analysis = try ExperimentAnalysis.analyze(
      experiment, data, now: MadeData.now + .days(5))
    #expect(analysis.nextShares == nil)
  }

  /// What comes after the horizon changes nothing, and what comes after a day nothing of that day.
  @Test func laterDaysDoNotCount() throws {
    let experiment = MadeData.experiment {
      $0.primaryMetric = .revenue
      $0.currency = "USD"
    }
    var data = ExperimentData()
    for day in 0..<40 {
      for (variant, sum) in [("today", 900.0), ("b", day < 28 ? 940 : 9000)] {
        let x = day < 28 ? 250.0 : 2500
        data.exposures.append(.init(day: day, variant: variant, units: 500))
        data.outcomes.append(
          .init(day: day, variant: variant, metric: .revenue, sum: sum, sumOfSquares: sum * 40))
        data.covariates.append(
          .init(
            day: day, variant: variant, metric: .revenue, sum: x, sumOfSquares: 2 * x,
            sumOfProducts: x * 3))
      }
    }
    for days in [5, 28] {
      var until = data
      let last = min(days, 27)
      until.exposures.removeAll { $0.day > last }
      until.outcomes.removeAll { $0.day > last }
      until.covariates.removeAll { $0.day > last }
      let now = MadeData.now + .days(days)
      let all = try ExperimentAnalysis.analyze(experiment, data, now: now)
      #expect(try all == ExperimentAnalysis.analyze(experiment, until, now: now))
      #expect((all.metrics[0].comparisons[0].adjusted?.varianceReduction ?? 0) > 0.001)
    }
  }

  /// Sums of more units than there are cannot adjust anything.
  @Test func covariatesOfOthersAdjustNothing() throws {
    var data = MadeData.days(5, ["today": 25, "b": 30])
    for variant in ["today", "b"] {
      data.covariates.append(
        .init(
          variant: variant, metric: .conversion, sum: 9000, sumOfSquares: 9000,
          sumOfProducts: 100))
    }
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), data, now: MadeData.now + .days(5))
    #expect(analysis.metrics[0].comparisons[0].adjusted == nil)
  }

  /// Of twelve segments one differs a little and one very much: only the latter is named.
  @Test func segmentsAreCorrected() throws {
    var segments: [String: ExperimentData] = [:]
    for number in 0..<10 {
      segments["s\(number)"] = MadeData.days(28, ["today": 25, "b": 25])
    }
    segments["little"] = MadeData.days(28, ["today": 25, "b": 30])
    segments["much"] = MadeData.days(28, ["today": 25, "b": 40])
    segments["broken"] = ExperimentData(
      exposures: [
        .init(day: 0, variant: "today", units: 1000), .init(day: 0, variant: "b", units: 2000),
      ], outcomes: [.init(day: 0, variant: "b", metric: .conversion, successes: 1500)])
    let findings = try ExperimentAnalysis.segments(
      MadeData.experiment(), segments, now: MadeData.now + .days(28))
    #expect(findings.count == 13 && findings.filter(\.isDifferent).map(\.segment) == ["much"])
    let little = try #require(findings.first { $0.segment == "little" })
    #expect((little.low ?? 0) > 0 && little.adjustedP > 0.05)
    #expect(findings.filter { !$0.isRatioHeld }.map(\.segment) == ["broken"])
    segments["s1"]?.exposures[0].units = -1
    let error = #expect(throws: InvalidExperimentData.self) {
      try ExperimentAnalysis.segments(
        MadeData.experiment(), segments, now: MadeData.now + .days(28))
    }
    #expect(error?.errors.first?.field == "/s1/exposures/0/units")
  }

  private struct Game {
    var players = 0
    var firstDay = 0
    var seventhDay = 0
  }

  @Test(
    "two gates of a game, 90,189 players",
    .enabled(if: PublicData.has("cookie_cats.csv"), "../shared/data/cookie_cats.csv is absent"))
  func cookieCats() throws {
    var games: [String: Game] = [:]
    let text = String(decoding: try PublicData.bytes("cookie_cats.csv"), as: UTF8.self)
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 5 else { continue }
      var game = games[String(fields[1])] ?? Game()
      game.players += 1
      game.firstDay += fields[3] == "TRUE" ? 1 : 0
      game.seventhDay += fields[4] == "TRUE" ? 1 : 0
      games[String(fields[1])] = game
    }
    var data = ExperimentData()
    for (name, game) in games {
      data.exposures.append(.init(day: 0, variant: name, units: game.players))
      data.outcomes += [
        .init(day: 0, variant: name, metric: .conversion, successes: game.seventhDay),
        .init(day: 0, variant: name, metric: .click, successes: game.firstDay),
      ]
    }
    let experiment = MadeData.experiment(unitsPerArm: 45_000, days: 1) {
      $0.variants = [ExperimentVariant("gate_30", isControl: true), ExperimentVariant("gate_40")]
      $0.secondaryMetrics = [.click]
    }
    let analysis = try ExperimentAnalysis.analyze(experiment, data, now: MadeData.now + .days(1))
    #expect(Self.isClose(analysis.ratioCheck?.chiSquare, 6.9024))
    #expect(Self.isClose(analysis.ratioCheck?.p, 0.008_608))
    #expect(analysis.ratioCheck?.isMismatch == false)
    let seventh = analysis.metrics[0]
    #expect(
      Self.isClose(seventh.arms[0].value, 0.190_20) && Self.isClose(seventh.arms[1].value, 0.182_00)
    )
    let fixed = try #require(seventh.comparisons[0].fixed)
    #expect(Self.isClose(fixed.z, -3.1644) && Self.isClose(fixed.p, 0.001_554_25))
    #expect(Self.isClose(fixed.low, -0.013_28, 4e-4) && Self.isClose(fixed.high, -0.003_121, 4e-4))
    #expect(Self.isClose(fixed.adjustedP, 2 * fixed.p))
    let first = try #require(analysis.metrics[1].comparisons[0].fixed)
    #expect(Self.isClose(first.z, -1.7841) && Self.isClose(first.p, 0.074_41, 1e-3))
    #expect(analysis.verdict.decision == .keepControl)
  }
}
