/// An experiment that somebody wants, as it comes in.
package struct ExperimentDraft: Decodable, Sendable {
  /// A variant as it comes in.
  package struct Variant: Decodable, Sendable {
    /// The name, 1 to 64 of letters, digits, '_' and '-'.
    package var name: String
    /// Its share in relation to the others' weights, above 0; 1 where none is said.
    package var weight: Double?
    /// Whether it is what the others are compared with.
    package var isControl: Bool?

    /// A variant with the weight of 1.
    package init(_ name: String, weight: Double? = nil, isControl: Bool? = nil) {
      self.name = name
      self.weight = weight
      self.isControl = isControl
    }
  }

  /// A guardrail as it comes in.
  package struct Guardrail: Decodable, Sendable {
    /// What is watched.
    package var metric: ExperimentMetric
    /// By how much a variant may be worse than the control, 0 or more.
    package var margin: Double?
    /// The worst rate that is allowed whatever the control does, above 0 and below 1.
    package var limit: Double?

    /// A guardrail without an own limit.
    package init(metric: ExperimentMetric, margin: Double? = nil, limit: Double? = nil) {
      self.metric = metric
      self.margin = margin
      self.limit = limit
    }
  }

  /// The name within the workspace; one is made where none is said.
  package var experimentID: ExperimentID?
  /// The name for people; the hypothesis where none is said.
  package var name: String?
  /// What is thought to be true, and why. Required.
  package var hypothesis: String?
  /// The campaign it belongs to.
  package var campaignID: CampaignID?
  /// A test where nothing is said.
  package var kind: Experiment.Kind?
  /// What is assigned; `lead` where nothing is said.
  package var unit: String?
  /// 2 to 10, one of them the control.
  package var variants: [Variant]
  /// What decides.
  package var primaryMetric: ExperimentMetric
  /// At most 8 others.
  package var secondaryMetrics: [ExperimentMetric]?
  /// The ISO 4217 code of amounts; required where a metric is one.
  package var currency: String?
  /// Own guardrails, in place of the built-in ones of the same metric.
  package var guardrails: [Guardrail]?
  /// The group of experiments of which a unit takes part in one only.
  package var exclusionGroup: String?
  /// The control's expected rate, above 0 and below 1; required for a test of a rate.
  package var baselineRate: Double?
  /// The control's expected mean, above 0; required for a test of amounts.
  package var baselineMean: Double?
  /// The standard deviation of the units' amounts, above 0; required for a test of amounts.
  package var baselineDeviation: Double?
  /// The smallest effect worth finding in relation to the control, 0.001–10; 0.1 where none is said.
  package var minimumEffect: Double?
  /// The chance of a false positive, above 0 and up to 0.2; 0.05 where none is said.
  package var alpha: Double?
  /// The chance of finding the smallest effect, 0.5–0.99; 0.8 where none is said.
  package var power: Double?
  /// 1–365; where none is said, the whole weeks that the sample needs, or 28.
  package var horizonDays: Int?
  /// Units that are exposed per day, over all variants.
  package var dailyUnits: Double?
  /// Holm where nothing is said.
  package var correction: Experiment.Correction?
  /// The least share of a bandit's variant, 0 or more, times the variants below 1.
  package var banditFloor: Double?

  /// A draft of variants and what decides between them.
  package init(variants: [Variant], primaryMetric: ExperimentMetric) {
    self.variants = variants
    self.primaryMetric = primaryMetric
  }
}

/// Every field of a draft that cannot be used, in the order of the fields.
package struct InvalidExperiment: Error, Sendable, Hashable, CustomStringConvertible {
  /// At least one error.
  package var errors: [FieldError]

  /// A refusal.
  package init(errors: [FieldError]) { self.errors = errors }

  package var description: String { errors.map(\.description).joined(separator: "; ") }
}

