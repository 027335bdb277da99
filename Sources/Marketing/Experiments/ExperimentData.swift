/// What a store hands over of an experiment's units: counts and sums only, never rows per unit.
///
/// Everything is what a day added, so that the rows up to a day are what was known when that day was over: an
/// early look must not see what came in later. A unit counts on the day of its first exposure, and a success
/// on the day when the unit first had it. An amount counts on the day when it came in, never on that of the
/// exposure. Days after the horizon may be there; they do not count. A day without a row has added nothing.
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
  ///
  /// Of amounts a store adds up each unit's total t over the unit's amounts in their order in time, and hands
  /// over for each day and variant Σa and Σ((t + a)² − t²), t being what the unit had before the amount a:
  /// a unit that buys for 30 on day 2 and for 10 on day 5 adds 30 and 900 to day 2, and 10 and 700 to day 5,
  /// which makes 40 and 1,600 in all. Several amounts of one day may be taken as one. Units without an amount
  /// have no row.
  package struct Outcome: Sendable, Hashable, Codable {
    /// Days of 24 hours since the start, from 0.
    package var day: Int
    /// The variant that was assigned.
    package var variant: String
    /// What was measured.
    package var metric: ExperimentMetric
    /// Units that showed it for the first time; 0 for amounts.
    package var successes: Int
    /// The sum of the amounts of the day in the experiment's currency; 0 for binary metrics.
    package var sum: Double
    /// By how much the sum of the squares of the units' totals grew on the day, below 0 where money was given
    /// back; 0 for binary metrics.
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

  /// What was known of the units of a variant before they were exposed. A unit without a past counts with 0.
  ///
  /// As elsewhere, it is what a day added: x and x² on the day of the unit's exposure; the product xy on the
  /// day when y came in, of an amount x·a for each amount a. A store that has no days hands over the sums of
  /// day 0, and then of those units and outcomes only that count at the time of the analysis: none after the
  /// horizon.
  package struct Covariate: Sendable, Hashable, Codable {
    /// Days of 24 hours since the start, from 0.
    package var day: Int
    /// The variant that was assigned.
    package var variant: String
    /// The metric that is made more precise.
    package var metric: ExperimentMetric
    /// Σx over the units that were exposed on the day, x being the unit's figure from before.
    package var sum: Double
    /// Σx².
    package var sumOfSquares: Double
    /// Σxy over the outcomes of the day, y being 1 for the first success of a binary metric and the amount
    /// otherwise.
    package var sumOfProducts: Double

    /// Sums of a variant.
    package init(
      day: Int = 0, variant: String, metric: ExperimentMetric, sum: Double, sumOfSquares: Double,
      sumOfProducts: Double
    ) {
      self.day = day
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
  /// What was known of them, where anything was; several rows of one day, variant and metric add up.
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
