package import JSONRPC
package import Logging
package import MCP

/// A server with the tools, resources and prompts that the protocol's public conformance scenarios call
/// by name, and whatever a test adds.
package struct FixtureServer: Sendable {
  /// The server that sessions share.
  package let server: MCPServer
  /// The time it goes by, unless it was given another.
  package let clock: TestClock
  /// Latches that its tools share with a test.
  package let probe: Probe
  /// Where its tasks are kept.
  package let store: RecordingTaskStore
  /// The lines of the server's own log.
  package let lines: Recorder<String>

  /// Where changes are told.
  package var changes: ChangeHub { server.changes }

  /// Limits under which a test that ends with work in flight does not wait long.
  package static var limits: SessionLimits {
    var limits = SessionLimits()
    limits.drain = .milliseconds(200)
    return limits
  }

  /// A server.
  /// - Parameters:
  ///   - tools, resources, prompts: what is added to the conformance fixture.
  ///   - isBare: whether the conformance fixture is left out.
  ///   - wallClock: the time it goes by; that of `clock` unless given.
  package init(
    tools: [RegisteredTool] = [], resources: [RegisteredResource] = [],
    prompts: [RegisteredPrompt] = [], isBare: Bool = false, limits: SessionLimits = Self.limits,
    taskLimits: TaskEngine.Limits = .quiet, hasTasks: Bool = true, instructions: String? = nil,
    store: RecordingTaskStore? = nil, probe: Probe = Probe(), sealer: Sealer = TestSealer.make(),
    clock: TestClock = TestClock(), wallClock: WallClock? = nil
  ) throws {
    let lines = Recorder<String>()
    let logger = Logger(label: "test") { _ in RecordingLog(lines: lines) }
    let changes = ChangeHub()
    let wallClock = wallClock ?? clock.wallClock
    let store = store ?? RecordingTaskStore(clock: wallClock)
    let engine = TaskEngine(
      store: store, clock: wallClock, sealer: sealer, changes: changes, logger: logger,
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
      sealer: sealer, clock: wallClock, changes: changes, tasks: hasTasks ? engine : nil,
      limits: limits, logger: logger)
    self.clock = clock
    self.probe = probe
    self.store = store
    self.lines = lines
  }
}

extension TaskEngine.Limits {
  /// Under which nothing is written that no test asks for, however long it takes.
  package static var quiet: Self {
    var limits = Self()
    limits.heartbeat = .seconds(3600)
    return limits
  }
}

extension FixtureServer {
  /// A bare server with these tools.
  package init(
    only first: RegisteredTool, _ others: RegisteredTool..., limits: SessionLimits = Self.limits
  ) throws {
    try self.init(tools: [first] + others, isBare: true, limits: limits, hasTasks: false)
  }
}

/// Keeps the lines of a log.
package struct RecordingLog: LogHandler {
  private let lines: Recorder<String>
  /// Facts that every line gets.
  package var metadata: Logger.Metadata = [:]
  /// Everything is kept.
  package var logLevel = Logger.Level.trace

  /// A log.
  package init(lines: Recorder<String>) { self.lines = lines }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let facts = event.metadata.map {
      ($0.sorted { $0.key < $1.key }).map { "\($0.key)=\($0.value)" }
    }
    lines.append(([event.message.description] + (facts ?? [])).joined(separator: " "))
  }
}

extension RegisteredTool {
  /// A tool that takes anything.
  package static func test(
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
  /// A result of one text.
  package static func text(_ text: String) -> ToolResult { ToolResult(content: [.text(text)]) }
}

extension Principal {
  /// May do everything.
  package static let local = Principal(name: "local", scopes: ["*"])
  /// Somebody else, who may do everything too.
  package static let other = Principal(name: "other", scopes: ["*"])
}
