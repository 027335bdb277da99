import JSONRPC
import Logging
import Marketing
import Outreach
import ServiceLifecycle
import Testing

/// A worker over stores in memory, with a clock by hand.
struct WorkerBench: Sendable {
  let stores = InMemoryStores()
  let time = ManualTime()
  let channel: ScriptedChannel
  var limits = ChannelSet.Limits()
  var settings = OutboxWorkerSettings()
  var gate: SendGate = { _, _ in .go }
  var effects: DeliveryEffects = { _, _, _ in nil }
  private let log = RecordedLog.logger()

  /// What was logged, a line each.
  var lines: [String] { log.lines.withLock { $0 } }

  init(_ channel: ScriptedChannel = ScriptedChannel()) { self.channel = channel }

  /// Stores messages to stored leads.
  func enqueue(_ messages: [OutboundMessage]) async throws {
    for id in Set(messages.map(\.leadID)) where try stores.lead(id, in: .default) == nil {
      let lead = Lead(id: id, createdAt: noon)
      try await stores.saveTriage(
        triage(of: lead),
        of: lead, identity: LeadIdentity(), basis: .new(hasDuplicates: true), shadows: [],
        events: [], in: .default)
    }
    _ = try await stores.enqueue(
      messages,
      events: [Event(id: "evt_1", kind: "message.planned", occurredAt: noon, actor: "tests")],
      in: .default)
  }

  func triage(of lead: Lead) -> TriageRecord {
    TriageRecord(
      leadID: lead.id, triagedAt: noon, score: 1, probability: 0.5, isCalibrated: false,
      category: .coldLead, confidence: 0.5, reasons: [], modelVersion: "t")
  }

  func worker(
    mayClaim: @escaping @Sendable () -> Set<OutreachChannel> = { Set(OutreachChannel.allCases) }
  ) -> OutboxWorker {
    OutboxWorker(
      stores, log: stores, channels: ChannelSet(fallback: channel, limits: limits),
      settings: settings, gate: gate, effects: effects, mayClaim: mayClaim, logger: log.logger,
      now: { [time] in time.now }, generator: SplitMix64(state: 1),
      sleep: { [time] in try await time.sleep($0) })
  }

  /// Runs a worker while `body` does something.
  func run(
    _ worker: OutboxWorker? = nil, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let worker = worker ?? self.worker()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await worker.run() }
      try await body()
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  /// Waits until the outbox is in a state, on the events that the worker logs.
  func wait(until isThere: @Sendable ([OutboxEntry.State: Int]) -> Bool) async throws {
    let changes = stores.changes()
    if isThere(try await stores.counts(in: .default)) { return }
    for await _ in changes where isThere(try await stores.counts(in: .default)) { return }
  }

  func entry(_ id: MessageID = "msg_1") throws -> OutboxEntry {
    try #require(try stores.entry(id, in: .default))
  }

  /// The events of messages by kind.
  func events(_ kind: Event.Kind) throws -> [Event] {
    try stores.events(after: 0, limit: 10_000).map(\.event).filter { $0.kind == kind }
  }
}
