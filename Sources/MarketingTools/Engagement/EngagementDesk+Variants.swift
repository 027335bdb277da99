import JSONRPC
import Marketing

// Which variant of its texts a lead gets.
extension EngagementDesk {
  /// The variant that stands for the texts without one, the control of experiments of our own.
  static let standardVariant = "standard"

  /// What a lead is written to with.
  struct TextVariant: Sendable {
    let name: String
    /// The experiment that it is of; `nil` where it is not one of those that are kept, or has ended.
    let experimentID: ExperimentID?
  }

  /// The variant that a lead is written to with: of the experiment that was asked for, else of one that runs for the
  /// campaign and has texts in the strategy, else of the strategy's own experiment where its texts have variants.
  /// - Returns: `nil` where there is none.
  func variant(
    for lead: LeadID, _ request: PlanRequest, _ strategy: EngagementStrategy,
    campaign: CampaignID?, by actor: String, at time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> TextVariant? {
    func unkept(_ assignment: VariantAssignment?) -> TextVariant? {
      assignment?.variant(for: lead).map { TextVariant(name: $0, experimentID: nil) }
    }
    guard let experiments else { return unkept(request.experiment) }
    if let asked = request.experiment {
      let named = ExperimentID(checking: asked.experiment)
      let known = try named.map { (id) throws(StoreError) in
        try experiments.store.experiment(id, in: workspace)
      }
      guard let experiment = known ?? nil, experiment.reportedUnit == nil else {
        return unkept(asked)
      }
      return try await shown(of: experiment.id, to: lead, experiments, actor, time, workspace)
    }
    if let campaign {
      let own = try await shown(
        to: lead, of: campaign, strategy, experiments, by: actor, at: time, in: workspace)
      if let own { return own }
    }
    guard
      let id = try await experiment(of: strategy, experiments, by: actor, at: time, in: workspace)
    else { return nil }
    return try await shown(of: id, to: lead, experiments, actor, time, workspace)
  }

  private func shown(
    of id: ExperimentID, to lead: LeadID, _ experiments: ExperimentDesk, _ actor: String,
    _ time: Timestamp, _ workspace: WorkspaceID
  ) async throws(StoreError) -> TextVariant {
    let decision = try await experiments.assign(id, to: lead, by: actor, at: time, in: workspace)
      .decision
    return TextVariant(name: decision.shown, experimentID: id)
  }

  /// What a campaign's experiments with texts in a strategy show a lead: the one that it takes part in, else the
  /// first that it can take part in; where none runs, what the last one has found to be the best.
  /// - Returns: `nil` where there is none.
  private func shown(
    to lead: LeadID, of campaign: CampaignID, _ strategy: EngagementStrategy,
    _ experiments: ExperimentDesk, by actor: String, at time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> TextVariant? {
    func fitting(_ state: Experiment.State) async throws(StoreError) -> [Experiment] {
      var query = ExperimentQuery(limit: 20)
      (query.campaignID, query.state) = (campaign, state)
      return try await experiments.store.experiments(query, in: workspace).filter { experiment in
        experiment.reportedUnit == nil
          && experiment.variants.contains { hasTexts(strategy, of: $0.name) }
      }
    }
    let running = try await fitting(.running)
    let known = Set(
      try experiments.store.assignments(of: lead, in: workspace).map(\.experiment.id))
    var first: TextVariant?
    for experiment in running.filter({ known.contains($0.id) })
      + running.filter({ !known.contains($0.id) })
    {
      let decision = try await experiments.assign(
        experiment.id, to: lead, by: actor, at: time, in: workspace
      ).decision
      let shown = TextVariant(name: decision.shown, experimentID: experiment.id)
      guard case .excluded = decision else { return shown }
      first = first ?? shown
    }
    if let first { return first }
    let last = try await fitting(.stopped).max {
      ($0.stoppedAt ?? $0.startedAt) < ($1.stoppedAt ?? $1.startedAt)
    }
    guard let last, let stop = last.stop else { return nil }
    // Where it has found nothing, and nothing was harmful, the strategy's own texts are compared again.
    let isDecided = stop.decision == .keepControl || !last.switchedOff.isEmpty
    return (stop.winner ?? (isDecided ? last.control?.name : nil))
      .map { TextVariant(name: $0, experimentID: nil) }
  }

  /// Steps that are not written yet, with the control's texts where a variant was taken out of its experiment.
  func withoutStopped(
    _ steps: [EngagementStep], in workspace: WorkspaceID
  ) throws(StoreError) -> [EngagementStep] {
    try steps.map { (step) throws(StoreError) in
      guard step.messageID == nil, let variant = step.variantID,
        let experiment = try stopping(step, in: workspace),
        let control = experiment.control?.name
      else { return step }
      var step = step
      let suffix = "_\(variant)"
      if step.template.hasSuffix(suffix) {
        step.template = template(String(step.template.dropLast(suffix.count)), variant: control)
      }
      step.variantID = control
      return step
    }
  }

  /// The experiment that the variant of a step's text was taken out of; `nil` where it was not.
  func stopping(
    _ step: EngagementStep, in workspace: WorkspaceID
  ) throws(StoreError) -> Experiment? {
    guard let variant = step.variantID, let id = step.experimentID,
      let experiment = try experiments?.store.experiment(id, in: workspace),
      experiment.switchedOff.contains(where: { $0.variant == variant })
    else { return nil }
    return experiment
  }

  /// The experiment between a strategy's own texts, which is made where there is none yet.
  private func experiment(
    of strategy: EngagementStrategy, _ experiments: ExperimentDesk, by actor: String,
    at time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> ExperimentID? {
    guard let plan = ownExperiment(of: strategy, at: time) else { return nil }
    if try experiments.store.experiment(plan.id, in: workspace) != nil { return plan.id }
    let event = Event(
      id: WorkDesk.newName("evt_", at: time), kind: .experimentCreated, occurredAt: time,
      actor: actor, facts: ["experimentID": .string(plan.id.rawValue), "kind": "bandit"])
    do throws(StoreError) {
      return try await experiments.store.create(plan, event: event, in: workspace).experiment.id
    } catch {
      // Another one has just made it of other texts: that one counts.
      guard error.code == .conflict else { throw error }
      return plan.id
    }
  }

  /// The experiment between the texts of a strategy: more and more of the leads get what is answered.
  /// - Returns: `nil` where no text has a variant.
  func ownExperiment(of strategy: EngagementStrategy, at time: Timestamp) -> Experiment? {
    let variants = variantNames(of: strategy)
    guard !variants.isEmpty,
      let id = ExperimentID(checking: "texts-\(strategy.version)")
    else { return nil }
    var draft = ExperimentDraft(
      variants: [ExperimentDraft.Variant(Self.standardVariant, isControl: true)]
        + variants.map { ExperimentDraft.Variant($0) }, primaryMetric: .reply)
    draft.experimentID = id
    draft.name = "Texts of \(strategy.version)"
    draft.hypothesis = "Some texts are answered more often than others."
    draft.kind = .bandit
    draft.secondaryMetrics = [.click, .meeting]
    draft.horizonDays = 365
    return try? draft.experiment(newName: id, now: time)
  }

  /// The names behind the templates' own ones, of the first nine in their order.
  private func variantNames(of strategy: EngagementStrategy) -> [String] {
    let templates = strategy.steps.map { "\($0.template)_" }
    let names = means.templates.names.compactMap { name in
      templates.first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
    }
    let good = Set(names).filter { $0 != Self.standardVariant && ExperimentID(checking: $0) != nil }
    return Array(good.sorted().prefix(9))
  }

  private func hasTexts(_ strategy: EngagementStrategy, of variant: String) -> Bool {
    strategy.steps.contains { means.templates.names.contains("\($0.template)_\(variant)") }
  }
}
