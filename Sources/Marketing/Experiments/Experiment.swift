package typealias ExperimentID = Identifier<Experiment>

/// A comparison of variants on units that are assigned by chance.
package struct Experiment: Sendable, Hashable, Codable {
  /// What the experiment is to end with.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// An answer: fixed shares until the horizon or a boundary is reached.
    case test
    /// The most successes on the way: the shares follow what works.
    case bandit
  }

  /// How several comparisons share the chance of a false positive.
  package enum Correction: String, Sendable, Hashable, Codable, CaseIterable {
    /// The chance of any false positive is held (Holm 1979).
    case holm
    /// The share of false positives among all positives is held (Benjamini and Hochberg 1995).
    case benjaminiHochberg = "benjamini_hochberg"
  }

  /// Where the experiment stands.
  package enum State: String, Sendable, Hashable, Codable, CaseIterable {
    case running, stopped
  }

  /// The experiment's name within its workspace, short.
  package var id: ExperimentID
  /// The name for people.
  package var name: String
  /// What is thought to be true, and why.
  package var hypothesis: String
  /// The campaign it belongs to.
  package var campaignID: CampaignID?
  /// What it is to end with.
  package var kind: Kind
  /// What is assigned, for example `lead`.
  package var unit: String
  /// 2 to 10 variants, one of them the control, in an order that stays.
  package var variants: [ExperimentVariant]
  /// What decides.
  package var primaryMetric: ExperimentMetric
  /// What is told beside it; none of them decides.
  package var secondaryMetrics: [ExperimentMetric]
  /// The ISO 4217 code of all amounts; `nil` when nothing measured is an amount.
  package var currency: String?
  /// What must not become worse.
  package var guardrails: [ExperimentGuardrail]
  /// The group of experiments of which a unit takes part in one only.
  package var exclusionGroup: String?
  /// What it was planned for.
  package var design: ExperimentDesign
  /// How several comparisons share the chance of a false positive.
  package var correction: Correction
  /// The share of units that each variant of a bandit gets at least; 0 in a test.
  package var banditFloor: Double
  /// Where it stands.
  package var state: State
  /// When it began; days are counted from here.
  package var startedAt: Timestamp
  /// When it was stopped.
  package var stoppedAt: Timestamp?
  /// How it ended.
  package var stop: ExperimentStop?
  /// The variants that were taken out, the earliest first.
  package var switchedOff: [SwitchedOffVariant]

  /// A running experiment; everything that has no argument is as in a plain test.
  package init(
    id: ExperimentID, name: String, hypothesis: String, kind: Kind = .test,
    variants: [ExperimentVariant], primaryMetric: ExperimentMetric, design: ExperimentDesign,
    startedAt: Timestamp
  ) {
    self.id = id
    self.name = name
    self.hypothesis = hypothesis
    self.kind = kind
    self.unit = "lead"
    self.variants = variants
    self.primaryMetric = primaryMetric
    self.secondaryMetrics = []
    self.guardrails = ExperimentGuardrail.builtIn
    self.design = design
    self.correction = .holm
    self.banditFloor = 0
    self.state = .running
    self.startedAt = startedAt
    self.switchedOff = []
  }

  /// The variant that the others are compared with.
  package var control: ExperimentVariant? { variants.first(where: \.isControl) }

  /// The variants that get new units.
  package var activeVariants: [ExperimentVariant] {
    variants.filter { variant in !switchedOff.contains { $0.variant == variant.name } }
  }

  /// Everything that is measured, once each: the primary metric first, then the others, then the guardrails.
  package var metrics: [ExperimentMetric] {
    var metrics: [ExperimentMetric] = []
    for metric in [primaryMetric] + secondaryMetrics + guardrails.map(\.metric)
    where !metrics.contains(metric) {
      metrics.append(metric)
    }
    return metrics
  }

  /// The day of a moment, 0 for the first 24 hours; negative before the start.
  package func day(of moment: Timestamp) -> Int {
    let (days, rest) = (moment.milliseconds - startedAt.milliseconds)
      .quotientAndRemainder(dividingBy: 86_400_000)
    return Int(rest < 0 ? days - 1 : days)
  }

  /// When the horizon is reached.
  package var horizon: Timestamp { startedAt + .days(design.horizonDays) }
}
