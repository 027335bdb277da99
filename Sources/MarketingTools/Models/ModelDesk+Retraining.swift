package import LeadModels
package import Marketing

extension ModelDesk {
  /// A training that nobody asked for and that is due.
  package struct Retraining: Sendable, Hashable {
    /// The name whose next version it makes.
    package let name: String
    /// How many outcomes came since the last training on stored leads.
    package let outcomes: Int
    /// Whether the model that answers is off, so that fewer outcomes are enough.
    package let isAlarmed: Bool
    /// When it was trained before, or tried.
    package let last: Timestamp?
    /// Columns that earlier trainings were told to leave out.
    let excluded: [String]
    /// Whether the latest leads are judged, as they were the last time.
    let isByTime: Bool
  }

  /// The least time between two trainings that nobody asked for.
  package static let retrainingInterval = Duration.seconds(3600)
  /// The name of a model where no trained one answers.
  private static let retrainedName = "leads"
  /// What part of the outcomes is enough in an alarm.
  private static let alarmedPart = 5

  /// Whether enough outcomes came to train on. What failed is not tried again before another one came.
  /// - Returns: `nil` when nothing is due.
  package func dueRetraining(
    in workspace: WorkspaceID
  ) async throws(Refusal) -> Retraining? {
    let enough = models.settings.retrainAfterOutcomes
    guard enough > 0 else { return nil }
    return try await storing { () async throws(StoreError) in
      let now = now()
      let last = try store.retrainingTime(in: workspace)
      guard RetrainingRule.isOver(Self.retrainingInterval, since: last, at: now) else {
        return nil
      }
      let all = try await store.models(named: nil, in: workspace)
      let latest = all.first {
        $0.trainingSeconds != nil && StoredLeadTraining.made($0.report)
      }
      var champion: StoredModel?
      if case .trained(let id) = try store.choices(in: workspace).active {
        champion = all.first { $0.id == id }
      }
      let isAlarmed =
        try champion.map { model throws(StoreError) in
          try models.lastStatus(of: model.id, in: workspace)
        } == .alarm
      // What came since its leads were read is not in it.
      let since = latest.map {
        $0.dataAt ?? $0.createdAt + .seconds(-($0.trainingSeconds ?? 0))
      }
      let outcomes = try await store.outcomes(
        since: since ?? Timestamp(milliseconds: 0), in: workspace
      ).leads
      let part = isAlarmed ? Self.alarmedPart : 1
      guard outcomes * part >= enough else { return nil }
      if let last {
        let news = try await store.outcomes(since: last + .milliseconds(1), in: workspace)
        guard news.leads > 0 else { return nil }
      }
      let excluded = [latest, champion].compactMap { $0 }
        .flatMap { StoredLeadTraining.excluded(in: $0.report) }
      return Retraining(
        // A name that was accepted once may not be any more.
        name: champion.map(\.name).flatMap { Self.isName($0) ? $0 : nil } ?? Self.retrainedName,
        outcomes: outcomes, isAlarmed: isAlarmed,
        last: last, excluded: excluded,
        isByTime: latest?.report.validation.method == .outOfTime)
    }
  }

  /// Takes the right to train, which one of all processes gets; one that trains takes it again and again.
  /// - Returns: whether the caller may train.
  package func claimRetraining(
    again: Bool = false, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try await store.claimRetraining(
      at: now(), interval: again ? .zero : Self.retrainingInterval, in: workspace)
  }

  /// Gives the right to train back, as if nothing had been tried.
  package func release(
    _ retraining: Retraining, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try await store.releaseRetraining(to: retraining.last, in: workspace)
  }

  /// Trains on the stored leads and has the new version compared with the model that answers.
  package func retrain(
    _ retraining: Retraining, actor: String, in workspace: WorkspaceID,
    progress: @escaping @Sendable (ModelTraining.Progress) -> Void
  ) async throws(Refusal) -> StoredModel {
    var (data, takenAt) = try await storedData(
      byTime: retraining.isByTime, lostAfterDays: nil, in: workspace)
    StoredLeadTraining.exclude(retraining.excluded, from: &data)
    let known = data
    return try await train(
      retraining.name, seed: ModelTraining.Settings().seed, role: .challenger, dataAt: takenAt,
      actor: actor, in: workspace, data: { known }, progress: progress)
  }

  /// The workspaces in which there may be something to train on.
  package func workspaces() async throws(StoreError) -> [WorkspaceID] {
    try await store.workspaces()
  }
}
