/// What an experiment was planned for, before it began.
package struct ExperimentDesign: Sendable, Hashable, Codable {
  /// The control's expected rate, 0–1, where the primary metric is one.
  package var baselineRate: Double?
  /// The control's expected mean per unit, where the primary metric is an amount.
  package var baselineMean: Double?
  /// The standard deviation of the amounts of units.
  package var baselineDeviation: Double?
  /// The smallest effect worth finding, in relation to the control: 0.1 for 10 %.
  package var minimumEffect: Double
  /// The chance of a false positive over all looks and variants, above 0 and up to 0.2.
  package var alpha: Double
  /// The chance of finding the smallest effect, 0.5–0.99.
  package var power: Double
  /// The days after which the experiment ends at the latest, 1–365.
  package var horizonDays: Int
  /// The units that each variant needs; `nil` in a bandit, which has no such number.
  package var unitsPerArm: Int?
  /// The days until every variant has its units at the traffic that was expected; `nil` where none was said.
  package var expectedDays: Int?

  /// A design of which the sizes are not known yet.
  package init(
    minimumEffect: Double, alpha: Double = 0.05, power: Double = 0.8, horizonDays: Int
  ) {
    self.minimumEffect = minimumEffect
    self.alpha = alpha
    self.power = power
    self.horizonDays = horizonDays
  }

  /// The days from one planned look to the next: daily, and weekly when there are more than 60 days.
  package var daysPerLook: Int { horizonDays <= 60 ? 1 : 7 }

  /// How often the data are looked at, the last time at the horizon.
  package var plannedLooks: Int { (horizonDays + daysPerLook - 1) / daysPerLook }

  /// Whether the expected traffic does not bring the units that are needed before the horizon.
  package var isHorizonTooShort: Bool { (expectedDays ?? 0) > horizonDays }

  /// The units per variant at which the always-valid interval is narrowest: a third of those planned, so that
  /// it serves to end early.
  package var tightestUnits: Int { max(100, (unitsPerArm ?? 15_000) / 3) }
}
