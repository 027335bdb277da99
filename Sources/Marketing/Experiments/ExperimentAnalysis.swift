/// Everything that an experiment's data say so far, for a tool to return and a page to draw from. All
/// numbers are finite.
package struct ExperimentAnalysis: Sendable, Hashable, Encodable {
  /// The units of a variant against its planned share.
  package struct Allocation: Sendable, Hashable, Encodable {
    /// The variant.
    package let variant: String
    /// Whether it is what the others are compared with.
    package let isControl: Bool
    /// Whether it was taken out.
    package let isSwitchedOff: Bool
    /// Its units.
    package let units: Int
    /// Their share of all, 0–1.
    package let share: Double
    /// The share that was planned among the variants that are left, 0–1; 0 for one that was taken out.
    package let plannedShare: Double
  }

  /// Whether units were split as planned.
  package struct RatioCheck: Sendable, Hashable, Encodable {
    /// Pearson's χ².
    package let chiSquare: Double
    /// Its chance under the planned split.
    package let p: Double
    /// Whether the chance is below 0.001, so that nothing is concluded.
    package let isMismatch: Bool
  }

  /// Whether there are enough data.
  package struct Sufficiency: Sendable, Hashable, Encodable {
    /// How far the data have come.
    package enum Status: String, Sendable, Hashable, Encodable {
      /// There are none.
      case none
      /// Rates may not even be compared roughly.
      case tooFew = "too_few"
      /// The plan is not reached yet.
      case collecting
      /// The planned units or the horizon are reached.
      case complete
    }

    /// How far.
    package let status: Status
    /// The share of the planned information up to now of the variant that has least, 0 and up; `nil` without a
    /// plan.
    package let fraction: Double?
    /// The units that each variant needs; `nil` without a plan.
    package let unitsPerArm: Int?
    /// Whole days since the start, up to the horizon.
    package let daysElapsed: Int
    /// Days to the horizon.
    package let daysLeft: Int
    /// Days until the plan is reached at the pace so far, at most those to the horizon.
    package let expectedDaysLeft: Int
  }

  /// What follows, in words.
  package struct Verdict: Sendable, Hashable, Encodable {
    /// What follows.
    package enum Decision: String, Sendable, Hashable, Encodable {
      /// It is too early to decide.
      case goOn = "go_on"
      /// The winner is used for all.
      case ship
      /// The control stays.
      case keepControl = "keep_control"
      /// Nothing was found out, and no look is left or the experiment was stopped, or what a look found is
      /// not so by all units.
      case inconclusive
      /// The data cannot be trusted.
      case invalid
    }

    /// What follows.
    package let decision: Decision
    /// The variant to use, where one is.
    package let winner: String?
    /// The rule that decides.
    package let rule: String
    /// The reason in a sentence or two, with the rule's numbers.
    package let text: String
  }

  /// The experiment's name.
  package let experimentID: ExperimentID
  /// The time that the analysis stands for.
  package let at: Timestamp
  /// Every variant, in the experiment's order.
  package let allocations: [Allocation]
  /// `nil` without units, with less than two variants left, and in a bandit, the shares of which change.
  package let ratioCheck: RatioCheck?
  /// Whether there are enough data.
  package let sufficiency: Sufficiency
  /// The primary metric first, then the secondary ones and those that are only guarded.
  package let metrics: [MetricAnalysis]
  /// The primary metric at all looks, one entry for each variant but the control; empty in a bandit and
  /// when the ratio is wrong.
  package let sequential: [SequentialTest]
  /// Every guardrail with every variant but the control.
  package let guardrails: [GuardrailFinding]
  /// The variants that are certainly worse than a guardrail allows, and still get units.
  package let toStop: [String]
  /// The shares that a bandit gives next, by variant; `nil` in a test, and once it was stopped.
  package let nextShares: [String: Double]?
  /// What follows.
  package let verdict: Verdict

  /// Analyses an experiment.
  /// - Parameters:
  ///   - now: the time; an experiment that was stopped is analysed as of then.
  /// - Throws: counts that cannot be.
  package static func analyze(
    _ experiment: Experiment, _ data: ExperimentData, now: Timestamp
  ) throws(InvalidExperimentData) -> ExperimentAnalysis {
    let totals = try ExperimentTotals(data, of: experiment)
    return ExperimentAnalyzer(experiment, totals, now: now).analysis()
  }
}
