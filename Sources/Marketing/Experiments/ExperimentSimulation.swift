/// Experiments on made-up units that are looked at daily, to count how often each rule is wrong. The same
/// seed leads to the same counts.
package struct ExperimentSimulation: Sendable, Hashable {
  /// The control's true rate, 0–1.
  package var baseRate = 0.05
  /// The variant's true effect in relation to it: 0.15 for 15 % more.
  package var lift = 0.0
  /// The units that each of the two arms gets between two looks.
  package var unitsPerLook = 500
  /// How many looks there are.
  package var looks = 28
  /// The units per arm at which the confidence sequence is narrowest.
  package var tightestUnits = 5000.0
  /// The level of every rule.
  package var alpha = 0.05

  /// The defaults: no effect, 28 daily looks.
  package init() {}

  /// How often something happened, with its interval of 95 %.
  package struct Share: Sendable, Hashable, Encodable {
    /// How often.
    package let count: Int
    /// Of how many runs.
    package let runs: Int
    /// The share, 0–1.
    package let share: Double
    /// The lower end of Wilson's interval.
    package let low: Double
    /// Its upper end.
    package let high: Double

    /// A share.
    /// - Parameter runs: at least 1.
    package init(_ count: Int, of runs: Int) {
      let interval = RateInterval.wilson(successes: count, trials: runs, z: RateInterval.z95)
      self.count = count
      self.runs = runs
      share = Double(count) / Double(max(1, runs))
      low = interval?.low ?? 0
      high = interval?.high ?? 1
    }
  }

  /// How often each rule found a difference at any look.
  package struct Findings: Sendable, Hashable, Encodable {
    /// The fixed test, p below alpha at any look.
    package let naive: Share
    /// The posterior chance to be better, or to be worse, above 1 − alpha at any look.
    package let bayesian: Share
    /// The boundary of O'Brien and Fleming.
    package let obrienFleming: Share
    /// The confidence sequence, 0 outside at any look.
    package let confidenceSequence: Share
    /// The looks until the boundary is crossed or the last look is made, on average.
    package let meanLooks: Double
    /// How often the confidence sequence held the true difference at all looks.
    package let coverage: Share
  }

  /// What one run came to.
  private struct Run {
    var isNaive = false
    var isBayesian = false
    var crossedAt: Int?
    var excludesZero = false
    var isCovered = true
  }

  /// Runs experiments.
  /// - Parameter runs: at least 1.
  package func findings(runs: Int, seed: UInt64) -> Findings {
    let rules = Rules(self)
    var generator = SplitMix64(state: seed)
    var counts = (naive: 0, bayesian: 0, crossed: 0, excluded: 0, covered: 0, looks: 0)
    for _ in 0..<runs {
      let run = run(rules, &generator)
      counts.naive += run.isNaive ? 1 : 0
      counts.bayesian += run.isBayesian ? 1 : 0
      counts.crossed += run.crossedAt != nil ? 1 : 0
      counts.excluded += run.excludesZero ? 1 : 0
      counts.covered += run.isCovered ? 1 : 0
      counts.looks += run.crossedAt ?? looks
    }
    return Findings(
      naive: Share(counts.naive, of: runs), bayesian: Share(counts.bayesian, of: runs),
      obrienFleming: Share(counts.crossed, of: runs),
      confidenceSequence: Share(counts.excluded, of: runs),
      meanLooks: Double(counts.looks) / Double(max(1, runs)),
      coverage: Share(counts.covered, of: runs))
  }

  /// What is the same in every run.
  private struct Rules {
    let z: Double
    let posteriorZ: Double
    let boundaries: [Double?]
    let sequence: ConfidenceSequence

    init(_ simulation: ExperimentSimulation) {
      let looks = simulation.looks
      z = normalQuantile(above: simulation.alpha / 2)
      posteriorZ = normalQuantile(above: simulation.alpha)
      boundaries =
        GroupSequentialBoundary(
          fractions: (1...max(1, looks)).map { Double($0) / Double(looks) },
          alpha: simulation.alpha
        ).boundaries
      sequence = ConfidenceSequence(
        alpha: simulation.alpha, tightestAt: simulation.tightestUnits)
    }
  }

  private func run(_ rules: Rules, _ generator: inout SplitMix64) -> Run {
    var run = Run()
    var (first, second) = (0, 0)
    let truth = baseRate * lift
    for look in 0..<looks {
      first += sampledBinomial(trials: unitsPerLook, rate: baseRate, using: &generator)
      second += sampledBinomial(
        trials: unitsPerLook, rate: baseRate * (1 + lift), using: &generator)
      let units = unitsPerLook * (look + 1)
      let control = SampleMean(successes: first, count: units)
      let variant = SampleMean(successes: second, count: units)
      guard
        let effect = EffectEstimate.proportions(
          control: control, variant: variant, alpha: alpha)
      else { continue }
      run.isNaive = run.isNaive || abs(effect.z) > rules.z
      // With this many successes the posteriors are normal to three digits.
      let (old, new) = (
        Posterior.rate(successes: first, trials: units),
        Posterior.rate(successes: second, trials: units)
      )
      let spread = (old.deviation * old.deviation + new.deviation * new.deviation).squareRoot()
      run.isBayesian = run.isBayesian || abs(new.mean - old.mean) > rules.posteriorZ * spread
      if run.crossedAt == nil, let boundary = rules.boundaries[look], abs(effect.z) >= boundary {
        run.crossedAt = look + 1
      }
      let half = rules.sequence.halfWidth(
        units: Double(units), standardError: effect.standardError)
      run.excludesZero = run.excludesZero || abs(effect.difference) > half
      run.isCovered = run.isCovered && abs(effect.difference - truth) <= half
    }
    return run
  }

  /// How often the ratio check of an even split speaks up, when units in truth go to the first arm with a
  /// share.
  /// - Parameters:
  ///   - share: 0–1; 0.5 for a split as planned.
  ///   - units: of both arms together.
  ///   - runs: at least 1.
  package static func ratioAlarms(share: Double, units: Int, runs: Int, seed: UInt64) -> Share {
    var generator = SplitMix64(state: seed)
    var alarms = 0
    for _ in 0..<runs {
      let first = sampledBinomial(trials: units, rate: share, using: &generator)
      let ratio = SampleRatio(counts: [first, units - first], weights: [1, 1])
      if ratio?.isMismatch ?? false { alarms += 1 }
    }
    return Share(alarms, of: runs)
  }
}
