import Marketing
import Testing

/// The interval that holds at any look, also with few events and uneven weights.
@Suite struct AlwaysValidTests {
  /// An experiment of which the control gets nine units for each one of the variant.
  private static func uneven(unitsPerArm: Int) -> Experiment {
    MadeData.experiment(unitsPerArm: unitsPerArm) {
      $0.variants = [
        ExperimentVariant("today", weight: 9, isControl: true), ExperimentVariant("b"),
      ]
    }
  }

  private static func isDifferent(_ experiment: Experiment, _ data: ExperimentData) throws -> Bool {
    try ExperimentAnalysis.segments(
      experiment, ["all": data], now: experiment.startedAt + .days(28)
    ).contains(where: \.isDifferent)
  }

  /// 400 experiments without a difference, each looked at after every one of 28 days. By the variances of the
  /// two rates alone 89 and 73 of them differ.
  @Test(arguments: [(rate: 0.01, units: 50, perArm: 7746), (rate: 0.05, units: 20, perArm: 1467)])
  func rareEventsRarelyDiffer(rate: Double, units: Int, perArm: Int) throws {
    var generator = SplitMix64(state: 17)
    let experiment = Self.uneven(unitsPerArm: perArm)
    var count = 0
    for _ in 0..<400 {
      var data = ExperimentData()
      for day in 0..<28 {
        for (variant, units) in [("today", 9 * units), ("b", units)] {
          data.exposures.append(.init(day: day, variant: variant, units: units))
          data.outcomes.append(
            .init(
              day: day, variant: variant, metric: .conversion,
              successes: sampledBinomial(trials: units, rate: rate, using: &generator)))
        }
      }
      count += try Self.isDifferent(experiment, data) ? 1 : 0
    }
    #expect(count <= 20)
  }

  /// One unit of twenty brings an amount between 0 and 300, mostly a small one. By the two variances alone 70
  /// of 300 experiments differ.
  @Test func rareAmountsRarelyDiffer() throws {
    var generator = SplitMix64(state: 18)
    var experiment = Self.uneven(unitsPerArm: 1500)
    experiment.primaryMetric = .revenue
    experiment.currency = "USD"
    var count = 0
    for _ in 0..<300 {
      var data = ExperimentData()
      for day in 0..<28 {
        for (variant, units) in [("today", 180), ("b", 20)] {
          let buyers = sampledBinomial(trials: units, rate: 0.05, using: &generator)
          var (sum, squares) = (0.0, 0.0)
          for _ in 0..<buyers {
            let root = generator.unit()
            let amount = 300 * root * root * root
            (sum, squares) = (sum + amount, squares + amount * amount)
          }
          data.exposures.append(.init(day: day, variant: variant, units: units))
          data.outcomes.append(
            .init(day: day, variant: variant, metric: .revenue, sum: sum, sumOfSquares: squares))
        }
      }
      count += try Self.isDifferent(experiment, data) ? 1 : 0
    }
    #expect(count <= 15)
  }

  @Test(arguments: [(today: 4, b: 30, isKnown: false), (5, 30, true), (30, 496, false)])
  func fewEventsTellNothing(today: Int, b: Int, isKnown: Bool) throws {
    let analysis = try ExperimentAnalysis.analyze(
      MadeData.experiment(), MadeData.days(1, ["today": today, "b": b]),
      now: MadeData.now + .days(1))
    #expect((analysis.metrics[0].comparisons[0].alwaysValid != nil) == isKnown)
  }

  /// With three variants beside the control each has a third of alpha: its interval is wider, and its chance
  /// is alpha or less exactly where the interval leaves out 0.
  @Test(arguments: [30, 33, 36, 40, 45])
  func variantsShareAlpha(successes: Int) throws {
    func result(_ variants: Int) throws -> MetricAnalysis.AlwaysValidResult {
      let names = ["today": 25, "b": successes, "c": 25, "d": 25]
      let experiment = MadeData.experiment(variants: variants)
      let kept = Set(experiment.variants.map(\.name))
      let data = MadeData.days(10, names.filter { kept.contains($0.key) })
      let analysis = try ExperimentAnalysis.analyze(
        experiment, data, now: MadeData.now + .days(10))
      return try #require(analysis.metrics[0].comparisons[0].alwaysValid)
    }
    let (alone, shared) = (try result(2), try result(4))
    #expect(shared.low < alone.low && shared.high > alone.high)
    #expect(shared.p >= alone.p && shared.p <= 1)
    #expect((shared.p <= 0.05) == (shared.low > 0))
    #expect((alone.p <= 0.05) == (alone.low > 0))
  }

  /// The variance of one more success and failure; the pooled variance where it is the greater one.
  @Test func errorsAreCautious() {
    let (control, variant) = (
      SampleMean(smoothedSuccesses: 90, count: 9000), SampleMean(smoothedSuccesses: 0, count: 998)
    )
    #expect(abs(variant.variance - 0.001 * 0.999) < 1e-12 && variant.mean == 0)
    let pooled = (9000 * control.variance + 998 * variant.variance) / 9998
    let expected = (pooled * (1 / 9000.0 + 1 / 998.0)).squareRoot()
    #expect(abs(cautiousError(control, variant) - expected) < 1e-12)
    let spread = SampleMean(count: 998, mean: 0, variance: 4)
    let own = (control.squaredError + spread.squaredError).squareRoot()
    #expect(abs(cautiousError(control, spread) - own) < 1e-12)
    #expect(cautiousError(control, SampleMean(count: 0, mean: 0, variance: 0)) == .infinity)
  }
}
