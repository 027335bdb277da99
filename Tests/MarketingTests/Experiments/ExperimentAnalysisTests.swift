import Foundation
import Marketing
import Testing

/// Data made of even days for tests of the analysis.
enum MadeData {
  static let now = ExperimentDraftTests.now

  static func experiment(
    variants: Int = 2, unitsPerArm: Int = 14_000, days: Int = 28,
    _ change: (inout Experiment) -> Void = { _ in }
  ) -> Experiment {
    var design = ExperimentDesign(minimumEffect: 0.15, horizonDays: days)
    design.baselineRate = 0.05
    design.unitsPerArm = unitsPerArm
    var experiment = Experiment(
      id: ExperimentID(rawValue: "x"), name: "x", hypothesis: "h",
      variants: ["today", "b", "c", "d"].prefix(variants).enumerated().map {
        ExperimentVariant($0.element, isControl: $0.offset == 0)
      }, primaryMetric: .conversion, design: design, startedAt: now)
    change(&experiment)
    return experiment
  }

  /// Every day the same units and successes for each variant.
  static func days(
    _ days: Int, units: Int = 500, _ successes: [String: Int],
    metric: ExperimentMetric = .conversion
  ) -> ExperimentData {
    var data = ExperimentData()
    for day in 0..<days {
      for (variant, count) in successes.sorted(by: { $0.key < $1.key }) {
        data.exposures.append(.init(day: day, variant: variant, units: units))
        data.outcomes.append(
          .init(day: day, variant: variant, metric: metric, successes: count))
      }
    }
    return data
  }
}

@Suite struct ExperimentAnalysisTests {
  private static func isClose(_ value: Double?, _ expected: Double, _ relative: Double = 5e-5)
    -> Bool
  {
    value.map { abs($0 - expected) <= relative * abs(expected) } ?? false
  }

