import JSONRPC
import Logging
import MCP
import Marketing
import MarketingTools
import Outreach
import Sealing
import ServedFiles
import Synchronization
import Testing

/// The product's tools over in-memory stores and a clock that stands still, called through a session of
/// the newest revision. Every structured result is validated against its tool's output schema.
struct ToolHarness: Sendable {
  static let now = Timestamp(milliseconds: 1_767_225_600_000)

  let stores: InMemoryStores
  let server: MCPServer
  let models: ModelDesk
  let engagements: EngagementDesk
  let tasks: TaskEngine
  let handlers: ClientHandlers
  let principal: Principal

  init(
    handlers: ClientHandlers = ClientHandlers(), scopes: Set<String> = ["*"],
    limits: SessionLimits = SessionLimits(), stores: InMemoryStores = InMemoryStores(),
    workspace: String = "default", now: Timestamp = Self.now, memory: MemoryDesk? = nil,
    campaigns: CampaignSettings = CampaignSettings(),
    comparesTexts: Bool = false,
    handoffPause: @escaping @Sendable (Duration) async -> Void = { _ in }
  ) throws {
    self.handlers = handlers
    self.stores = stores
    principal = Principal(name: "tester", workspace: workspace, scopes: scopes)
    let scorecard = try Scorecard(json: JSONParser().parse(ServedFile.scorecard.bytes))
    let models = ModelDesk(
      models: ScoringModels(
        store: stores, scorecard: scorecard, settings: ModelSettings(),
        digest: { try SHA256.hexadecimal(of: $0) }),
      leads: stores, triage: TriageSettings(), keepsPlusTags: false,
      now: { now })
    self.models = models
    let desk = memory ?? MemoryDesk(store: stores)
    engagements = EngagementDesk(
      store: stores, outbox: stores, leads: stores, journeys: stores, consents: stores,
      memory: desk,
      experiments: comparesTexts ? ExperimentDesk(store: stores, campaigns: stores) : nil,
      means: try .builtIn(templates: TemplateLibrary()) { TestZones.rules($0) }, now: { now })
    let environment = ToolEnvironment(
      leads: stores, datasets: stores, customers: stores, knowledge: stores,
      handoffs: stores, scorecard: scorecard, models: models,
      memory: desk, erasures: stores, consents: stores,
      consolidator: Consolidator(
        memories: stores, store: stores, analyze: { AnalyzedText(plain: $0) }, now: { now }),
      work: WorkDesk(store: stores, journeys: stores, events: stores),
      engagements: engagements,
      campaigns: CampaignDesk(
        store: stores, optimizations: stores, memory: desk, settings: campaigns),
      experiments: ExperimentDesk(store: stores, campaigns: stores),
      segments: try SegmentTable(json: JSONParser().parse(ServedFile.segments.bytes)),
      handoffPause: handoffPause, now: { now })
    let clock = WallClock(
      milliseconds: { now.milliseconds }, iso8601: { Timestamp(milliseconds: $0).iso8601 })
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let changes = ChangeHub()
    tasks = TaskEngine(
      store: InMemoryTaskStore(clock: clock), clock: clock, sealer: .plain, changes: changes,
      logger: logger)
    server = MCPServer(
      info: Implementation(name: "test", version: "1"),
      tools: try MarketingCatalog.tools(environment),
      resources: try MarketingCatalog.resources(environment),
      prompts: try MarketingCatalog.prompts(environment), sealer: .plain, clock: clock,
      changes: changes, tasks: tasks, limits: limits, logger: logger)
  }

  /// Runs a body with a connected client.
  func withClient<Value: Sendable>(
    mode: ClientSession.Mode = .modern, _ body: (ClientSession) async throws -> Value
  ) async throws -> Value {
    let (serverEnd, clientEnd) = InMemoryTransport.pair()
    let session = ServerSession(
      server: server, transport: serverEnd, principal: principal)
    let client = ClientSession(
      transport: clientEnd, info: Implementation(name: "client", version: "1"),
      handlers: handlers)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await session.run() }
      group.addTask { await client.run() }
      let usesTasks = handlers.acceptsTasks
      if usesTasks { group.addTask { await tasks.run() } }
      defer {
        client.close()
        if usesTasks { tasks.stop() }
      }
      try await client.connect(mode)
      return try await body(client)
    }
  }

  /// Calls a tool that must succeed.
  func call(
    _ tool: String, _ arguments: JSONObject, mode: ClientSession.Mode = .modern
  ) async throws -> JSONObject {
    let result = try await withClient(mode: mode) { client in
      try await client.request(
        "tools/call", ["name": .string(tool), "arguments": .object(arguments)])
    }
    return try Self.structured(result, of: tool)
  }

  /// What a call that must have succeeded brought.
  static func structured(_ result: JSONObject, of tool: String) throws -> JSONObject {
    let text = result["content"]?[0]?["text"]?.stringValue ?? ""
    try #require(result["isError"] != true, "\(tool) failed: \(text)")
    let structured = try #require(result["structuredContent"]?.objectValue)
    #expect(try JSONParser().parse(text) == .object(structured))
    try validate(structured, against: tool)
    return structured
  }

  /// Calls a tool that must fail in a way the caller can mend; returns what it says.
  func failure(_ tool: String, _ arguments: JSONObject) async throws -> String {
    let result = try await withClient { client in
      try await client.request(
        "tools/call", ["name": .string(tool), "arguments": .object(arguments)])
    }
    #expect(result["isError"] == true)
    #expect(result["structuredContent"] == nil)
    return try #require(result["content"]?[0]?["text"]?.stringValue)
  }

  /// Triages a new lead and returns its name.
  func newLead(_ fields: JSONObject) async throws -> String {
    try #require(try await call("triage_lead", fields)["leadID"]?.stringValue)
  }

  private static func validate(_ output: JSONObject, against tool: String) throws {
    let schema = try #require(try ToolContract.json(tool)["outputSchema"])
    let violations = try JSONSchema(schema).validate(.object(output))
    #expect(violations.isEmpty, "\(tool): \(violations.map(\.description))")
  }
}

extension Sealer {
  /// Seals by writing purpose and binding beside the value: enough to see that a value is refused
  /// elsewhere.
  static let plain = Sealer(
    seal: { try wrap($0, $1, $2) }, open: { try unwrap($0, $1, $2) },
    sign: { try wrap($0, $1, $2) }, verify: { try unwrap($0, $1, $2) }, digest: { $0 },
    randomBytes: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } })

  private struct Refused: Error {}

  private static func wrap(_ value: [UInt8], _ purpose: String, _ bound: [UInt8]) throws -> String {
    let parts: JSONValue = [
      .string(String(decoding: value, as: UTF8.self)), .string(purpose),
      .string(String(decoding: bound, as: UTF8.self)),
    ]
    return JSONWriter.text(of: parts)
  }

  private static func unwrap(_ text: String, _ purpose: String, _ bound: [UInt8]) throws -> [UInt8]
  {
    let parts = try JSONParser().parse(text)
    guard parts[1] == .string(purpose),
      parts[2] == .string(String(decoding: bound, as: UTF8.self)), let value = parts[0]?.stringValue
    else { throw Refused() }
    return Array(value.utf8)
  }
}

/// Zones whose clocks are never changed, so that tests read easily.
enum TestZones {
  private static let hours = ["Europe/Oslo": 1, "Europe/Berlin": 1, "UTC": 0, "Asia/Tokyo": 9]

  static func rules(_ name: String) -> ZoneRules? {
    hours[name].map { ZoneRules(name: name, offsetSeconds: $0 * 3600) }
  }
}
