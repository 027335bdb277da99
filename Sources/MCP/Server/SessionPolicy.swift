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
  /// The tool, the prompt, the task or the resource; `nil` for one that is not there, whose name could be
  /// anything.
  package let target: String?
  /// The names of the arguments that there are.
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
    _ request: Request, by principal: Principal, in server: MCPServer, outcome: Outcome,
    duration: Duration
  ) {
    self.principal = principal
    self.method = request.method
    self.outcome = outcome
    self.duration = duration
    let params = request.params
    let arguments = params["arguments"]?.objectValue?.keys ?? []
    var known: [String] = []
    switch request.method {
    case "tools/call":
      let tool = params["name"]?.stringValue.flatMap { server.tools.tool($0, for: principal) }
      target = tool?.definition.name
      known = tool?.definition.inputSchema["properties"]?.objectValue?.keys ?? []
    case "prompts/get":
      let prompt = params["name"]?.stringValue
        .flatMap { server.prompts.prompt($0, for: principal) }
      target = prompt?.definition.name
      known = prompt?.definition.arguments.map(\.name) ?? []
    case "resources/read", "resources/subscribe":
      target = params["uri"]?.stringValue
        .flatMap { server.resources.find($0, for: principal) }.map(Self.name)
    default:
      target = params["taskId"]?.stringValue.flatMap { Self.isPlain($0) ? $0 : nil }
    }
    // Only names of ours: what a client makes up may say anything.
    argumentNames = arguments.filter(known.contains)
  }

  /// What a resource is called: its address, unless that could tell more than which one it is.
  private static func name(
    _ resource: RegisteredResource, _ variables: [String: String]
  ) -> String {
    switch resource.location {
    case .fixed(let definition): definition.uri
    case .template(let definition):
      variables.values.allSatisfy(isPlain)
        ? resource.address(variables) : definition.uriTemplate.text
    }
  }

  /// Whether it could be an identifier of ours.
  private static func isPlain(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
