import Marketing
import Testing

@Suite struct ExperimentChangesTests {
  static let now = ExperimentDraftTests.now

  private func running() throws -> Experiment {
    try ExperimentDraftTests.read(ExperimentDraftTests.draft())
  }

  @Test func anExperimentStopsOnce() throws {
    var experiment = try running()
    let end = ExperimentStop(decision: .ship, winner: "shorter", reason: "More conversions")
    #expect(try experiment.stop(end, at: Self.now + .days(3)))
    #expect(experiment.state == .stopped && experiment.stoppedAt == Self.now + .days(3))
    #expect(try !experiment.stop(end, at: Self.now + .days(4)))
    #expect(experiment.stoppedAt == Self.now + .days(3))
    let error = #expect(throws: ExperimentConflict.self) {
      try experiment.stop(
        ExperimentStop(decision: .keepControl, reason: "No"), at: Self.now + .days(4))
    }
    #expect(error?.code == .stopped)
  }

  @Test(arguments: [
    (ExperimentStop.Decision.ship, String?.none, 0, ExperimentConflict.Code.winner),
    (.keepControl, "shorter", 0, .winner), (.ship, "else", 0, .unknownVariant),
    (.inconclusive, nil, -1, .time),
  ])
  func endsThatDoNotFitAreRefused(
    decision: ExperimentStop.Decision, winner: String?, days: Int, code: ExperimentConflict.Code
  ) throws {
    var experiment = try running()
    let before = experiment
    let error = #expect(throws: ExperimentConflict.self) {
      try experiment.stop(
        ExperimentStop(decision: decision, winner: winner, reason: "."),
        at: Self.now + .days(days))
    }
    #expect(error?.code == code)
    #expect(experiment == before)
  }

  /// Amounts beyond all numbers: the experiment ends all the same, past its horizon only.
  @Test func whatCannotBeAnalysedEnds() throws {
    var experiment = MadeData.experiment {
      $0.primaryMetric = .revenue
      $0.currency = "USD"
    }
    var data = MadeData.days(28, [:])
    data.exposures.append(.init(day: 0, variant: "b", units: 10))
    data.outcomes.append(
      .init(day: 0, variant: "b", metric: .revenue, sum: 1e200, sumOfSquares: .infinity))
    let (experimentNow, late) = (experiment, MadeData.now + .days(28))
    let error = #expect(throws: InvalidExperimentData.self) {
      try ExperimentAnalysis.analyze(experimentNow, data, now: late)
    }
    let reason = try #require(error?.description)
    let early = MadeData.now + .days(28) + .milliseconds(-1)
    #expect(ExperimentStop.unanalysable(experiment, because: reason, at: early) == nil)
    let end = try #require(ExperimentStop.unanalysable(experiment, because: reason, at: late))
    #expect(end.decision == .inconclusive && end.winner == nil)
    #expect(end.reason.contains("cannot be analysed: ") && end.reason.contains("a finite sum"))
    let long = ExperimentStop.unanalysable(
      experiment, because: String(repeating: "long ", count: 500), at: late)
    #expect((long?.reason.count ?? 1000) < 600)
    #expect(try experiment.stop(end, at: late))
    #expect(ExperimentStop.unanalysable(experiment, because: reason, at: late) == nil)
  }

  /// It may have been taken out between the analysis and the end.
  @Test func whatWasTakenOutDoesNotWin() throws {
    var experiment = try running()
    _ = try experiment.switchOff(
      SwitchedOffVariant(variant: "shorter", at: Self.now, guardrail: .complaint, reason: "."))
    let before = experiment
    let error = #expect(throws: ExperimentConflict.self) {
      try experiment.stop(
        ExperimentStop(decision: .ship, winner: "shorter", reason: "."), at: Self.now + .days(3))
    }
    #expect(error?.code == .winner)
    #expect(
      error?.message
        == "Variant 'shorter' was taken out on 2025-06-15 and cannot be the winner of experiment "
        + "'\(experiment.id)'")
    #expect(experiment == before)
    #expect(
      try experiment.stop(
        ExperimentStop(decision: .keepControl, reason: "."), at: Self.now + .days(3)))
  }

  @Test func aVariantIsSwitchedOffOnce() throws {
    var experiment = try running()
    let off = SwitchedOffVariant(
      variant: "shorter", at: Self.now, guardrail: .complaint, reason: "Complaints")
    #expect(try experiment.switchOff(off))
    #expect(try !experiment.switchOff(off))
    #expect(experiment.activeVariants.map(\.name) == ["today"])
    for (name, code) in [
      ("today", ExperimentConflict.Code.control), ("else", .unknownVariant),
    ] {
      let error = #expect(throws: ExperimentConflict.self) {
        try experiment.switchOff(SwitchedOffVariant(variant: name, at: Self.now, reason: "."))
      }
      #expect(error?.code == code)
    }
  }

  @Test func aStoppedExperimentLosesNoVariant() throws {
    var experiment = try running()
    _ = try experiment.stop(
      ExperimentStop(decision: .inconclusive, reason: "Enough"), at: Self.now)
    let error = #expect(throws: ExperimentConflict.self) {
      try experiment.switchOff(SwitchedOffVariant(variant: "shorter", at: Self.now, reason: "."))
    }
    #expect(error?.code == .stopped)
  }

  @Test func aPlanIsNotChanged() throws {
    let experiment = try running()
    var again = experiment
    again.startedAt = Self.now + .days(2)
    try experiment.checkIsRepeated(by: again)
    again.design.alpha = 0.1
    let error = #expect(throws: ExperimentConflict.self) {
      try experiment.checkIsRepeated(by: again)
    }
    #expect(error?.code == .running)
  }

  @Test(arguments: [(0, 0), (86_399_999, 0), (86_400_000, 1), (-1, -1), (-86_400_001, -2)])
  func daysAreCountedFromTheStart(milliseconds: Int64, day: Int) throws {
    let experiment = try running()
    #expect(experiment.day(of: Self.now + .milliseconds(milliseconds)) == day)
  }

  /// Up to 60 days every day is looked at, then every week, and the horizon at last.
  @Test(arguments: [(28, 28, [1, 2, 28]), (60, 60, [1, 2, 60]), (61, 9, [7, 14, 61])])
  func looksArePlanned(horizon: Int, looks: Int, days: [Int]) {
    let design = ExperimentDesign(minimumEffect: 0.1, horizonDays: horizon)
    #expect(design.plannedLooks == looks)
    #expect([1, 2, looks].map(design.day(ofLook:)) == days)
    #expect(design.looks(inDays: days[0] - 1) == 0 && design.looks(inDays: days[0]) == 1)
    #expect(design.looks(inDays: horizon - 1) == looks - 1)
    #expect(design.looks(inDays: horizon + 50) == looks)
  }
}