  /// After 12 of 28 even looks the boundary is 3.08; 25 and 31 of 500 a day are z 2.85.
  @Test func beforeTheBoundaryItGoesOn() throws {
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), MadeData.days(12, ["today": 25, "b": 31]),
      now: MadeData.now + .days(12))
    let test = try #require(analysis.sequential.first)
    #expect(test.made == 12 && test.looks.count == 28 && test.crossedAt == nil)
    #expect(Self.isClose(test.current?.fraction, 12.0 / 28))
    #expect(Self.isClose(test.current?.z, 2.858_78, 1e-4))
    #expect(Self.isClose(test.current?.boundary, 3.077_64, 1e-4))
    #expect(Self.isClose(test.looks.last?.boundary, 2.185_28, 1e-4))
    #expect(test.looks[12].z == nil && Self.isClose(test.looks.last?.fraction, 1))
    #expect(analysis.verdict.decision == .goOn && analysis.verdict.winner == nil)
    #expect(
      analysis.verdict.text
        == "O'Brien–Fleming boundary at look 12 of 28: 'b' |z| 2.86 < 3.08. Go on until 2025-07-13."
    )
    #expect(analysis.sufficiency.status == .collecting)
    #expect(analysis.sufficiency.daysLeft == 16 && analysis.sufficiency.expectedDaysLeft == 16)
    #expect(analysis.metrics[0].comparisons[0].fixed?.isValid == false)
    #expect(analysis.ratioCheck?.p == 1)
  }

  /// 400 units a day of 28,000 take 70 days, however long ago the last look was.
  @Test(arguments: [(3, 67), (6, 64), (7, 63), (13, 57), (20, 50)])
  func theDaysLeftDoNotWaitForALook(days: Int, left: Int) throws {
    let experiment = MadeData.experiment(unitsPerArm: 28_000, days: 91)
    let data = MadeData.days(days, units: 400, ["today": 20, "b": 20])
    let analysis = try ExperimentAnalysis.analyze(
      experiment, data, now: MadeData.now + .days(days))
    #expect(analysis.sequential.first?.made == days / 7)
    #expect(Self.isClose(analysis.sufficiency.fraction, Double(days) / 70))
    #expect(analysis.sufficiency.expectedDaysLeft == left)
    #expect(analysis.sufficiency.daysLeft == 91 - days)
  }

  /// Half a day counts as half a day; the plan is reached in 10 days.
  @Test func theFirstDayHasAPace() throws {
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), MadeData.days(1, units: 700, ["today": 35, "b": 35]),
      now: MadeData.now + .seconds(43_200))
    #expect(Self.isClose(analysis.sufficiency.fraction, 0.05))
    #expect(analysis.sufficiency.daysElapsed == 0)
    #expect(analysis.sufficiency.expectedDaysLeft == 10)
    #expect(analysis.sequential.first?.made == 0)
  }

  @Test func beyondTheBoundaryTheWinnerShips() throws {
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), MadeData.days(16, ["today": 25, "b": 31]),
      now: MadeData.now + .days(16))
    #expect(analysis.sequential.first?.crossedAt == 13)
    #expect(analysis.verdict.decision == .ship && analysis.verdict.winner == "b")
    #expect(
      analysis.verdict.text.hasPrefix(
        "O'Brien–Fleming boundary at look 13 of 28: 'b' |z| 2.98 ≥ 2.97. 'b' is better than the "
          + "control in conversion by 24.0 %"))
  }

  /// A decision stays when later data are weaker, for the test has ended.
  @Test func aCrossingStays() throws {
    var data = MadeData.days(13, ["today": 25, "b": 31])
    for day in 13..<28 {
      for variant in ["today", "b"] {
        data.exposures.append(.init(day: day, variant: variant, units: 500))
        data.outcomes.append(
          .init(day: day, variant: variant, metric: .conversion, successes: 25))
      }
    }
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), data, now: MadeData.now + .days(28))
    #expect(analysis.sequential.first?.crossedAt == 13)
    #expect(analysis.verdict.decision == .ship)
  }

  @Test func atTheHorizonWithoutACrossingNothingIsFound() throws {
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), MadeData.days(40, ["today": 25, "b": 26]),
      now: MadeData.now + .days(40))
    #expect(analysis.sequential.first?.made == 28 && analysis.sequential.first?.isFinal == true)
    #expect(analysis.metrics[0].arms[0].units == 14_000, "days after the horizon do not count")
    #expect(analysis.metrics[0].comparisons[0].fixed?.isValid == true)
    #expect(analysis.verdict.decision == .inconclusive)
    #expect(
      analysis.verdict.text.contains(
        "no look is left: at the control's rate of 5.0 % and 14000 units of each variant an effect "
          + "of 16.4 % would have been found with a chance of 80.0 % or more (planned: 15.0 %)."))
    #expect(analysis.sufficiency.status == .complete && analysis.sufficiency.daysLeft == 0)
  }

  @Test func aHorizonWithTooFewUnitsSaysSo() throws {
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), MadeData.days(28, units: 100, ["today": 5, "b": 6]),
      now: MadeData.now + .days(28))
    #expect(analysis.verdict.decision == .inconclusive)
    #expect(analysis.verdict.text.contains("only 20 % of the planned units came, and at"))
    #expect(analysis.sequential.first?.current?.spent == 0.05)
  }

  @Test func aWorseVariantLeavesTheControl() throws {
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), MadeData.days(28, ["today": 30, "b": 24]),
      now: MadeData.now + .days(28))
    #expect(analysis.sequential.first?.isBetter == false)
    #expect(analysis.verdict.decision == .keepControl && analysis.verdict.winner == nil)
  }

  /// Fewer unsubscribes are better.
  @Test func lessMayBeBetter() throws {
    let experiment = MadeData.experiment { $0.primaryMetric = .unsubscribe }
    let analysis = try ExperimentAnalysis.analyze(
      experiment, MadeData.days(28, ["today": 30, "b": 24], metric: .unsubscribe),
      now: MadeData.now + .days(28))
    #expect(analysis.verdict.decision == .ship && analysis.verdict.winner == "b")
    #expect((analysis.metrics[0].comparisons[0].bayesian?.chanceToWin ?? 0) > 0.99)
    #expect((analysis.metrics[0].comparisons[0].bayesian?.expectedLoss ?? 1) < 1e-5)
  }

  @Test func aWrongRatioBlocksTheVerdict() throws {
    let data = ExperimentData(
      exposures: [
        .init(day: 0, variant: "today", units: 49_000), .init(day: 0, variant: "b", units: 51_000),
      ],
      outcomes: [
        .init(day: 0, variant: "today", metric: .conversion, successes: 2000),
        .init(day: 0, variant: "b", metric: .conversion, successes: 4000),
      ])
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), data, now: MadeData.now + .days(28))
    #expect(Self.isClose(analysis.ratioCheck?.chiSquare, 40))
    #expect(analysis.verdict.decision == .invalid && analysis.verdict.winner == nil)
    #expect(analysis.verdict.text.contains("χ² 40.0, p < 0.0001"))
    #expect(analysis.sequential.isEmpty)
    #expect(analysis.metrics.allSatisfy { $0.comparisons.isEmpty })
    #expect(analysis.metrics[0].arms[0].value != nil)
  }

  /// Three variants share alpha: the first is judged at a third, the next at a half once it is decided.
  @Test func variantsShareAlphaByHolm() throws {
    let experiment = MadeData.experiment(variants: 4)
    let one = try ExperimentAnalysis.analyze(
      experiment, MadeData.days(28, ["today": 25, "b": 32, "c": 26, "d": 24]),
      now: MadeData.now + .days(28))
    #expect(one.sequential.map(\.variant) == ["b", "c", "d"])
    #expect(Self.isClose(one.sequential[0].alpha, 0.05 / 3))
    #expect(Self.isClose(one.sequential[1].alpha, 0.025))
    #expect(one.verdict.winner == "b")
    #expect(one.verdict.text.contains("3 variants share alpha 0.05 by Holm"))
    let fixed = one.metrics[0].comparisons.compactMap(\.fixed)
    #expect(Self.isClose(fixed[0].adjustedP, 3 * fixed[0].p))
  }

  /// Two of three variants at p 0.019 with one look: beyond a third of alpha, but within two thirds.
  @Test(arguments: [
    (Experiment.Correction.holm, ExperimentAnalysis.Verdict.Decision.inconclusive),
    (.benjaminiHochberg, .ship),
  ])
  func theCorrectionDecides(
    correction: Experiment.Correction, decision: ExperimentAnalysis.Verdict.Decision
  ) throws {
    let experiment = MadeData.experiment(variants: 4, days: 1) { $0.correction = correction }
    let analysis = try ExperimentAnalysis.analyze(
      experiment,
      MadeData.days(1, units: 14_000, ["today": 700, "b": 788, "c": 788, "d": 700]),
      now: MadeData.now + .days(1))
    #expect(Self.isClose(analysis.metrics[0].comparisons[0].fixed?.p, 0.0191, 0.03))
    #expect(analysis.verdict.decision == decision)
  }

  @Test func switchedOffVariantsDoNotWin() throws {
    let experiment = MadeData.experiment(variants: 3) {
      $0.switchedOff = [
        SwitchedOffVariant(variant: "b", at: $0.startedAt + .days(9), reason: "Complaints")
      ]
    }
    var data = MadeData.days(28, ["today": 25, "c": 26])
    for day in 0..<9 {
      data.exposures.append(.init(day: day, variant: "b", units: 500))
      data.outcomes.append(.init(day: day, variant: "b", metric: .conversion, successes: 60))
    }
    let analysis = try ExperimentAnalysis.analyze(
      experiment, data, now: MadeData.now + .days(28))
    #expect(analysis.ratioCheck?.isMismatch == false)
    #expect(analysis.sequential[0].isBetter == true)
    #expect(analysis.verdict.decision == .inconclusive)
    #expect(analysis.allocations[1].isSwitchedOff)
    #expect(analysis.allocations.map(\.plannedShare) == [0.5, 0, 0.5])
  }

  @Test func everyCaseCanBeWritten() throws {
    let experiment = MadeData.experiment(variants: 3) {
      $0.secondaryMetrics = [.revenue, .bounce]
      $0.currency = "USD"
    }
    let none = MadeData.days(3, ["today": 0, "b": 0, "c": 0])
    let all = MadeData.days(3, units: 2, ["today": 2, "b": 2, "c": 2])
    let many = 500_000_000_000
    var most = MadeData.days(1, units: 2 * many, ["today": many, "b": many, "c": many])
    for variant in ["today", "b", "c"] {
      most.outcomes.append(
        .init(day: 0, variant: variant, metric: .revenue, sum: 1e150, sumOfSquares: 1e300))
      most.covariates.append(
        .init(
          variant: variant, metric: .revenue, sum: 1e150, sumOfSquares: 1e300,
          sumOfProducts: 1e300))
    }
    for data in [ExperimentData(), none, all, MadeData.days(1, units: 1, ["b": 1]), most] {
      for days in [-3, 0, 1, 28, 4000] {
        let analysis = try ExperimentAnalysis.analyze(
          experiment, data, now: MadeData.now + .days(days))
        #expect(try !JSONEncoder().encode(analysis).isEmpty)
        #expect(analysis.verdict.winner == nil)
      }
    }
  }
}
