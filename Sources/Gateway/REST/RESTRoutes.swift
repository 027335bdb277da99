import HTTPTypes
import Hummingbird
import JSONRPC
import Logging
import MCP
import Marketing
import NIOCore
import ServedFiles

/// The tools for clients that do not speak the protocol: a request under `/api/v1` becomes a call of the
/// tool that its operation stands for.
struct RESTRoutes: Sendable {
  /// The longest body, in bytes.
  static let maximumBody = 1 << 20

  let server: MCPServer
  let idempotency: any IdempotencyStore
  let now: @Sendable () -> Timestamp
  /// Where clients read how to get a token; `nil` where there is no such document.
  var resourceMetadata: String?
  /// What is asked before a tool is called, and who is told afterwards.
  var policy: @Sendable (Connection) -> SessionPolicy = { _ in SessionPolicy() }
  /// Whether new requests are turned away.
  let isClosing: @Sendable () -> Bool

  /// Adds the operations and their description. Behind all other routes: what they do not take comes here.
  ///
  /// Not as routes of the router's own, because that answers a path that is there and a method that is
  /// not as if there were nothing.
  func addRoutes(to router: Router<GatewayContext>) {
    router.add(middleware: PathMiddleware(matches: Self.isServed) { await respond(to: $0, $1) })
  }

  private static let description = "/openapi.json"

  private static func isServed(_ path: String) -> Bool {
    path == description || path == "/api" || path.hasPrefix("/api/")
  }

  private func respond(
    to message: HTTPRequestMessage, _ context: GatewayContext
  ) async -> HTTPReply {
    let request = APIRequest(
      message: message, context: context, resourceMetadata: resourceMetadata)
    if isClosing() { return request.shuttingDown.reply }
    do throws(ProblemDetails) {
      if request.path == Self.description { return try Self.describe(request) }
      return try await answer(request).reply
    } catch {
      return error.reply
    }
  }

  private static func describe(_ request: APIRequest) throws(ProblemDetails) -> HTTPReply {
    guard request.message.method == .get else { throw request.notAllowed([.get]) }
    if let problem = request.unaccepted("application", "json") { throw problem }
    return HTTPReply(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "max-age=300"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: ServedFile.openAPI.bytes)))
  }

  private func answer(_ request: APIRequest) async throws(ProblemDetails) -> RESTAnswer {
    let (route, filled) = try route(of: request)
    let isAsync =
      route.asyncTool != nil
      && Preferences.contain(Preferences.respondAsync, in: request.message.headers)
    let (tool, principal) = try access(
      request, isAsync ? route.asyncTool ?? route.tool : route.tool)
    if let problem = request.unaccepted("application", "json") { throw problem }
    let properties = tool.definition.inputSchema["properties"]?.objectValue ?? [:]
    var call = RESTCall(
      request: request, route: route, tool: tool, principal: principal, filled: filled,
      isAsync: isAsync)
    do throws(CallProblem) {
      let query = try QueryString(request.message.uri.query)
      if route.method == .get {
        call.arguments = try query.arguments(
          for: properties, without: filled.map(\.name) + route.omitted)
        for argument in filled { call.arguments[argument.name] = .string(argument.value) }
      } else if let problem = query.problem(beyond: [String]()) {
        throw problem
      }
    } catch {
      throw request.problem(error)
    }
    var answer = route.method == .get ? try await perform(call) : try await performOnce(&call)
    for field in call.headers(of: answer) { answer.headers[field.name] = field.value }
    return answer
  }

  /// The operation that a request asks for, and the arguments that its path fills.
  private func route(
    of request: APIRequest
  ) throws(ProblemDetails) -> (RESTRoute, [(name: String, value: String)]) {
    let missing = request.problem(.notFound, "There is nothing at this path")
    guard request.path.hasPrefix(RESTRoute.root + "/") else { throw missing }
    var segments: [String] = []
    for segment in request.path.dropFirst(RESTRoute.root.count + 1)
      .split(separator: "/", omittingEmptySubsequences: false)
    {
      guard let segment = PercentEncoding.decoded(segment) else { throw missing }
      segments.append(segment)
    }
    let matching = RESTRoute.all.compactMap { route in
      route.arguments(in: segments).map { (route, $0) }
    }
    guard !matching.isEmpty else { throw missing }
    guard let match = matching.first(where: { $0.0.method == request.message.method }) else {
      throw request.notAllowed(matching.map(\.0.method))
    }
    return match
  }

  /// The tool behind an operation, when whoever asks may use it.
  private func access(
    _ request: APIRequest, _ tool: String
  ) throws(ProblemDetails) -> (RegisteredTool, Principal) {
    guard let principal = request.context.identity?.principal else { throw request.needs([]) }
    switch server.tools.access(to: tool, for: principal) {
    case .absent: throw request.problem(.notFound, "There is nothing at this path")
    case .needsScopes(let scopes): throw request.needs(scopes)
    case .allowed(let tool): return (tool, principal)
    }
  }
}

/// A call of a tool that a request asks for.
struct RESTCall: Sendable {
  let request: APIRequest
  let route: RESTRoute
  let tool: RegisteredTool
  let principal: Principal
  /// The arguments that the path fills.
  let filled: [(name: String, value: String)]
  /// Whether the client prefers not to wait, and need not.
  let isAsync: Bool
  var arguments = JSONObject()

  var toolName: String { tool.definition.name }
}

/// Serves the requests to some paths, whatever their method.
struct PathMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  let matches: @Sendable (String) -> Bool
  let respond: @concurrent @Sendable (HTTPRequestMessage, GatewayContext) async throws -> HTTPReply

  func handle(
    _ request: HTTPRequestMessage, context: GatewayContext,
    next: @concurrent (HTTPRequestMessage, GatewayContext) async throws -> HTTPReply
  ) async throws -> HTTPReply {
    guard matches(request.uri.path) else { return try await next(request, context) }
    return try await respond(request, context)
  }
}
