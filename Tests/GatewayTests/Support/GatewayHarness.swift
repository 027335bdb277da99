import Gateway
import HTTPTypes
import JSONRPC
import Logging
import MCP
import Marketing
import MarketingTools
import Outreach
import SQLiteStores
import Sealing
import ServedFiles
import ServiceLifecycle
import Testing

/// A real gateway on a free port of this machine, over stores in memory or in a file.
struct GatewayHarness: Sendable {
  /// What the gateway keeps things in.
  struct Backend: Sendable {
    let leads: any LeadStore
    let datasets: any DatasetStore
    let customers: any CustomerStore
    let knowledge: any KnowledgeGraphStore
    let handoffs: any HandoffStore & EscalationStore
    let erasures: any LeadErasureStore
    let consents: any ConsentStore
    let events: any EventLog
    let idempotency: any IdempotencyStore
    let models: any ScoringModelStore
    let memories: any MemoryStore & MemoryConsolidationStore
    let work: any WorkQueueStore
    let journeys: any JourneyStore
    let outbox: any OutboxStore
    let engagements: any EngagementStore
    let campaigns: any CampaignStore
    let experiments: any ExperimentStore
    let optimizations: any OptimizationStore

    static func memory(_ stores: InMemoryStores = InMemoryStores()) -> Backend {
      Backend(
        leads: stores, datasets: stores, customers: stores, knowledge: stores,
        handoffs: stores, erasures: stores, consents: stores, events: stores, idempotency: stores,
        models: stores, memories: stores, work: stores, journeys: stores, outbox: stores,
        engagements: stores, campaigns: stores, experiments: stores, optimizations: stores)
    }

    static func sqlite(_ database: SQLiteDatabase) -> Backend {
      Backend(
        leads: database.leads, datasets: database.datasets, customers: database.customers,
        knowledge: database.knowledge, handoffs: database.handoffs,
        erasures: database.erasures, consents: database.consents, events: database.events,
        idempotency: database.idempotency, models: database.models, memories: database.memories,
        work: database.work, journeys: database.journeys, outbox: database.outbox,
        engagements: database.engagements, campaigns: database.campaigns,
        experiments: database.experiments, optimizations: database.optimizations)
    }
  }

  let port: Int
  let backend: Backend
  let clock: MovingClock
  let server: MCPServer
  private let group: ServiceGroup

  /// The tools of the product.
  static func tools(_ backend: Backend) throws -> ToolCatalog {
    try MarketingCatalog.tools(environment(backend))
  }

  private static func environment(_ backend: Backend) throws -> ToolEnvironment {
    let scorecard = try Scorecard(json: JSONParser().parse(ServedFile.scorecard.bytes))
    let memory = MemoryDesk(store: backend.memories)
    return ToolEnvironment(
      leads: backend.leads, datasets: backend.datasets, customers: backend.customers,
      knowledge: backend.knowledge, handoffs: backend.handoffs, scorecard: scorecard,
      models: ModelDesk(
        models: ScoringModels(
          store: backend.models, scorecard: scorecard, settings: ModelSettings(),
          digest: { try SHA256.hexadecimal(of: $0) }),
        leads: backend.leads, triage: TriageSettings(), keepsPlusTags: false,
        now: { TestTime.start }),
      memory: memory, erasures: backend.erasures,
      consents: backend.consents,
      consolidator: Consolidator(
        memories: backend.memories, store: backend.memories,
        analyze: { AnalyzedText(plain: $0) }, now: { TestTime.start }),
      work: WorkDesk(
        store: backend.work, journeys: backend.journeys, events: backend.events),
      engagements: EngagementDesk(
        store: backend.engagements, outbox: backend.outbox, leads: backend.leads,
        journeys: backend.journeys, consents: backend.consents, memory: memory,
        means: try .builtIn(templates: TemplateLibrary()) { _ in nil }, now: { TestTime.start }),
      campaigns: CampaignDesk(
        store: backend.campaigns, optimizations: backend.optimizations, memory: memory),
      experiments: ExperimentDesk(store: backend.experiments, campaigns: backend.campaigns),
      segments: try SegmentTable(json: JSONParser().parse(ServedFile.segments.bytes)),
      now: { TestTime.start })
  }