extension ExperimentDraft {
  /// The experiment that the draft describes, its sizes computed.
  /// - Parameters:
  ///   - newName: a name for it where the draft has none.
  ///   - now: when it starts.
  /// - Throws: every field that cannot be used.
  package func experiment(
    newName: ExperimentID, now: Timestamp
  ) throws(InvalidExperiment) -> Experiment {
    var check = DraftCheck(draft: self)
    check.checkTexts()
    check.checkVariants()
    check.checkMetrics()
    check.checkDesign()
    check.checkBandit()
    guard check.errors.isEmpty else { throw InvalidExperiment(errors: check.errors) }
    var experiment = Experiment(
      id: experimentID ?? newName, name: check.name, hypothesis: check.hypothesis,
      kind: kind ?? .test,
      variants: variants.map {
        ExperimentVariant($0.name, weight: $0.weight ?? 1, isControl: $0.isControl ?? false)
      },
      primaryMetric: primaryMetric, design: design, startedAt: now)
    experiment.campaignID = campaignID
    experiment.unit = check.unit
    experiment.secondaryMetrics = secondaryMetrics ?? []
    experiment.currency = currency
    experiment.guardrails = allGuardrails
    experiment.exclusionGroup = exclusionGroup
    experiment.correction = correction ?? .holm
    experiment.banditFloor =
      kind == .bandit ? banditFloor ?? Self.defaultFloor(variants: variants.count) : 0
    return experiment
  }

  /// One unit in twenty-five is spread evenly where nothing else is said.
  private static func defaultFloor(variants: Int) -> Double { 0.04 / Double(max(1, variants)) }

  /// The built-in guardrails, of which the draft's own replace those of the same metric.
  private var allGuardrails: [ExperimentGuardrail] {
    let own = (guardrails ?? []).map { given in
      let known = ExperimentGuardrail.builtIn.first { $0.metric == given.metric }
      return ExperimentGuardrail(
        metric: given.metric, margin: given.margin ?? 0, limit: given.limit ?? known?.limit)
    }
    return ExperimentGuardrail.builtIn.map { known in
      own.first { $0.metric == known.metric } ?? known
    } + own.filter { given in !ExperimentGuardrail.builtIn.contains { $0.metric == given.metric } }
  }

  /// The design with the sample size for the smallest share of alpha that a comparison may get, and the days
  /// that it takes.
  private var design: ExperimentDesign {
    var design = ExperimentDesign(
      minimumEffect: minimumEffect ?? DraftCheck.defaultEffect,
      alpha: alpha ?? DraftCheck.defaultAlpha, power: power ?? DraftCheck.defaultPower,
      horizonDays: horizonDays ?? DraftCheck.defaultHorizon)
    design.baselineRate = primaryMetric.isBinary ? baselineRate : nil
    design.baselineMean = primaryMetric.isBinary ? nil : baselineMean
    design.baselineDeviation = primaryMetric.isBinary ? nil : baselineDeviation
    guard kind != .bandit else { return design }
    design.unitsPerArm = unitsPerArm(design)
    if let units = design.unitsPerArm, let dailyUnits {
      design.expectedDays = Self.days(
        for: units, daily: dailyUnits, weights: variants.map { $0.weight ?? 1 },
        control: variants.firstIndex { $0.isControl == true } ?? 0)
      if horizonDays == nil, let days = design.expectedDays {
        // Whole weeks: people differ by the day of the week.
        design.horizonDays = min(364, (max(1, days) + 6) / 7 * 7)
      }
    }
    return design
  }

  private func unitsPerArm(_ design: ExperimentDesign) -> Int? {
    let effect = design.minimumEffect * primaryMetric.direction
    let alpha = design.alpha / Double(max(1, variants.count - 1))
    if primaryMetric.isBinary {
      guard let rate = design.baselineRate else { return nil }
      return sampleSizePerArm(
        rate: rate, other: rate * (1 + effect), alpha: alpha, power: design.power)
    }
    guard let mean = design.baselineMean, let deviation = design.baselineDeviation else {
      return nil
    }
    return sampleSizePerArm(
      deviation: deviation, difference: mean * effect, alpha: alpha, power: design.power)
  }

  /// The days until the comparison with the smallest variant is as precise as with so many units in each arm.
  private static func days(
    for units: Int, daily: Double, weights: [Double], control: Int
  ) -> Int? {
    let total = weights.reduce(0, +)
    let others = weights.indices.filter { $0 != control }.map { weights[$0] }
    guard let smallest = others.min(), total > 0, daily > 0 else { return nil }
    let perUnit = total / weights[control] + total / smallest
    let days = (Double(units) * perUnit / 2 / daily).rounded(.up)
    return Int(min(days, 1e9))
  }
}
