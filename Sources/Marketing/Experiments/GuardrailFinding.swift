/// How a variant stands to a guardrail. All numbers are finite.
package struct GuardrailFinding: Sendable, Hashable, Encodable {
  /// What follows.
  package enum Status: String, Sendable, Hashable, Encodable {
    /// Nothing is measured of it, or too little for an interval.
    case unknown
    /// Nothing speaks against the variant.
    case held
    /// It looks worse than allowed, which may be chance.
    case watched
    /// It is certainly worse than allowed: it is taken out.
    case broken
  }

  /// What is watched.
  package let metric: ExperimentMetric
  /// The variant.
  package let variant: String
  /// By how much it may be worse than the control.
  package let margin: Double
  /// The worst rate that is allowed whatever the control does.
  package let limit: Double?
  /// By how much it is worse than the control; below 0 when it is better.
  package let excess: Double
  /// The lower end of the excess's interval, which holds at any look.
  package let excessLow: Double?
  /// The lower end of the rate's own interval, which holds at any look.
  package let rateLow: Double?
  /// What follows.
  package let status: Status
}

/// Checks guardrails by intervals that hold at any look, the chance of a false alarm shared over all checks.
struct GuardrailCheck {
  let experiment: Experiment
  let totals: ExperimentTotals
  /// The last day that counts.
  let day: Int

  /// Fewer events of a rare metric tell nothing, for the intervals are those of large samples.
  private static let leastEvents = 5
  private static let leastUnits = 20

  func findings() -> [GuardrailFinding] {
    guard let control = experiment.control else { return [] }
    let variants = experiment.variants.filter { !$0.isControl }
    let checks = max(1, variants.count * experiment.guardrails.count)
    let sequence = ConfidenceSequence(
      alpha: experiment.design.alpha / Double(checks),
      tightestAt: Double(experiment.design.tightestUnits))
    return experiment.guardrails.flatMap { guardrail in
      variants.map { finding(guardrail, $0.name, control.name, sequence) }
    }
  }

  private func finding(
    _ guardrail: ExperimentGuardrail, _ variant: String, _ control: String,
    _ sequence: ConfidenceSequence
  ) -> GuardrailFinding {
    let metric = guardrail.metric
    let base = totals.cautiousSample(of: control, in: metric, through: day)
    let sample = totals.cautiousSample(of: variant, in: metric, through: day)
    // Turned so that more is worse.
    let excess = (sample.mean - base.mean) * -metric.direction
    var (excessLow, rateLow): (Double?, Double?)
    if hasEnough(base, sample, variant, metric) {
      let half = sequence.halfWidth(
        units: MetricComparison.evenUnits(base, sample),
        standardError: cautiousError(base, sample))
      excessLow = (excess - half).finite
      let own = sequence.halfWidth(
        units: Double(sample.count), standardError: sample.squaredError.squareRoot())
      rateLow = metric.isBinary && !metric.isMoreBetter ? (sample.mean - own).finite : nil
    }
    let isAboveLimit = guardrail.limit.map { (rateLow ?? 0) > $0 } ?? false
    let status: GuardrailFinding.Status
    if (excessLow ?? -.infinity) > guardrail.margin || isAboveLimit {
      status = .broken
    } else if excessLow == nil, !isCounted(base, sample, [control, variant], metric) {
      status = .unknown
    } else {
      let isAbove = guardrail.limit.map { !metric.isMoreBetter && sample.mean > $0 } ?? false
      status = excess > guardrail.margin || isAbove ? .watched : .held
    }
    return GuardrailFinding(
      metric: metric, variant: variant, margin: guardrail.margin, limit: guardrail.limit,
      excess: excess.finite ?? 0, excessLow: excessLow, rateLow: rateLow, status: status)
  }

  /// No event is no proof that they are counted: nothing tells the complaints of an impression.
  private func isCounted(
    _ base: SampleMean, _ sample: SampleMean, _ variants: [String], _ metric: ExperimentMetric
  ) -> Bool {
    guard min(base.count, sample.count) >= Self.leastUnits else { return false }
    guard metric.isBinary else { return base.variance > 0 || sample.variance > 0 }
    return variants.contains { totals.successes(of: $0, in: metric, through: day) > 0 }
  }

  private func hasEnough(
    _ base: SampleMean, _ sample: SampleMean, _ variant: String, _ metric: ExperimentMetric
  ) -> Bool {
    guard min(base.count, sample.count) >= Self.leastUnits else { return false }
    guard metric.isBinary else { return base.variance > 0 && sample.variance > 0 }
    let events = totals.successes(of: variant, in: metric, through: day)
    return metric.isMoreBetter || events >= Self.leastEvents
  }
}
