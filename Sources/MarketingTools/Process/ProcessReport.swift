import Marketing

/// How a run of the whole flow ended.
package enum ProcessOutcome: String, Sendable, Hashable, Codable, CaseIterable {
  /// Every stage did what it was to do.
  case succeeded
  /// A stage failed and the run went on without a person: tried again, or left to the agents.
  case autoRecovered = "auto_recovered"
  /// A person has to decide.
  case manual
  /// The lead is stored, and nothing goes on with it by itself.
  case failed
}

/// A part of the flow.
package enum ProcessStage: String, Sendable, Hashable, Codable, CaseIterable {
  case intake, triage, memory, handoff, engagement

  /// How long it may take, in milliseconds: what the product promises of each stage.
  package var budgetMilliseconds: Double {
    switch self {
    case .intake: 15
    case .triage: 85
    case .memory: 50
    case .handoff: 45
    case .engagement: 120
    }
  }
}

/// What became of a stage in one run.
struct StageReport: Encodable, Sendable {
  enum Status: String, Encodable, Sendable {
    case done, recovered, skipped, manual, failed
  }

  let stage: ProcessStage
  var status: Status
  let milliseconds: Double
  let budgetMilliseconds: Double
  var detail: String?

  /// Runs a stage of which nothing but the report is wanted.
  static func of(
    _ stage: ProcessStage, _ body: () async -> (Void, Status, String?)
  ) async -> StageReport {
    let start = ContinuousClock.now
    let (_, status, detail) = await body()
    return StageReport(
      stage: stage, status: status, milliseconds: (ContinuousClock.now - start).milliseconds,
      budgetMilliseconds: stage.budgetMilliseconds, detail: detail)
  }
}

/// Takes the times of a run's stages while it goes on, and tells of its progress.
struct StageClock: Sendable {
  private(set) var reports: [StageReport] = []
  private let progress: @Sendable (Double, Double, String) -> Void

  init(progress: @escaping @Sendable (Double, Double, String) -> Void) { self.progress = progress }

  /// Runs a stage.
  mutating func run<Value, Failure: Error>(
    _ stage: ProcessStage, _ body: () async throws(Failure) -> (Value, StageReport.Status, String?)
  ) async throws(Failure) -> Value {
    progress(Double(reports.count), Double(ProcessStage.allCases.count), stage.rawValue)
    let start = ContinuousClock.now
    let (value, status, detail) = try await body()
    reports.append(
      StageReport(
        stage: stage, status: status, milliseconds: (ContinuousClock.now - start).milliseconds,
        budgetMilliseconds: stage.budgetMilliseconds, detail: detail))
    return value
  }

  /// Adds a stage that ran beside others, at its place.
  mutating func insert(_ report: StageReport) {
    let order = ProcessStage.allCases
    let place = reports.firstIndex {
      (order.firstIndex(of: $0.stage) ?? 0) > (order.firstIndex(of: report.stage) ?? 0)
    }
    reports.insert(report, at: place ?? reports.endIndex)
  }

  /// How the run ended, by what became of its stages.
  var outcome: ProcessOutcome {
    let statuses = reports.map(\.status)
    if statuses.contains(.failed) { return .failed }
    if statuses.contains(.manual) { return .manual }
    return statuses.contains(.recovered) ? .autoRecovered : .succeeded
  }
}
