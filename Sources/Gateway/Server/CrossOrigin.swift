import HTTPTypes
import Hummingbird
import JSONRPC

/// Lets the web pages whose origins are allowed read what they are answered (the Fetch standard's CORS
/// protocol).
struct CrossOrigin: RouterMiddleware {
  typealias Context = GatewayContext

  let gatekeeper: Gatekeeper
  /// Paths that pages of every origin may read.
  let open: Set<String>

  private static let methods = "GET, POST, DELETE, OPTIONS"
  private static let exposed =
    "Mcp-Session-Id, WWW-Authenticate, Retry-After, Idempotent-Replayed, Leadrelay-Untrusted"

  func handle(
    _ request: HTTPRequestMessage, context: GatewayContext,
    next: @concurrent (HTTPRequestMessage, GatewayContext) async throws -> HTTPReply
  ) async throws -> HTTPReply {
    let values = request.headers[values: .origin]
    guard let origin = values.first else { return try await next(request, context) }
    let isOpen = open.contains(request.uri.path)
    let isAllowed = isOpen || (try? gatekeeper.origins.check(values)) != nil
    // A page that reaches us under a name of its own learns nothing, not even that we are here.
    guard isAllowed, (try? gatekeeper.checkHost(of: request.head)) != nil else {
      return try await next(request, context)
    }
    let asked = request.headers[.accessControlRequestMethod]
    var reply: HTTPReply
    if request.method == .options, asked != nil {
      reply = HTTPReply(status: .noContent)
      reply.headers[.accessControlAllowMethods] = Self.methods
      reply.headers[.accessControlAllowHeaders] =
        request.headers[.accessControlRequestHeaders] ?? "*"
      reply.headers[.accessControlMaxAge] = "600"
    } else {
      reply = try await next(request, context)
    }
    reply.headers[.accessControlAllowOrigin] = isOpen ? "*" : origin
    reply.headers[.accessControlExposeHeaders] = Self.exposed
    if !isOpen { reply.headers.append(HTTPField(name: .vary, value: "Origin")) }
    return reply
  }
}

/// Serves what clients read to learn where tokens come from, to everybody.
struct MetadataRoutes: Sendable {
  let metadata: ProtectedResourceMetadata?

  func add(to router: Router<GatewayContext>) {
    guard let metadata else { return }
    let body = JSONWriter.bytes(of: metadata.json)
    for path in metadata.paths {
      router.get(RouterPath(path)) { _, _ in
        var reply = MCPEndpoint.json(body, status: .ok)
        reply.headers[.cacheControl] = "max-age=3600"
        return reply
      }
    }
  }
}
