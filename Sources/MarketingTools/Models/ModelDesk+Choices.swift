package import LeadModels
package import Marketing

extension ModelDesk {
  /// Which models the workspace works with.
  package func choices(in workspace: WorkspaceID) async throws(Refusal) -> ScoringChoices {
    try await storing { () throws(StoreError) in try store.choices(in: workspace) }
  }

  /// The models, the one stored last first.
  package func list(
    named name: String?, in workspace: WorkspaceID
  ) async throws(Refusal) -> [StoredModel] {
    try await storing { () async throws(StoreError) in
      try await store.models(named: name, in: workspace)
    }
  }

  /// The model of a name: of a version `leads-3`, or the latest version of `leads`.
  /// - Throws: `.unusable` that names those that it may have been meant to be.
  package func find(_ name: String, in workspace: WorkspaceID) async throws(Refusal) -> StoredModel
  {
    if let id = ScoringModelID(checking: name),
      let exact = try await storing({ () throws(StoreError) in
        try store.model(id, in: workspace)
      })
    {
      return exact
    }
    let all = try await list(named: nil, in: workspace)
    if let latest = all.filter({ $0.name == name }).max(by: { $0.version < $1.version }) {
      return latest
    }
    let names = all.map(\.id.rawValue)
    let near = NearestName.all(of: name, among: names)
    let hint =
      names.isEmpty
      ? "no model is stored; train one with train_scoring_model or leadrelay train"
      : near.isEmpty
        ? "the models are \(names.prefix(12).joined(separator: ", "))"
        : "did you mean \(near.joined(separator: " or "))?"
    throw .unknown("model: there is no model '\(name.prefix(60))'; \(hint)")
  }

  /// The model of a name, or the one that answers.
  package func find(
    orActive name: String?, in workspace: WorkspaceID
  ) async throws(Refusal) -> StoredModel {
    if let name { return try await find(name, in: workspace) }
    let choices = try await choices(in: workspace)
    if case .trained(let id) = choices.active { return try await find(id.rawValue, in: workspace) }
    throw .unknown(
      "model: '\(choices.active.name)' answers, which was not trained; name a trained model, "
        + "list_models lists them")
  }

  /// The very bytes that a model is stored as, which `importModel` takes.
  package func bytes(of model: StoredModel, in workspace: WorkspaceID) async throws(Refusal)
    -> [UInt8]
  {
    let content = try await storing { () async throws(StoreError) in
      try await store.content(of: model.id, in: workspace)
    }
    guard let content else { throw .unknown("model: \(model.id) is not stored any more") }
    return content
  }

  /// A stored model, ready to answer.
  package func ready(_ id: ScoringModelID, in workspace: WorkspaceID) async throws(Refusal)
    -> TrainedModel
  {
    let loaded = try await storing { () async throws(StoreError) in
      try await models.load(id, in: workspace)
    }
    do throws(ScoringFailure) { return try loaded.get() } catch {
      throw .unusable(error.description)
    }
  }

  /// Makes a model answer. A trained one is made ready first: what cannot answer is not activated.
  package func activate(
    _ name: String, actor: String, in workspace: WorkspaceID
  ) async throws(Refusal) -> ScoringChoices {
    let choice: ScoringChoice
    switch name {
    case ScoringChoice.scorecard.name, models.scorecard.version: choice = .scorecard
    case ScoringChoice.incremental.name:
      let counts = try await storing { () async throws(StoreError) in
        try await store.lessonCounts(in: workspace)
      }
      guard await models.learned(counts) != nil else {
        throw .unusable(
          "the incremental model has learned from \(counts.leads.won) conversions and "
            + "\(counts.leads.lost) losses; it needs \(IncrementalModel.fewestOfEach) of each")
      }
      choice = .incremental
    default:
      let model = try await find(name, in: workspace)
      _ = try await ready(model.id, in: workspace)
      choice = .trained(model.id)
    }
    let now = now()
    return try await storing { () async throws(StoreError) in
      try await store.activate(
        choice, at: now, event: Self.event(.modelActivated, choice.name, actor, now), in: workspace)
    }
  }

