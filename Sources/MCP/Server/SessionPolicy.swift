package import JSONRPC

/// What a session asks before it serves a request, and whom it tells afterwards. Whoever opens sessions
/// for others than the user who started the process gives them one.
package struct SessionPolicy: Sendable {
  /// Decides whether a request may be served now: principal, method, and the tool that is called, when
  /// the principal may know of it. Returns how long to wait when not.
  package var admit: @Sendable (Principal, String, String?) -> Duration?
  /// Told of each request that did, or tried to do, something: tools, resources, prompts and tasks.
  package var audit: (@Sendable (ServedRequest) -> Void)?

  /// A policy; without arguments everything is served and nobody is told.
  package init(
    admit: @escaping @Sendable (Principal, String, String?) -> Duration? = { _, _, _ in nil },
    audit: (@Sendable (ServedRequest) -> Void)? = nil
  ) {
    self.admit = admit
    self.audit = audit
  }

  /// - Throws: our own code, with the time to wait.
  func check(
    _ request: Request, by principal: Principal, tools: ToolCatalog
  ) throws(RPCError) {
    let name = request.method == "tools/call" ? request.params["name"]?.stringValue : nil
    let tool = name.flatMap { tools.tool($0, for: principal)?.definition.name }
    guard let wait = admit(principal, request.method, tool) else { return }
    throw RPCError.rateLimited(wait)
  }
}

extension RPCError {
  /// The error for a request that comes too soon.
  package static func rateLimited(_ wait: Duration) -> RPCError {
    let milliseconds = max(1, wait.wholeMilliseconds)
    return RPCError(
      .rateLimited, "Too many requests: try again in \(milliseconds) ms",
      data: ["retryAfterMs": .integer(milliseconds)])
  }
}

/// A request that has been served, for an audit log: who did what and how it ended, without the values
/// that were passed.
package struct ServedRequest: Sendable {
  /// How a request ended.
  package enum Outcome: Sendable, Hashable {
    /// With a result, or with a task or a question for the client.
    case done
    /// With a tool's error that the caller can mend.
    case toolError
    /// With a JSON-RPC error.
    case error(RPCError.Code)
    /// It was cancelled.
    case cancelled
  }

  /// Who made it.
  package let principal: Principal
  /// What was asked.
  package let method: String
  /// The tool, the prompt or the task, or the resource without what its address may say of a person.
  package let target: String?
  /// The names of the arguments.
  package let argumentNames: [String]
  /// How it ended.
  package let outcome: Outcome
  /// How long it took.
  package let duration: Duration

  private static let methods: Set<String> = [
    "tools/call", "resources/read", "resources/subscribe", "prompts/get", "tasks/get",
    "tasks/update", "tasks/cancel", "subscriptions/listen", "completion/complete",
  ]

  /// Whether requests of this method are worth a line.
  static func isAudited(_ method: String) -> Bool { methods.contains(method) }

  init(
    _ request: Request, by principal: Principal, outcome: Outcome, duration: Duration
  ) {
    self.principal = principal
    self.method = request.method
    self.outcome = outcome
    self.duration = duration
    let params = request.params
    let name = params["name"] ?? params["taskId"]
    let address = params["uri"]?.stringValue.map { $0.prefix { $0 != "?" && $0 != "#" } }
    target = (name?.stringValue ?? address.map(String.init))?.shortened(to: 120)
    argumentNames = (params["arguments"]?.objectValue ?? [:]).keys.prefix(32).map {
      $0.shortened(to: 64)
    }
  }
}
