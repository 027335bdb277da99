import JSONRPC
import LeadModels
import Logging
import Marketing
import MetricsTestKit
import Sealing
import ServedFiles
import ServerApp
import Testing

@testable import MarketingTools

/// Upkeep over stores, with a clock and a metrics factory of its own.
struct UpkeepHarness: Sendable {
  static let start = Timestamp(milliseconds: 1_767_225_600_000)

  let stores: any ScoringModelStore
  let leads: any LeadStore
  let events: any EventLog
  let clock = Locked(UpkeepHarness.start)
  let metrics = TestMetrics()
  let log = Locked<[String]>([])
  let desk: ModelDesk
  let scorecard: Scorecard

  init(_ stores: InMemoryStores = InMemoryStores(), retrainAfter: Int = 0) throws {
    try self.init(models: stores, leads: stores, events: stores, retrainAfter)
  }

  /// The stores of an application, at a time of its own.
  init(_ application: Application, now: Timestamp) throws {
    try self.init(
      models: InMemoryStores(), leads: application.leads, events: application.events, 0)
    clock.withLock { $0 = now }
  }

  private init(
    models: any ScoringModelStore, leads: any LeadStore, events: any EventLog, _ retrainAfter: Int
  ) throws {
    (stores, self.leads, self.events) = (models, leads, events)
    var settings = ModelSettings()
    settings.retrainAfterOutcomes = retrainAfter
    scorecard = try Scorecard(json: JSONParser().parse(ServedFile.scorecard.bytes))
    desk = ModelDesk(
      models: ScoringModels(
        store: models, scorecard: scorecard, settings: settings,
        digest: { try SHA256.hexadecimal(of: $0) }),
      leads: leads, triage: TriageSettings(), keepsPlusTags: false,
      now: { [clock] in clock.withLock { $0 } })
  }

  func upkeep(
    pause: @escaping @Sendable () async throws -> Void = { try await Self.never() },
    progress: @escaping @Sendable (ModelTraining.Progress) -> Void = { _ in }
  ) -> ModelUpkeep {
    let log = log
    let logger = Logger(label: "test") { _ in RecordingLog(lines: log) }
    return ModelUpkeep(
      desk, metrics: metrics, logger: logger, now: { [clock] in clock.withLock { $0 } },
      pause: pause, progress: progress)
  }

  /// Waits until the task is cancelled.
  static func never() async throws {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    continuation.finish()
    try Task.checkCancellation()
  }

  func pass(_ time: Duration) { clock.withLock { $0 = $0 + time } }

  /// Leads whose source, industry and size say something of how they end, with their outcomes as the
  /// clock tells.
  func addLeads(
    _ numbers: Range<Int>, withOutcomes: Bool = true, in workspace: WorkspaceID = .default
  ) async throws {
    let now = clock.withLock { $0 }
    for number in numbers {
      let lead = Self.lead(number, at: now + .seconds(number - 100_000))
      try await leads.saveTriage(
        TriageRecord(
          leadID: lead.id, triagedAt: now, score: 50, probability: 0.5, isCalibrated: false,
          category: .coldLead, confidence: 1, reasons: [], modelVersion: "scorecard-1"),
        of: lead, identity: LeadIdentity(), basis: .new(hasDuplicates: true),
        events: [Self.event(.leadCreated, "l\(number)", lead.id, now)], in: workspace)
      if withOutcomes { try await end(number, in: workspace) }
    }
  }

  /// Stores how a lead ended.
  func end(_ number: Int, in workspace: WorkspaceID = .default) async throws {
    let now = clock.withLock { $0 }
    let id = LeadID(rawValue: "lead_\(number)")
    let isWon = number % 2 == 0 ? number % 5 != 0 : number % 7 == 0
    _ = try await leads.record(
      Outcome(leadID: id, disposition: isWon ? .converted : .lost, occurredAt: now),
      replacing: false, event: Self.event(.outcomeRecorded, "o\(number)", id, now), in: workspace)
  }

  static func lead(_ number: Int, at time: Timestamp) -> Lead {
    var lead = Lead(id: LeadID(rawValue: "lead_\(number)"), createdAt: time)
    lead.source = number % 2 == 0 ? "Referral" : "Ads"
    lead.region = ["EU", "US", "APAC"][number % 3]
    lead.attributes = ["Size, in people": .string(number % 4 == 0 ? "10" : "20")]
    lead.account.industry = ["FinTech", "Retail", "Health", "SaaS"][number / 3 % 4]
    return lead
  }

  private static func event(
    _ kind: Event.Kind, _ id: String, _ lead: LeadID, _ now: Timestamp
  ) -> Event {
    Event(
      id: EventID(rawValue: "evt_\(id)"), kind: kind, leadID: lead, occurredAt: now,
      actor: "tests/upkeep")
  }

  /// Has a model answer that was trained on leads as `lead` makes them.
  @discardableResult
  func activate() async throws -> StoredModel {
    let model = try await desk.importModel(
      "leads", bytes: try await SampleModel.bytes.value, actor: "tests", in: .default)
    _ = try await desk.activate(model.id.rawValue, actor: "tests", in: .default)
    return model
  }

  /// Has the model that answers count leads.
  func count(_ count: Int, isShifted: Bool = false) async throws {
    let time = clock.withLock { $0 }
    let watch = try #require(try await desk.models.lineup(in: .default).drift)
    for number in 0..<count {
      var lead = Self.lead(number % 240, at: time + .seconds(number % 240 - 100_000))
      if isShifted { lead.source = "Ads" }
      _ = watch.note(
        ScoringSubject(
          lead: lead, identity: LeadIdentity(), history: LeadHistory(), intent: .none,
          now: lead.createdAt))
    }
  }

  /// What was logged of models: kind, model and status.
  func modelEvents() throws -> [String] {
    try events.events(after: 0, limit: 10_000).compactMap { logged in
      let event = logged.event
      guard event.kind.rawValue.hasPrefix("model.") else { return nil }
      let parts =
        [event.kind.rawValue]
        + ["model", "status", "field"].compactMap {
          event.facts[$0]?.stringValue
        }
      return parts.joined(separator: " ")
    }
  }

  func gauge(_ name: String, _ labels: [(String, String)]) -> Double? {
    (try? metrics.expectMeter(name, labels))?.lastValue
  }
}

/// A small model, trained once for all tests.
enum SampleModel {
  static let bytes = Task {
    let stores = InMemoryStores()
    let harness = try UpkeepHarness(stores)
    try await harness.addLeads(0..<240)
    let (data, takenAt) = try await harness.desk.storedData(
      byTime: false, lostAfterDays: nil, in: .default)
    let model = try await harness.desk.train(
      "leads", seed: 1, role: .stored, dataAt: takenAt, actor: "tests", in: .default,
      data: { data },
      progress: { _ in })
    return try #require(try await stores.content(of: model.id, in: .default))
  }
}

/// Keeps what is logged, each line with its level and values.
private struct RecordingLog: LogHandler {
  let lines: Locked<[String]>
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  init(lines: Locked<[String]>) { self.lines = lines }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    lines.withLock {
      $0.append("\(event.level) \(event.message) \(values.joined(separator: " "))")
    }
  }
}
