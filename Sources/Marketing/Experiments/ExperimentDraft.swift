/// An experiment that somebody wants, as it comes in.
package struct ExperimentDraft: Decodable, Sendable {
  /// A variant as it comes in.
  package struct Variant: Decodable, Sendable {
    package var name: String
    package var weight: Double?
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
    package var metric: ExperimentMetric
    package var margin: Double?
    package var limit: Double?

    /// A guardrail without an own limit.
    package init(metric: ExperimentMetric, margin: Double? = nil, limit: Double? = nil) {
      self.metric = metric
      self.margin = margin
      self.limit = limit
    }
  }

  package var experimentID: ExperimentID?
  package var name: String?
  package var hypothesis: String?
  package var campaignID: CampaignID?
  package var kind: Experiment.Kind?
  package var unit: String?
  package var variants: [Variant]
  package var primaryMetric: ExperimentMetric
  package var secondaryMetrics: [ExperimentMetric]?
  package var currency: String?
  package var guardrails: [Guardrail]?
  package var exclusionGroup: String?
  package var baselineRate: Double?
  package var baselineMean: Double?
  package var baselineDeviation: Double?
  package var minimumEffect: Double?
  package var alpha: Double?
  package var power: Double?
  package var horizonDays: Int?
  /// Units that are exposed per day, over all variants.
  package var dailyUnits: Double?
  package var correction: Experiment.Correction?
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
