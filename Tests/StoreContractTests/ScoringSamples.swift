import JSONRPC
import Marketing

extension ModelReport {
  /// A report with something in every part of it.
  static let sample = ModelReport(
    kind: .boostedTrees, calibration: .isotonic, target: "Converted", positive: "1", rows: 6468,
    positives: 2500, skipped: ["no \"target\"": 3],
    validation: Validation(method: .outOfTime, folds: 5, timeColumn: "när", judgedFrom: "2025"),
    metrics: .sample,
    candidates: [
      Candidate(
        kind: .boostedTrees, calibration: .isotonic, metrics: .sample,
        parameters: ["depth": 4, "eta": 0.05]),
      Candidate(kind: .naiveBayes, problem: "too few rows"),
    ],
    calibrationCurve: [
      CalibrationBin(
        rows: 10, predicted: 0.25, observed: 0.3, interval: RateInterval(low: 0.108, high: 0.603))
    ],
    roc: [Point(x: 0, y: 0), Point(x: 1.0 / 3, y: 2.0 / 3), Point(x: 1, y: 1)],
    lift: [
      LiftRow(tenth: 1, rows: 646, positives: 600, rate: 0.93, lift: 2.4, capturedShare: 0.24)
    ],
    bands: [
      Band(category: .coldLead, rows: 2587, share: 0.4, rate: 0.3, fromProbability: 0.12)
    ],
    importance: [Importance(field: "source", meanContribution: 0.5, share: 0.25)],
    columns: [
      Column(
        name: "Tags", content: .category, isUsed: false, reason: "left out", missingShare: 0.36,
        distinct: 26, auc: 0.97, isLeakageSuspect: true),
      Column(
        name: "Lead Source", content: .category, field: "source", missingShare: 0, distinct: 20),
    ],
    warnings: ["One column alone ranks the leads."])
}

extension ModelMetrics {
  static let sample = ModelMetrics(
    rows: 6468, positives: 2500, auc: 0.91, averagePrecision: 0.89, brier: 0.115, logLoss: 0.36,
    calibrationError: 0.017)
}

extension NewScoringModel {
  static func sample(
    _ name: String = "leads", at time: Timestamp = noon, content: [UInt8] = [0, 255, 10]
  ) -> NewScoringModel {
    NewScoringModel(
      name: name, createdAt: time, createdBy: "tests/train", digest: "00ff", content: content,
      trainingSeconds: 0.34, report: .sample)
  }
}

extension Event {
  static func model(_ kind: Kind, _ name: String = "leads-1") -> Event {
    Event(
      id: "evt_model", kind: kind, occurredAt: noon, actor: "tests/models",
      facts: ["model": .string(name)])
  }
}

extension Stores {
  /// Stores a model as the next version of its name.
  @discardableResult
  func add(
    _ model: NewScoringModel, role: ScoringModelRole = .stored, in workspace: WorkspaceID = .default
  ) async throws -> ScoringModelID {
    try await models.add(
      model, role: role, events: { [.model(.modelTrained, $0.id.rawValue)] },
      in: workspace
    ).id
  }

  @discardableResult
  func activate(
    _ name: String, at time: Timestamp = noon, in workspace: WorkspaceID = .default
  ) async throws -> ScoringChoices {
    try await models.activate(
      ScoringChoice(name: name) ?? .scorecard, at: time, event: .model(.modelActivated, name),
      in: workspace)
  }

  @discardableResult
  func rollBack(
    at time: Timestamp = noon, in workspace: WorkspaceID = .default
  ) async throws -> ScoringChoices {
    try await models.rollBack(
      at: time, event: { .model(.modelRolledBack, $0.active.name) }, in: workspace)
  }

  @discardableResult
  func challenge(_ id: ScoringModelID?) async throws -> ScoringChoices {
    try await models.setChallenger(
      id, event: .model(.modelChallenged, id?.rawValue ?? ""), in: .default)
  }

  /// Stores what was counted of a model's drift.
  func saveDrift(
    _ content: String, of model: String, in workspace: WorkspaceID = .default
  ) async throws {
    try await models.changeDrift(of: model, in: workspace) { _ in DriftChange(content: content) }
  }

  /// What was logged, each event's kind and its model.
  func modelEvents() throws -> [String] {
    try events.events(after: 0, limit: 100).compactMap { logged in
      guard let model = logged.event.facts["model"]?.stringValue,
        logged.event.kind.rawValue.hasPrefix("model.")
      else { return nil }
      return "\(logged.event.kind.rawValue) \(model)"
    }
  }
}

/// The code of the error that a call ends with; `nil` when it ends without one.
func failure(_ call: () async throws -> Void) async -> StoreError.Code? {
  do {
    try await call()
    return nil
  } catch {
    return (error as? StoreError)?.code
  }
}
