/// What a store hands over of an experiment's units: counts and sums only, never rows per unit.
///
/// Everything is what a day added. A unit counts on the day of its first exposure, and a success on the day
/// when the unit first had it. Of an amount, `sum` is what came in on the day and `sumOfSquares` is by how
/// much the squares of the units' totals grew on it: (total before + amount)² − (total before)², summed. A
/// store that books a unit's whole total on the day of its exposure hands over the same totals, only the
/// history of looks is then that of the exposures. A day without a row has added nothing.
package struct ExperimentData: Sendable, Hashable, Codable {
  /// Units that were first exposed to a variant on a day.
  package struct Exposure: Sendable, Hashable, Codable {
    /// Days of 24 hours since the start, from 0.
    package var day: Int
    /// The variant that was assigned.
    package var variant: String
    /// How many, 0 or more.
    package var units: Int

    /// Units of a day.
    package init(day: Int, variant: String, units: Int) {
      self.day = day
      self.variant = variant
      self.units = units
    }
  }

  /// What the units of a variant did on a day.
  package struct Outcome: Sendable, Hashable, Codable {
    /// Days of 24 hours since the start, from 0.
    package var day: Int
    /// The variant that was assigned.
    package var variant: String
    /// What was measured.
    package var metric: ExperimentMetric
    /// Units that showed it for the first time; 0 for amounts.
    package var successes: Int
    /// The sum of the amounts in the experiment's currency; 0 for binary metrics.
    package var sum: Double
    /// The growth of the sum of the units' squared totals; 0 for binary metrics.
    package var sumOfSquares: Double

    /// Successes of a day.
    package init(day: Int, variant: String, metric: ExperimentMetric, successes: Int) {
      self.init(
        day: day, variant: variant, metric: metric, successes: successes, sum: 0, sumOfSquares: 0)
    }

    /// Amounts of a day.
    package init(
      day: Int, variant: String, metric: ExperimentMetric, sum: Double, sumOfSquares: Double
    ) {
      self.init(
        day: day, variant: variant, metric: metric, successes: 0, sum: sum,
        sumOfSquares: sumOfSquares)
    }

    /// A row as a query gives it, for metrics of both kinds.
    package init(
      day: Int, variant: String, metric: ExperimentMetric, successes: Int, sum: Double,
      sumOfSquares: Double
    ) {
      self.day = day
      self.variant = variant
      self.metric = metric
      self.successes = successes
      self.sum = sum
      self.sumOfSquares = sumOfSquares
    }
  }

  /// What was known of the units of a variant before they were exposed, over all days. A unit without a past
  /// counts with 0.
  package struct Covariate: Sendable, Hashable, Codable {
    /// The variant that was assigned.
    package var variant: String
    /// The metric that is made more precise.
    package var metric: ExperimentMetric
    /// Σx over all units of the variant, x being the unit's figure from before.
    package var sum: Double
    /// Σx².
    package var sumOfSquares: Double
    /// Σxy, y being 1 or 0 for a binary metric and the unit's amount otherwise.
    package var sumOfProducts: Double

    /// Sums of a variant.
    package init(
      variant: String, metric: ExperimentMetric, sum: Double, sumOfSquares: Double,
      sumOfProducts: Double
    ) {
      self.variant = variant
      self.metric = metric
      self.sum = sum
      self.sumOfSquares = sumOfSquares
      self.sumOfProducts = sumOfProducts
    }
  }

  /// Units by day and variant, in any order; several rows of one day and variant add up.
  package var exposures: [Exposure]
  /// What they did, by day, variant and metric, in any order; several rows of one kind add up.
  package var outcomes: [Outcome]
  /// What was known of them, where anything was.
  package var covariates: [Covariate]

  /// Data.
  package init(
    exposures: [Exposure] = [], outcomes: [Outcome] = [], covariates: [Covariate] = []
  ) {
    self.exposures = exposures
    self.outcomes = outcomes
    self.covariates = covariates
  }
}
