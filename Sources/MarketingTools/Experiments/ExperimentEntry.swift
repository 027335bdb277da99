import Marketing

/// An experiment as tools and resources show it.
struct ExperimentEntry: Encodable, Sendable {
  let experimentID: ExperimentID
  let name: String
  let hypothesis: String
  let campaignID: CampaignID?
  let kind: Experiment.Kind
  let unit: String
  let state: Experiment.State
  let variants: [Variant]
  let primaryMetric: ExperimentMetric
  let secondaryMetrics: [ExperimentMetric]
  let guardrails: [ExperimentGuardrail]
  let exclusionGroup: String?
  let currency: String?
  let design: ExperimentDesign
  let correction: Experiment.Correction
  let banditFloor: Double?
  let startedAt: Timestamp
  let endsAt: Timestamp
  let stoppedAt: Timestamp?
  let stop: ExperimentStop?

  struct Variant: Encodable, Sendable {
    let name: String
    let weight: Double
    let control: Bool
    let stoppedAt: Timestamp?
    let guardrail: ExperimentMetric?
  }

  init(_ experiment: Experiment) {
    experimentID = experiment.id
    name = experiment.name
    hypothesis = experiment.hypothesis
    campaignID = experiment.campaignID
    kind = experiment.kind
    unit = experiment.unit
    state = experiment.state
    variants = experiment.variants.map { variant in
      let off = experiment.switchedOff.first { $0.variant == variant.name }
      return Variant(
        name: variant.name, weight: variant.weight, control: variant.isControl,
        stoppedAt: off?.at, guardrail: off?.guardrail)
    }
    primaryMetric = experiment.primaryMetric
    secondaryMetrics = experiment.secondaryMetrics
    guardrails = experiment.guardrails
    exclusionGroup = experiment.exclusionGroup
    currency = experiment.currency
    design = experiment.design
    correction = experiment.correction
    banditFloor = experiment.kind == .bandit ? experiment.banditFloor : nil
    startedAt = experiment.startedAt
    endsAt = experiment.horizon
    stoppedAt = experiment.stoppedAt
    stop = experiment.stop
  }
}
