import HTTPTypes
import Hummingbird
import JSONRPC
import MCP
import NIOCore

/// The endpoint of the protocol over HTTP, both eras on one path. The header `MCP-Protocol-Version`
/// decides which: without it, or with a revision of the legacy era, the session of a handshake; with any
/// other, one request that says everything itself.
struct MCPEndpoint: Sendable {
  /// How long and how much.
  struct Limits: Sendable {
    /// The longest body, in bytes.
    var body = 4 << 20
    /// After how long without an answer a stream is opened, and how often it is kept alive.
    var keepAlive = Duration.seconds(15)
  }

  let server: MCPServer
  let sessions: HTTPSessions
  let open: OpenSessions
  let gatekeeper: Gatekeeper
  let standing: StandingWatch
  let limits: Limits

  /// Who makes a request, and over what.
  struct Client: Sendable {
    let identity: Identity
    let connection: Connection

    var principal: Principal { identity.principal }
  }

  /// Adds the endpoint's routes.
  func addRoutes(to router: Router<GatewayContext>, at path: RouterPath) {
    router.post(path) { request, context in try await post(request, context) }
    router.get(path) { request, context in try get(request, context) }
    router.delete(path) { request, context in delete(request, context) }
    for method in [HTTPRequest.Method.put, .patch, .head] {
      router.on(path, method: method) { request, _ in
        Self.notAllowed(isModern: Self.isModern(request))
      }
    }
  }

  private func post(_ request: HTTPRequestMessage, _ context: GatewayContext) async throws
    -> HTTPReply
  {
    guard let identity = context.identity else { throw HTTPError(.unauthorized) }
    let client = Client(identity: identity, connection: context.connection)
    if let refusal = Self.refusal(of: request.headers) { return refusal }
    if open.isClosing {
      return Self.failure(
        .serviceUnavailable, RPCError(.internalError, "The server is shutting down"))
    }
    let body: [UInt8]
    switch await read(request.body, announced: request.headers[.contentLength]) {
    case .success(let bytes): body = bytes
    case .failure(let refusal): return refusal.response
    }
    let incoming: Incoming
    do {
      let parser = JSONParser(
        maximumDepth: server.limits.maximumDepth, maximumBytes: limits.body)
      incoming = try Incoming(parsing: body, with: parser)
    } catch {
      return Self.failure(.badRequest, error)
    }
    if Self.isModern(request) {
      return try await serveModern(incoming, request.headers, client)
    }
    return try await serveLegacy(incoming, request.headers, client)
  }

  /// Whether the request belongs to the modern era, by its header alone.
  static func isModern(_ request: HTTPRequestMessage) -> Bool {
    let values = request.headers[values: .mcpProtocolVersion]
    guard let first = values.first else { return false }
    return values.count > 1 || ProtocolVersion(rawValue: first)?.era != .legacy
  }

  /// What is wrong with a POST's headers.
  private static func refusal(of headers: HTTPFields) -> HTTPReply? {
    let type = headers[.contentType]?.split(separator: ";").first.map { MediaRange.trimmed($0) }
    guard type == "application/json" else {
      return failure(
        .unsupportedMediaType,
        RPCError(.invalidRequest, "Content-Type must be application/json"))
    }
    let accepted = MediaRange.all(in: headers[values: .accept])
    guard accepted.contains(where: { $0.covers("application", "json") }),
      accepted.contains(where: { $0.covers("text", "event-stream") })
    else {
      return failure(
        .notAcceptable,
        RPCError(
          .invalidRequest, "Accept must list application/json and text/event-stream"))
    }
    return nil
  }

  /// A response in place of what was asked for.
  struct Refused: Error {
    let response: HTTPReply
  }

  private func read(
    _ body: RequestBody, announced: String?
  ) async -> Result<[UInt8], Refused> {
    let tooLarge = Self.failure(
      .contentTooLarge,
      RPCError(.invalidRequest, "The body is longer than \(limits.body) bytes"), closes: true)
    if let length = announced.flatMap(Int.init), length > limits.body {
      return .failure(Refused(response: tooLarge))
    }
    do {
      return .success(Array(buffer: try await body.collect(upTo: limits.body)))
    } catch is NIOTooManyBytesError {
      return .failure(Refused(response: tooLarge))
    } catch {
      let error = RPCError(.invalidRequest, "The body could not be read")
      return .failure(Refused(response: Self.failure(.badRequest, error, closes: true)))
    }
  }

  static func notAllowed(isModern: Bool) -> HTTPReply {
    HTTPReply(
      status: .methodNotAllowed,
      headers: [.allow: isModern ? "POST" : "GET, POST, DELETE"])
  }
}
