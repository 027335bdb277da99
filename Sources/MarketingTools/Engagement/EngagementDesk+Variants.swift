import JSONRPC
import Marketing

// Which variant of its texts a lead gets.
extension EngagementDesk {
  /// The variant that stands for the texts without one, the control of experiments of our own.
  static let standardVariant = "standard"

  /// The variant that a lead is written to with: of the experiment that was asked for, else of one that runs for the
  /// campaign and has texts in the strategy, else of the strategy's own experiment where its texts have variants.
  /// - Returns: `nil` where there is none.
  func variant(
    for lead: LeadID, _ request: PlanRequest, _ strategy: EngagementStrategy,
    campaign: CampaignID?, by actor: String, at time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> String? {
    guard let experiments else { return request.experiment?.variant(for: lead) }
    let id: ExperimentID?
    if let asked = request.experiment {
      let named = ExperimentID(checking: asked.experiment)
      let known = try named.map { (id) throws(StoreError) in
        try experiments.store.experiment(id, in: workspace)
      }
      guard let experiment = known ?? nil, experiment.reportedUnit == nil else {
        return asked.variant(for: lead)
      }
      id = experiment.id
    } else {
      id = try await experiment(
        of: strategy, campaign: campaign, experiments, by: actor, at: time, in: workspace)
    }
    guard let id else { return nil }
    return try await experiments.assign(id, to: lead, by: actor, at: time, in: workspace)
      .decision.shown
  }

  private func experiment(
    of strategy: EngagementStrategy, campaign: CampaignID?, _ experiments: ExperimentDesk,
    by actor: String, at time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> ExperimentID? {
    if let campaign {
      var query = ExperimentQuery(limit: 20)
      (query.campaignID, query.state) = (campaign, .running)
      let running = try await experiments.store.experiments(query, in: workspace)
      let fitting = running.first { experiment in
        experiment.reportedUnit == nil
          && experiment.variants.contains { hasTexts(strategy, of: $0.name) }
      }
      if let fitting { return fitting.id }
    }
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
