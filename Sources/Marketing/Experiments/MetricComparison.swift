/// Compares the variants of an experiment in one metric.
struct MetricComparison {
  let experiment: Experiment
  let totals: ExperimentTotals
  /// The last day that counts.
  let day: Int
  /// The days after which it was looked, the last one included.
  let lookDays: [Int]
  let isAtHorizon: Bool
  /// How many comparisons share alpha, so that their always-valid intervals hold together.
  let sharing: Int

  private var alpha: Double { experiment.design.alpha }

  /// The metric in every variant, and compared with the control.
  func analysis(of metric: ExperimentMetric) -> MetricAnalysis {
    let role: MetricAnalysis.Role =
      metric == experiment.primaryMetric
      ? .primary : experiment.secondaryMetrics.contains(metric) ? .secondary : .guardrail
    return MetricAnalysis(
      metric: metric, role: role, currency: metric.isBinary ? nil : experiment.currency,
      arms: experiment.variants.map { arm($0.name, metric) }, comparisons: comparisons(metric))
  }

  private func sample(_ variant: String, _ metric: ExperimentMetric) -> SampleMean {
    totals.sample(of: variant, in: metric, through: day)
  }

  private func arm(_ variant: String, _ metric: ExperimentMetric) -> MetricAnalysis.Arm {
    let sample = sample(variant, metric)
    let successes = totals.successes(of: variant, in: metric, through: day)
    let z = normalQuantile(above: alpha / 2)
    var (low, high): (Double?, Double?)
    if metric.isBinary {
      let interval = RateInterval.wilson(successes: successes, trials: sample.count, z: z)
      (low, high) = (interval?.low, interval?.high)
    } else if sample.count > 1 {
      let half =
        studentQuantile(above: alpha / 2, degrees: Double(sample.count - 1))
        * sample.squaredError.squareRoot()
      (low, high) = (sample.mean - half, sample.mean + half)
    }
    return MetricAnalysis.Arm(
      variant: variant, units: sample.count, successes: metric.isBinary ? successes : nil,
      value: sample.count > 0 ? sample.mean.finite : nil, low: low?.finite, high: high?.finite)
  }

  private func comparisons(_ metric: ExperimentMetric) -> [MetricAnalysis.Comparison] {
    guard let control = experiment.control else { return [] }
    let base = sample(control.name, metric)
    let beliefs = beliefs(metric)
    let adjusted = adjustedMeans(metric)
    return experiment.variants.enumerated().filter { !$0.element.isControl }.map { index, variant in
      let sample = sample(variant.name, metric)
      let lift = RelativeLift(control: base, variant: sample, alpha: alpha)
      return MetricAnalysis.Comparison(
        variant: variant.name, difference: (sample.mean - base.mean).finite ?? 0, lift: lift?.lift,
        liftLow: lift?.low, liftHigh: lift?.high,
        fixed: Self.effect(metric, base, sample, alpha: alpha).map(fixed),
        alwaysValid: alwaysValid(variant.name, control.name, metric), bayesian: beliefs[index],
        adjusted: adjusted.flatMap { adjustedResult($0, index, sample) })
    }
  }

  /// The test that suits a metric.
  static func effect(
    _ metric: ExperimentMetric, _ control: SampleMean, _ variant: SampleMean, alpha: Double
  ) -> EffectEstimate? {
    metric.isBinary
      ? .proportions(control: control, variant: variant, alpha: alpha)
      : .means(control: control, variant: variant, alpha: alpha)
  }

  /// The adjusted chance is filled in once all are known.
  private func fixed(_ effect: EffectEstimate) -> MetricAnalysis.FixedResult {
    MetricAnalysis.FixedResult(
      z: effect.z, p: effect.p, adjustedP: effect.p, low: effect.low, high: effect.high,
      isValid: isAtHorizon)
  }

  /// Units per arm of two even arms that would tell as much.
  static func evenUnits(_ control: SampleMean, _ variant: SampleMean) -> Double {
    guard control.count > 0, variant.count > 0 else { return 0 }
    let (n, m) = (Double(control.count), Double(variant.count))
    return 2 * n * m / (n + m)
  }