  /// Makes what answered before answer again.
  package func rollBack(
    actor: String, in workspace: WorkspaceID
  ) async throws(Refusal) -> ScoringChoices {
    let now = now()
    return try await storing { () async throws(StoreError) in
      try await store.rollBack(
        at: now, event: { Self.event(.modelRolledBack, $0.active.name, actor, now) },
        in: workspace)
    }
  }

  /// Sets the model that is scored beside the active one; `nil` for none.
  package func setChallenger(
    _ id: ScoringModelID?, actor: String, in workspace: WorkspaceID
  ) async throws(Refusal) -> ScoringChoices {
    if let id { _ = try await ready(id, in: workspace) }
    let now = now()
    return try await storing { () async throws(StoreError) in
      try await store.setChallenger(
        id, event: Self.event(.modelChallenged, id?.rawValue ?? "none", actor, now), in: workspace)
    }
  }

  /// All that is known of a model.
  package struct Standing: Sendable {
    /// The model with its report.
    package let model: StoredModel
    /// What its recent leads show; `nil` when it does not answer.
    package let drift: DriftReport?
    /// The models that were scored side by side, judged on the same leads; empty when none were.
    package let shadows: [ShadowComparison]
    /// Whether it answers.
    package let isActive: Bool
    /// Whether it is compared with the one that answers.
    package let isChallenger: Bool
    /// What keeps it from doing what it was chosen for; `nil` when nothing does.
    package let problem: String?
    /// The same for operators.
    let cause: String?
  }

  /// So many leads are judged at most.
  private static let mostJudged = 20_000

  /// All that is known of a model.
  package func standing(
    of model: StoredModel, in workspace: WorkspaceID
  ) async throws(Refusal) -> Standing {
    try await storing { () async throws(StoreError) in
      let lineup = try await models.lineup(in: workspace)
      var drift: DriftReport?
      if let watch = lineup.drift, watch.model.version == model.id.rawValue {
        drift = watch.report(
          outcomes: try await store.outcomes(since: model.createdAt, in: workspace))
      }
      let judged = try await store.judgedPredictions(limit: Self.mostJudged, in: workspace)
      // Thousands of leads are sorted through, which a session's thread has no time for.
      let shadows = await models.answering.run { [name = model.id.rawValue] in
        Self.comparisons(judged, with: name)
      }
      let isActive = lineup.choices.active == .trained(model.id)
      let isChallenger = lineup.choices.challenger == model.id
      let cause =
        isActive ? lineup.problem?.cause : isChallenger ? lineup.challengerProblem : nil
      let problem = cause.map { _ in
        "It could not be made ready: "
          + (isActive ? "the scorecard answers in its place." : "nothing is compared with it.")
      }
      return Standing(
        model: model, drift: drift, shadows: shadows, isActive: isActive,
        isChallenger: isChallenger, problem: problem, cause: cause)
    }
  }

  /// Models against one of them, each on the leads that all of them answered about.
  static func comparisons(
    _ judged: [JudgedPrediction], with model: String
  ) -> [ShadowComparison] {
    let byLead = Dictionary(grouping: judged, by: \.leadID).filter { lead in
      lead.value.contains { $0.model == model }
    }
    let rivals = Set(byLead.values.flatMap { $0.map(\.model) })
    // Of models of other times only those that most of these leads have.
    let kept = rivals.filter { name in
      2 * byLead.values.count { $0.contains { $0.model == name } } > byLead.count
    }
    guard kept.count > 1 else { return [] }
    let shared = byLead.values.filter { lead in
      kept.isSubset(of: lead.map(\.model))
    }
    return kept.sorted().compactMap { name in
      let rows = shared.flatMap { $0.filter { $0.model == name } }
        .map { Judgement.Row(probability: $0.probability, isPositive: $0.isConverted) }
      return Judgement(rows).metrics.map { ShadowComparison(model: name, metrics: $0) }
    }
    .sorted { $0.metrics.logLoss < $1.metrics.logLoss }
  }
}
