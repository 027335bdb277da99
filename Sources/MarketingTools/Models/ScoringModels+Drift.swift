import JSONRPC
package import LeadModels
package import Marketing

extension ScoringModels {
  /// A trained model that answers, with what its recent leads show.
  package struct Watched: Sendable {
    /// The model.
    package let model: TrainedModel
    /// Its recent leads, counted by all processes, and the outcomes recorded since it was stored.
    package let drift: DriftReport
    /// What the status was before; `nil` when it did not go to `warning` or `alarm` nor came back from there.
    package let changed: DriftReport.Status?
  }

  /// The workspaces in which this process has counted leads, and those in which a trained model answers.
  /// - Parameter limit: of the latter so many at most; their models are in memory until the next call.
  package func watchedWorkspaces(limit: Int) async throws(StoreError) -> [WorkspaceID] {
    var watched = state.withLock { $0.asked }
    var unasked: Set<WorkspaceID> = []
    for workspace in try await store.workspaces() where !watched.contains(workspace) {
      guard unasked.count < limit else { break }
      guard case .trained = try store.choices(in: workspace).active else { continue }
      unasked.insert(workspace)
    }
    watched.formUnion(unasked)
    let isWanted = unasked
    state.withLock { state in
      state.unasked = state.unasked.filter { isWanted.contains($0.key) }
    }
    return watched.sorted()
  }

  /// Stores what this process has counted of recent leads, and learns what others have. A change of the status
  /// is logged as an event once, whichever process sees it first.
  /// - Returns: `nil` where no trained model answers.
  package func keepDrift(
    at now: Timestamp, actor: String, in workspace: WorkspaceID
  ) async throws(StoreError) -> Watched? {
    let answering = try await answeringWatch(in: workspace)
    // What has been counted before another model was chosen is kept too.
    for watch in state.withLock({ $0.watches(in: workspace) }) where watch !== answering {
      _ = try await keep(watch, isAnswering: false, at: now, actor: actor, in: workspace)
    }
    guard let answering else { return nil }
    return try await keep(answering, isAnswering: true, at: now, actor: actor, in: workspace)
  }

  /// What counts for the model that answers. Who only looks at drift does not have it kept ready.
  private func answeringWatch(in workspace: WorkspaceID) async throws(StoreError) -> DriftWatch? {
    guard case .trained(let id) = try store.choices(in: workspace).active else { return nil }
    let key = ScoringModelsState.WatchKey(workspace: workspace, model: id.rawValue)
    let (watch, known) = state.withLock { ($0.watches[key], $0.unasked[workspace]) }
    if let watch { return watch }
    if let known, known.version == id.rawValue { return try self.watch(known, in: workspace) }
    guard case .success(let model) = try await load(id, in: workspace) else { return nil }
    state.withLock { $0.unasked[workspace] = model }
    return try self.watch(model, in: workspace)
  }

  private func keep(
    _ watch: DriftWatch, isAnswering: Bool, at now: Timestamp, actor: String,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Watched? {
    let model = watch.model
    guard let stored = try store.model(ScoringModelID(rawValue: model.version), in: workspace)
    else { return nil }
    let outcomes = try await store.outcomes(since: stored.createdAt, in: workspace)
    let unsaved = watch.takeUnsaved()
    let kept = Locked<(drift: StoredDrift, from: DriftReport.Status)?>(nil)
    do throws(StoreError) {
      let known = StoredDrift(try store.drift(of: model.version, in: workspace), of: model)
      let status = model.drift(known.counts, outcomes: outcomes).status
      if unsaved.rows == 0, !isAnswering || status == known.status {
        watch.know(known)
      } else {
        try await store.changeDrift(of: model.version, in: workspace) { text in
          var drift = StoredDrift(text, of: model)
          let before = drift.status
          drift.counts.append(unsaved)
          let report = model.drift(drift.counts, outcomes: outcomes)
          if isAnswering { drift.status = report.status }
          guard let content = drift.text else { return nil }
          kept.withLock { $0 = (drift, before) }
          let event =
            Self.isNews(from: before, to: drift.status)
            ? Self.event(report, of: model, actor, now) : nil
          return DriftChange(content: content, event: event)
        }
      }
    } catch {
      watch.putBack(unsaved)
      throw error
    }
    let change = kept.withLock { $0 }
    if let change { watch.know(change.drift) }
    state.withLock { $0.drop(watch, of: workspace) }
    guard isAnswering else { return nil }
    let report = watch.report(outcomes: outcomes)
    let changed = change.flatMap {
      Self.isNews(from: $0.from, to: $0.drift.status) ? $0.from : nil
    }
    return Watched(model: model, drift: report, changed: changed)
  }

  /// What was last found out about a model's recent leads, by whatever process; `insufficient` when nothing
  /// was.
  package func lastStatus(
    of model: ScoringModelID, in workspace: WorkspaceID
  ) throws(StoreError) -> DriftReport.Status {
    try store.drift(of: model.rawValue, in: workspace).flatMap(StoredDrift.init)?.status
      ?? .insufficient
  }

  private static func isNews(from before: DriftReport.Status, to now: DriftReport.Status) -> Bool {
    func matters(_ status: DriftReport.Status) -> Bool { status == .warning || status == .alarm }
    return before != now && (matters(before) || matters(now))
  }

  private static func event(
    _ report: DriftReport, of model: TrainedModel, _ actor: String, _ now: Timestamp
  ) -> Event {
    var event = ModelDesk.event(.modelDrifted, model.version, actor, now)
    event.facts["status"] = .string(report.status.rawValue)
    if let worst = report.fields.first {
      event.facts["field"] = .string(worst.field.shortened(to: 80))
      event.facts["index"] = JSONValue((worst.index * 1000).rounded() / 1000)
    }
    if let rate = report.baseRate, rate.status == .alarm, let recent = rate.recent {
      event.facts["trainedRate"] = JSONValue((rate.trained * 1000).rounded() / 1000)
      event.facts["recentRate"] = JSONValue((recent * 1000).rounded() / 1000)
    }
    return event
  }
}