  /// Runs a body with a gateway that listens, then ends the gateway.
  /// - Parameters:
  ///   - tools: in place of the product's.
  ///   - limits: the bounds of every session.
  ///   - configure: changes the gateway's configuration.
  ///   - back: changes what is behind the gateway, and who is let in.
  static func run<Value: Sendable>(
    _ backend: Backend = .memory(), tools: ToolCatalog? = nil,
    limits: SessionLimits = SessionLimits(),
    configure: (inout Gateway.Configuration) -> Void = { _ in },
    back: (inout Gateway.Backing, MovingClock) -> Void = { _, _ in },
    _ body: (GatewayHarness) async throws -> Value
  ) async throws -> Value {
    let clock = MovingClock()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = MCPServer(
      info: Implementation(name: "test", version: "1"), tools: try tools ?? Self.tools(backend),
      resources: try MarketingCatalog.resources(try Self.environment(backend)),
      prompts: try MarketingCatalog.prompts(try Self.environment(backend)),
      sealer: .keyed, clock: clock.wallClock, limits: limits, logger: logger)
    var configuration = Gateway.Configuration()
    configuration.port = 0
    configure(&configuration)
    let listening = OneShot<Int>()
    var backing = Gateway.Backing(
      idempotency: backend.idempotency, events: backend.events,
      authenticator: Authenticator(keys: TestKeys(), allowsAnonymous: true))
    back(&backing, clock)
    let gateway = Gateway(configuration, server: server, backing: backing, logger: logger) { port in
      listening.fulfil(port)
    }
    var services = [ServiceGroupConfiguration.ServiceConfiguration(service: gateway)]
    // Ends after what it notes.
    if let audit = backing.audit { services.insert(.init(service: audit), at: 0) }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: services, logger: logger))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        // A gateway that cannot listen must not keep the test waiting.
        defer { listening.fulfil(0) }
        try await group.run()
      }
      let port = await listening.value()
      let result: Result<Value, any Error>
      do {
        try #require(port > 0)
        result = .success(
          try await body(
            GatewayHarness(
              port: port, backend: backend, clock: clock, server: server, group: group)))
      } catch {
        result = .failure(error)
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      return try result.get()
    }
  }

  /// Has the gateway end in order.
  func shutDown() async { await group.triggerGracefulShutdown() }

  /// The value of `Authorization` of somebody with these scopes.
  static func credential(
    _ name: String = "ann", scopes: [String] = ["leads:read", "leads:write"],
    workspace: String = "default"
  ) -> String {
    "Bearer \(TestKeys.key(name, scopes: scopes, workspace: workspace))"
  }
}

/// The time in tests: it stands still but where a test moves it.
enum TestTime {
  static let start = Timestamp(milliseconds: 1_767_225_600_000)
}

/// A clock that a test moves.
final class MovingClock: Sendable {
  private let time = Locked(TestTime.start)

  func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }

  var wallClock: WallClock {
    WallClock(
      milliseconds: { [self] in time.withLock { $0.milliseconds } },
      iso8601: { Timestamp(milliseconds: $0).iso8601 })
  }
}

extension Sealer {
  /// Seals with keys that are gone after the test.
  static var keyed: Sealer {
    Sealer(
      seal: { try wrap($0, $1, $2) }, open: { try unwrap($0, $1, $2) },
      sign: { try wrap($0, $1, $2) }, verify: { try unwrap($0, $1, $2) },
      digest: { try SHA256.digest(of: $0) }, randomBytes: { try SecureRandom.bytes($0) })
  }

  private static let key = Array("a key that only tests use".utf8)

  private static func wrap(_ value: [UInt8], _ purpose: String, _ bound: [UInt8]) throws -> String {
    Base64URL.text(
      of: try HMACSHA256.code(of: value + Array(purpose.utf8) + bound, key: key) + value)
  }

  private static func unwrap(_ text: String, _ purpose: String, _ bound: [UInt8]) throws -> [UInt8]
  {
    guard let bytes = Base64URL.bytes(of: text.utf8) else { throw SealingError.refused }
    let value = Array(bytes.dropFirst(32))
    guard
      try HMACSHA256.areEqual(
        Array(bytes.prefix(32)),
        HMACSHA256.code(of: value + Array(purpose.utf8) + bound, key: key))
    else { throw SealingError.refused }
    return value
  }
}
