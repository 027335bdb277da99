import JSONRPC
package import LeadModels
package import Logging
package import Marketing
package import MarketingTools
package import Metrics
import ServiceLifecycle

/// Keeps trained models up to date by itself: stores what is counted of recent leads, shows it as gauges,
/// says when leads have changed, and trains anew when enough outcomes came.
package final class ModelUpkeep: Service {
  /// What became of a training that was due.
  package enum Attempt: Sendable, Hashable {
    case trained(ScoringModelID)
    /// It could not be trained, for this reason in words.
    case refused(String)
    /// The server was stopped meanwhile; nothing was stored.
    case cancelled
  }

  /// Of so many workspaces at most models are read that nobody has asked anything since the start.
  private static let mostUnasked = 50
  private static let actor = "leadrelay/upkeep"

  private let desk: ModelDesk
  private let gauges: ModelGauges
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let progress: @Sendable (ModelTraining.Progress) -> Void
  /// What was last said of a workspace that something is wrong with.
  private let problems = Locked<[String: String]>([:])

  /// - Parameters:
  ///   - metrics: makes the gauges.
  ///   - pause: returns when it is time to look again.
  ///   - progress: told how far a training is, from several threads.
  package init(
    _ desk: ModelDesk, metrics: any MetricsFactory, logger: Logger,
    now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(30))
    },
    progress: @escaping @Sendable (ModelTraining.Progress) -> Void = { _ in }
  ) {
    self.desk = desk
    gauges = ModelGauges(metrics)
    self.logger = logger
    self.now = now
    self.pause = pause
    self.progress = progress
  }

  /// Looks again and again until the server is stopped; then stores once more what was counted.
  package func run() async throws {
    await withDiscardingTaskGroup { group in
      // Apart from training, which may take minutes.
      group.addTask { [self] in
        repeat { await keepDrift() } while await Upkeep.isTimeAgain(after: pause)
        await keepDrift()
      }
      group.addTask { [self] in
        while await Upkeep.isTimeAgain(after: pause) { await retrain() }
      }
    }
  }

  /// Stores what was counted of recent leads, brings the gauges up to date, and says what has changed.
  package func keepDrift() async {
    var shown: [ModelGauges.Gauge: Double] = [:]
    let models = desk.models
    let workspaces = await trying("-", "the workspaces could not be read") {
      try await models.watchedWorkspaces(limit: Self.mostUnasked)
    }
    guard let workspaces else { return }
    for workspace in workspaces {
      let watched = await trying(workspace.rawValue, "the drift of a model was not stored") {
        [now] in
        try await models.keepDrift(at: now(), actor: Self.actor, in: workspace)
      }
      guard let watched = watched ?? nil else { continue }
      shown.merge(ModelGauges.gauges(of: watched, in: workspace)) { $1 }
      if let before = watched.changed { say(watched, was: before, in: workspace) }
    }
    gauges.show(shown)
  }

  /// Trains where it is due, one workspace after the other.
  /// - Returns: what became of it, by workspace.
  @discardableResult
  package func retrain() async -> [WorkspaceID: Attempt] {
    var attempts: [WorkspaceID: Attempt] = [:]
    let workspaces = await trying("-", "the workspaces could not be read") { [desk] in
      try await desk.workspaces()
    }
    for workspace in workspaces ?? [] {
      if Task.isShuttingDownGracefully || Task.isCancelled { break }
      let attempt = await trying(workspace.rawValue, "no model could be trained") {
        try await self.retrain(in: workspace)
      }
      attempts[workspace] = attempt ?? nil
    }
    return attempts
  }

  private func retrain(in workspace: WorkspaceID) async throws -> Attempt? {
    guard let due = try await desk.dueRetraining(in: workspace),
      try await desk.claimRetraining(in: workspace)
    else { return nil }
    logger.info(
      "a model is being trained",
      metadata: [
        "workspace": "\(workspace)", "name": "\(due.name)", "outcomes": "\(due.outcomes)",
        "alarm": "\(due.isAlarmed)",
      ])
    do throws(ModelDesk.Refusal) {
      let model = try await train(due, in: workspace).get()
      logger.notice(
        "a model was trained on new outcomes, to be compared with the one that answers",
        metadata: [
          "workspace": "\(workspace)", "model": "\(model.id)", "outcomes": "\(due.outcomes)",
        ])
      return .trained(model.id)
    } catch {
      switch error {
      case .cancelled:
        try await desk.release(due, in: workspace)
        return .cancelled
      case .unusable(let reason), .unknown(let reason):
        logger.notice(
          "no model was trained on new outcomes",
          metadata: ["workspace": "\(workspace)", "reason": "\(reason)"])
        return .refused(reason)
      case .fault: throw error
      case .store(let cause): throw cause
      }
    }
  }

  /// Trains until it is done or the server is stopped, and shows other processes meanwhile that it goes on.
  private func train(
    _ due: ModelDesk.Retraining, in workspace: WorkspaceID
  ) async -> Result<StoredModel, ModelDesk.Refusal> {
    await withTaskGroup(of: Void.self) { [desk, progress] group in
      group.addTask { [self] in
        while await Upkeep.isTimeAgain(after: pause) {
          _ = try? await desk.claimRetraining(again: true, in: workspace)
        }
      }
      defer { group.cancelAll() }
      return await cancelWhenGracefulShutdown {
        do throws(ModelDesk.Refusal) {
          return .success(
            try await desk.retrain(due, actor: Self.actor, in: workspace, progress: progress))
        } catch {
          return .failure(Task.isCancelled ? .cancelled : error)
        }
      }
    }
  }

  private func say(
    _ watched: ScoringModels.Watched, was before: DriftReport.Status, in workspace: WorkspaceID
  ) {
    var metadata: Logger.Metadata = [
      "workspace": "\(workspace)", "model": "\(watched.model.version)",
      "status": "\(watched.drift.status.rawValue)", "before": "\(before.rawValue)",
    ]
    if let worst = watched.drift.fields.first {
      metadata["field"] = "\(worst.field.shortened(to: 80))"
      metadata["index"] = "\((worst.index * 100).rounded() / 100)"
    }
    if let rate = watched.drift.baseRate, rate.status == .alarm, let recent = rate.recent {
      metadata["trainedRate"] = "\((rate.trained * 1000).rounded() / 1000)"
      metadata["recentRate"] = "\((recent * 1000).rounded() / 1000)"
    }
    switch watched.drift.status {
    case .warning, .alarm:
      logger.notice(
        "recent leads differ from those the model was trained on", metadata: metadata)
    case .stable, .insufficient:
      logger.notice("recent leads are like those the model was trained on", metadata: metadata)
    }
  }

  /// Does something that may fail, and says so once until it succeeds.
  private func trying<Value: Sendable>(
    _ place: String, _ problem: String, _ step: @Sendable () async throws -> Value
  ) async -> Value? {
    let key = "\(place) \(problem)"
    do {
      let value = try await step()
      problems.withLock { $0[key] = nil }
      return value
    } catch {
      let cause = "\(error)"
      let isNew = problems.withLock { $0.updateValue(cause, forKey: key) != cause }
      if isNew {
        logger.warning("\(problem)", metadata: ["workspace": "\(place)", "cause": "\(cause)"])
      }
      return nil
    }
  }
}
