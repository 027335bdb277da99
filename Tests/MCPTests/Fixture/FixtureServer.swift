import JSONRPC
import Logging
import MCP
import Testing

/// A server with the tools, resources and prompts that the protocol's public conformance scenarios call
/// by name, and whatever a test adds.
struct FixtureServer: Sendable {
  let server: MCPServer
  let clock: TestClock
  let probe: Probe
  let store: RecordingTaskStore
  /// The lines of the server's own log.
  let lines: Recorder<String>

  var changes: ChangeHub { server.changes }

  /// Limits under which a test that ends with work in flight does not wait long.
  static var limits: SessionLimits {
    var limits = SessionLimits()
    limits.drain = .milliseconds(200)
    return limits
  }

  /// - Parameters:
  ///   - tools, resources, prompts: what is added to the conformance fixture.
  ///   - isBare: whether the conformance fixture is left out.
  init(
    tools: [RegisteredTool] = [], resources: [RegisteredResource] = [],
    prompts: [RegisteredPrompt] = [], isBare: Bool = false, limits: SessionLimits = Self.limits,
    taskLimits: TaskEngine.Limits = .quiet, hasTasks: Bool = true, instructions: String? = nil,
    store: RecordingTaskStore? = nil, probe: Probe = Probe(), sealer: Sealer = TestSealer.make(),
    clock: TestClock = TestClock()
  ) throws {
    let lines = Recorder<String>()
    let logger = Logger(label: "test") { _ in RecordingLog(lines: lines) }
    let changes = ChangeHub()
    let store = store ?? RecordingTaskStore(clock: clock.wallClock)
    let engine = TaskEngine(
      store: store, clock: clock.wallClock, sealer: sealer, changes: changes, logger: logger,
      limits: taskLimits)
    let fixed = isBare ? [] : try FixtureTools.all.get()
    self.server = MCPServer(
      info: Implementation(
        name: "fixture", version: "1.0.0", title: "Fixture", summary: "A server for tests",
        websiteURL: "https://example.com/fixture"),
      instructions: instructions,
      tools: try ToolCatalog(fixed + tools),
      resources: ResourceCatalog((isBare ? [] : FixtureResources.all) + resources),
      prompts: PromptCatalog((isBare ? [] : FixturePrompts.all) + prompts),
      sealer: sealer, clock: clock.wallClock, changes: changes, tasks: hasTasks ? engine : nil,
      limits: limits, logger: logger)
    self.clock = clock
    self.probe = probe
    self.store = store
    self.lines = lines
  }
}

extension TaskEngine.Limits {
  /// Under which nothing is written that no test asks for, however long it takes.
  static var quiet: Self {
    var limits = Self()
    limits.heartbeat = .seconds(3600)
    return limits
  }
}

extension FixtureServer {
  /// A bare server with these tools.
  init(
    only first: RegisteredTool, _ others: RegisteredTool..., limits: SessionLimits = Self.limits
  ) throws {
    try self.init(tools: [first] + others, isBare: true, limits: limits, hasTasks: false)
  }
}

/// Keeps the lines of a log.
struct RecordingLog: LogHandler {
  let lines: Recorder<String>
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  init(lines: Recorder<String>) { self.lines = lines }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let facts = event.metadata.map {
      ($0.sorted { $0.key < $1.key }).map { "\($0.key)=\($0.value)" }
    }
    lines.append(([event.message.description] + (facts ?? [])).joined(separator: " "))
  }
}

extension RegisteredTool {
  /// A tool that takes anything.
  static func test(
    _ name: String, support: ToolDefinition.TaskSupport = .forbidden, scopes: Set<String> = [],
    input: JSONObject = ["type": "object"], output: JSONObject? = nil,
    handle:
      @escaping @Sendable (JSONObject, RequestContext) async throws(CallInterruption) -> ToolResult
  ) throws -> RegisteredTool {
    try RegisteredTool(
      ToolDefinition(
        name: name, summary: "For tests", inputSchema: input, outputSchema: output,
        taskSupport: support, scopes: scopes), handle: handle)
  }
}

extension ToolResult {
  static func text(_ text: String) -> ToolResult { ToolResult(content: [.text(text)]) }
}
