/// What is known of one metric in all variants. All numbers are finite.
package struct MetricAnalysis: Sendable, Hashable, Encodable {
  /// What the metric is for.
  package enum Role: String, Sendable, Hashable, Encodable {
    case primary, secondary, guardrail
  }

  /// One variant's rate or mean.
  package struct Arm: Sendable, Hashable, Encodable {
    /// The variant.
    package let variant: String
    /// Its units.
    package let units: Int
    /// The units that showed the metric; `nil` for amounts.
    package let successes: Int?
    /// The rate, 0–1, or the mean per unit; `nil` without units.
    package let value: Double?
    /// The lower end of its interval of 1 − alpha, looked at once.
    package let low: Double?
    /// The upper end.
    package let high: Double?
  }

  /// The test that is looked at once, at the horizon.
  package struct FixedResult: Sendable, Hashable, Encodable {
    /// The statistic.
    package let z: Double
    /// Its two-sided chance without a difference.
    package let p: Double
    /// The chance that allows for all variants and the primary and secondary metrics.
    package fileprivate(set) var adjustedP: Double
    /// The lower end of the difference's interval.
    package let low: Double
    /// The upper end.
    package let high: Double
    /// Whether the horizon is reached, so that the result may be used.
    package let isValid: Bool
  }

  /// The interval and the chance that hold however often one looks. Alpha is shared over the comparisons with
  /// the control, so that the intervals of all variants hold together, in this metric.
  package struct AlwaysValidResult: Sendable, Hashable, Encodable {
    /// The lower end of the difference's interval at this look.
    package let low: Double
    /// The upper end.
    package let high: Double
    /// The least level of all looks so far at which the interval excludes 0, times the comparisons with the
    /// control, at most 1: alpha or less where an interval excluded 0.
    package let p: Double
  }

  /// What is believed after a uniform prior.
  package struct BayesianResult: Sendable, Hashable, Encodable {
    /// The chance to be better than the control, 0–1.
    package let chanceToWin: Double
    /// The chance to be the best of all variants, 0–1.
    package let chanceToBeBest: Double
    /// What is lost on average by choosing it where another is the best, in the metric's unit.
    package let expectedLoss: Double
  }

  /// The difference after what was known of the units before is taken out (CUPED).
  package struct AdjustedResult: Sendable, Hashable, Encodable {
    /// Variant minus control.
    package let difference: Double
    /// The lower end of its interval.
    package let low: Double
    /// The upper end.
    package let high: Double
    /// Its two-sided chance without a difference; valid at the horizon only.
    package let p: Double
    /// By how much the variance became less, 0–1.
    package let varianceReduction: Double
  }

  /// A variant compared with the control.
  package struct Comparison: Sendable, Hashable, Encodable {
    /// The variant.
    package let variant: String
    /// Variant minus control, in the metric's unit.
    package let difference: Double
    /// The difference in relation to the control: 0.1 for 10 %; `nil` when the control is too near 0.
    package let lift: Double?
    /// The lower end of the lift's interval.
    package let liftLow: Double?
    /// The upper end.
    package let liftHigh: Double?
    /// Looked at once; `nil` when nothing varies.
    package fileprivate(set) var fixed: FixedResult?
    /// At any look; `nil` before both variants have enough units (20 for amounts, else five that showed the
    /// metric and five that did not), and in a bandit, the shares of which follow the results.
    package let alwaysValid: AlwaysValidResult?
    /// By Bayes; `nil` when nothing varies.
    package let bayesian: BayesianResult?
    /// More precise, where anything was known before.
    package let adjusted: AdjustedResult?
  }

  /// The metric.
  package let metric: ExperimentMetric
  /// What it is for.
  package let role: Role
  /// The currency of amounts.
  package let currency: String?
  /// Every variant, in the experiment's order.
  package let arms: [Arm]
  /// Every variant but the control; empty when the ratio of units shows that no comparison holds.
  package var comparisons: [Comparison]
}

extension MetricAnalysis.Comparison {
  /// Fills in the chance that allows for the other comparisons.
  mutating func setAdjustedP(_ chance: Double) { fixed?.adjustedP = chance }
}
