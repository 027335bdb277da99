package import JSONRPC
package import Logging

/// What a server is and serves. Immutable; sessions over any transport share one.
package struct MCPServer: Sendable {
  /// What the server says of itself.
  package let info: Implementation
  /// How to use it, for the host's model.
  package let instructions: String?
  /// Its tools.
  package let tools: ToolCatalog
  /// Its resources.
  package let resources: ResourceCatalog
  /// Its prompts.
  package let prompts: PromptCatalog
  /// Seals cursors and states.
  package let sealer: Sealer
  /// The time of day.
  package let clock: WallClock
  /// Where changes are told.
  package let changes: ChangeHub
  /// Runs tool calls as tasks; `nil` for a server that does not declare the tasks extension.
  package let tasks: TaskEngine?
  /// The bounds of every session.
  package let limits: SessionLimits
  /// The server's log. No personal data.
  package let logger: Logger
  let serverInfo: JSONValue

  /// A server.
  package init(
    info: Implementation, instructions: String? = nil, tools: ToolCatalog,
    resources: ResourceCatalog = ResourceCatalog(), prompts: PromptCatalog = PromptCatalog(),
    sealer: Sealer, clock: WallClock, changes: ChangeHub = ChangeHub(), tasks: TaskEngine? = nil,
    limits: SessionLimits = SessionLimits(), logger: Logger
  ) {
    self.info = info
    self.instructions = instructions
    self.tools = tools
    self.resources = resources
    self.prompts = prompts
    self.sealer = sealer
    self.clock = clock
    self.changes = changes
    self.tasks = tasks
    self.limits = limits
    self.logger = logger
    self.serverInfo = info.json(for: .latest)
  }

  /// What the server declares to a peer of this revision. What is not declared answers -32601.
  package func capabilities(for version: ProtocolVersion) -> JSONObject {
    var declared: JSONObject = ["tools": ["listChanged": true]]
    if !resources.isEmpty { declared["resources"] = ["listChanged": true, "subscribe": true] }
    if !prompts.isEmpty { declared["prompts"] = ["listChanged": true] }
    if version >= .v2025March { declared["completions"] = [:] }
    declared["logging"] = [:]
    if version.era == .modern, tasks != nil {
      declared["extensions"] = .object([MetaKey.tasksExtension: [:]])
    }
    return declared
  }
}

/// The bounds of a session.
package struct SessionLimits: Sendable, Hashable {
  /// How many requests may be in flight before more are made to wait, then refused.
  package var maximumInFlight = 1024
  /// How long requests beyond that wait for a place before they are refused.
  package var overloadPatience = Duration.seconds(5)
  /// How many `subscriptions/listen` streams one session may have.
  package var maximumListens = 256
  /// How many addresses a session of the legacy era may subscribe to.
  package var maximumSubscriptions = 1024
  /// How many entries one page of a list holds at most.
  package var pageSize = 200
  /// How many bytes one page of a list, or the result of a tool, a resource or a prompt, holds at most:
  /// common clients stop at 1 MiB.
  package var pageBytes = 900 << 10
  /// How many bytes the answers to all open batches hold at most.
  package var batchBytes = 16 << 20
  /// How long a request in flight may go on after the peer has stopped sending.
  package var drain = Duration.milliseconds(1500)
  /// How long an answer to an input request is good for.
  package var inputStateLifetime = Duration.seconds(600)
  /// How long the server waits for the client's answer to one of its own requests.
  package var inputPatience = Duration.seconds(600)
  /// How long a question to the client waits for the end of its handshake.
  package var readyPatience = Duration.seconds(5)
  /// The longest message, in bytes.
  package var maximumMessageBytes = 4 << 20
  /// The deepest nesting of a message.
  package var maximumDepth = 128

  /// The bounds that hold unless configured otherwise.
  package init() {}
}