  private func alwaysValid(
    _ variant: String, _ control: String, _ metric: ExperimentMetric
  ) -> MetricAnalysis.AlwaysValidResult? {
    guard experiment.kind == .test else { return nil }
    let share = Double(max(1, sharing))
    let sequence = ConfidenceSequence(
      alpha: alpha / share, tightestAt: Double(experiment.design.tightestUnits))
    var least = 1.0
    var result: MetricAnalysis.AlwaysValidResult?
    for day in lookDays {
      let isEnough = [control, variant].allSatisfy {
        totals.isEnough(of: $0, in: metric, through: day)
      }
      guard isEnough else { continue }
      let base = totals.cautiousSample(of: control, in: metric, through: day)
      let sample = totals.cautiousSample(of: variant, in: metric, through: day)
      let error = cautiousError(base, sample)
      guard error > 0, error.isFinite else { continue }
      let units = Self.evenUnits(base, sample)
      let difference = sample.mean - base.mean
      let half = sequence.halfWidth(units: units, standardError: error)
      least = min(least, share * sequence.p(units: units, z: difference / error))
      result = MetricAnalysis.AlwaysValidResult(
        low: difference - half, high: difference + half, p: least)
    }
    return result
  }

  /// What is believed of each variant, `nil` for all where nothing varies; the expected losses are in the
  /// metric's unit whichever direction is the better one.
  private func beliefs(_ metric: ExperimentMetric) -> [MetricAnalysis.BayesianResult?] {
    let none = [MetricAnalysis.BayesianResult?](repeating: nil, count: experiment.variants.count)
    let posteriors = experiment.variants.compactMap { variant in
      Self.posterior(
        sample(variant.name, metric), metric,
        successes: totals.successes(of: variant.name, in: metric, through: day))
    }
    guard posteriors.count == none.count,
      let control = experiment.variants.firstIndex(where: \.isControl)
    else { return none }
    let all = PosteriorComparison(posteriors)
    return posteriors.indices.map { index in
      let pair =
        index == control
        ? nil : PosteriorComparison([posteriors[control], posteriors[index]])
      return MetricAnalysis.BayesianResult(
        chanceToWin: pair?.chancesToBeBest.last ?? 0.5, chanceToBeBest: all.chancesToBeBest[index],
        expectedLoss: all.expectedLosses[index])
    }
  }

  /// What is believed of a variant, turned so that more is better.
  static func posterior(
    _ sample: SampleMean, _ metric: ExperimentMetric, successes: Int
  ) -> Posterior? {
    if metric.isBinary {
      let wins = metric.isMoreBetter ? successes : sample.count - successes
      return .rate(successes: wins, trials: sample.count)
    }
    let deviation = sample.squaredError.squareRoot()
    guard sample.count > 1, deviation > 0, deviation.isFinite else { return nil }
    return .normal(mean: sample.mean * metric.direction, deviation: deviation)
  }

  private func adjustedMeans(_ metric: ExperimentMetric) -> AdjustedMeans? {
    let pairs = experiment.variants.compactMap { variant -> PairedSums? in
      guard let known = totals.past(of: variant.name, for: metric, through: day) else { return nil }
      let sums = totals.sums(of: variant.name, in: metric, through: day)
      let successes = Double(sums.successes)
      return PairedSums(
        count: totals.units(of: variant.name, through: day), x: known.sum, xx: known.sumOfSquares,
        y: metric.isBinary ? successes : sums.sum,
        yy: metric.isBinary ? successes : sums.sumOfSquares, xy: known.sumOfProducts)
    }
    return pairs.count == experiment.variants.count ? AdjustedMeans(pairs) : nil
  }

  private func adjustedResult(
    _ means: AdjustedMeans, _ index: Int, _ sample: SampleMean
  ) -> MetricAnalysis.AdjustedResult? {
    guard let control = experiment.variants.firstIndex(where: \.isControl),
      let effect = EffectEstimate.means(
        control: means.arms[control], variant: means.arms[index], alpha: alpha)
    else { return nil }
    return MetricAnalysis.AdjustedResult(
      difference: effect.difference, low: effect.low, high: effect.high, p: effect.p,
      varianceReduction: means.varianceReduction)
  }
}

extension Double {
  /// The number, or `nil` where it is none that can be written.
  var finite: Double? { isFinite ? self : nil }
}
