import HTTPTypes
import Hummingbird
import JSONRPC
import MCP
import Marketing
import NIOCore

/// The one place where requests are let in, over HTTP and at the upgrade to WebSocket: that they are
/// meant for this server, that they are not too many, and who makes them.
struct Gatekeeper: Sendable {
  let hosts: AllowedHosts
  let origins: AllowedOrigins
  let authenticator: Authenticator
  let limiter: RateLimiter
  let audit: AuditLog?
  /// Where clients read how to get a token; `nil` where there is no such document.
  let resourceMetadata: String?
  /// What a credential is good for: the scopes that anything here needs.
  let usefulScopes: Set<String>
  let now: @Sendable () -> Timestamp

  /// Why a request is not let in.
  enum Refusal: Error {
    case site(SiteRefusal)
    case access(AccessRefusal)
    case tooMany(Duration)
  }

  /// Lets a request in.
  /// - Parameters:
  ///   - token: a credential that came otherwise than in `Authorization`.
  func admit(
    _ request: HTTPRequest, from address: String, token: String? = nil
  ) async throws(Refusal) -> Identity {
    let fields = request.headerFields
    do {
      try origins.check(fields[values: .origin])
    } catch {
      throw .site(error)
    }
    try admitAnybody(request, from: address)
    do {
      let presented = fields[values: .authorization] + (token.map { ["Bearer \($0)"] } ?? [])
      var identity = try await authenticator.authenticate(authorization: presented, at: now())
      if let narrower = ToolSelection(headers: RequestHeaders(fields.values)) {
        identity.principal.selections.append(narrower)
      }
      return identity
    } catch {
      throw .access(error)
    }
  }

  /// Lets in a request for what everybody may read, also pages of any origin.
  func admitAnybody(_ request: HTTPRequest, from address: String) throws(Refusal) {
    do {
      try checkHost(of: request)
    } catch {
      throw .site(error)
    }
    if let wait = limiter.admit(address: address) { throw .tooMany(wait) }
  }

  /// Checks that a request is addressed to this server.
  func checkHost(of request: HTTPRequest) throws(SiteRefusal) {
    try hosts.check(
      [request.authority].compactMap { $0 } + request.headerFields[values: .host])
    // A target in absolute form names the host that is meant (RFC 9112, section 3.2.2).
    guard let path = request.path, !path.hasPrefix("/"), path.contains("://") else { return }
    guard let target = WebURI(path) else {
      throw SiteRefusal(status: 400, description: "the request's target cannot be read")
    }
    let port = target.authority.port.map { ":\($0)" } ?? ""
    try hosts.check([target.authority.host + port])
  }

  /// Lets a request to the API in though it brings no credential: the operation says which scopes one
  /// would need.
  func admitUnknown(_ request: HTTPRequest, _ refusal: Refusal) -> Identity? {
    guard case .access(let access) = refusal, access.code == .invalidToken,
      request.headerFields[.authorization] == nil, request.path?.hasPrefix("/api/") == true
    else { return nil }
    return Identity(principal: Principal(name: "anonymous", scopes: []), credential: .none)
  }

  /// Whether somebody who was let in still would be.
  func isStillValid(_ identity: Identity) -> Bool {
    authenticator.isStillValid(identity, at: now())
  }

  /// What the sessions that are opened for those who were let in ask and tell.
  func policy(over transport: String, from address: String) -> SessionPolicy {
    let limiter = limiter
    var policy = SessionPolicy { principal, _, tool in limiter.admit(principal, tool: tool) }
    if let audit {
      policy.audit = { request in audit.note(request, over: transport, from: address) }
    }
    return policy
  }
}

extension Gatekeeper.Refusal {
  /// The answer, in the form that clients of the path read.
  /// - Parameter scopes: what a credential would have to be for.
  func reply(
    to path: String, resourceMetadata: String?, scopes: Set<String>
  ) -> HTTPReply {
    let isAPI =
      path.hasPrefix("/api/") || path == "/openapi.json" || path == DeliveryRoutes.path
      || UnsubscribeRoutes.isServed(path)
    var refusal = self
    if case .access(let access) = self, access.scopes.isEmpty {
      refusal = .access(access.needing(scopes))
    }
    return isAPI ? refusal.problem(path, resourceMetadata).reply : refusal.plain(resourceMetadata)
  }

  /// The status, and in a word or two why, for the audit log.
  var reason: (status: Int, text: String) {
    switch self {
    case .site(let refusal): (refusal.status, "site")
    case .access(let refusal): (refusal.status, refusal.code.rawValue)
    case .tooMany: (429, "too_many_requests")
    }
  }

  private func plain(_ resourceMetadata: String?) -> HTTPReply {
    switch self {
    case .site(let refusal):
      return MCPEndpoint.failure(
        HTTPResponse.Status(code: refusal.status),
        RPCError(.invalidRequest, refusal.description))
    case .access(let refusal):
      var reply = MCPEndpoint.json(
        JSONWriter.bytes(of: refusal.body), status: HTTPResponse.Status(code: refusal.status))
      reply.headers[.wwwAuthenticate] = refusal.challenge(resourceMetadata: resourceMetadata)
      reply.headers[.cacheControl] = "no-store"
      return reply
    case .tooMany(let wait): return MCPEndpoint.tooMany(wait)
    }
  }

  private func problem(_ path: String, _ resourceMetadata: String?) -> ProblemDetails {
    let instance = path.shortened(to: 512)
    switch self {
    case .site(let refusal):
      return ProblemDetails(
        kind: refusal.status == 400 ? .invalidData : .forbidden, detail: refusal.description,
        instance: instance)
    case .access(let refusal):
      let kind: ProblemDetails.Kind =
        switch refusal.code {
        case .invalidRequest: .invalidData
        case .invalidToken: .unauthorized
        case .insufficientScope: .insufficientScope
        case .unavailable: .unavailable
        }
      var problem = ProblemDetails(kind: kind, detail: refusal.description, instance: instance)
      problem.headers[.wwwAuthenticate] = refusal.challenge(resourceMetadata: resourceMetadata)
      if refusal.code == .unavailable { problem.headers[.retryAfter] = "5" }
      return problem
    case .tooMany(let wait):
      return ProblemDetails(
        kind: .tooManyRequests, detail: "There were too many requests from this address",
        instance: instance, headers: [.retryAfter: "\(wait.wholeSecondsUp)"])
    }
  }
}

/// Lets requests in, or answers those that are not.
struct GateMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  let gatekeeper: Gatekeeper
  /// Paths that anybody may ask for: what is there tells by itself who may do what.
  let open: Set<String>
  /// What the paths begin with that are open too.
  let openRoot: String

  func handle(
    _ request: HTTPRequestMessage, context: GatewayContext,
    next: @concurrent (HTTPRequestMessage, GatewayContext) async throws -> HTTPReply
  ) async throws -> HTTPReply {
    var context = context
    let address = context.connection.address
    do throws(Gatekeeper.Refusal) {
      if open.contains(request.uri.path) || request.uri.path.hasPrefix(openRoot) {
        try gatekeeper.admitAnybody(request.head, from: address)
      } else {
        context.identity = try await gatekeeper.admit(request.head, from: address)
      }
    } catch {
      guard let nobody = gatekeeper.admitUnknown(request.head, error) else {
        let reason = error.reason
        note(reason.status, reason.text, request, from: address)
        return error.reply(
          to: request.uri.path, resourceMetadata: gatekeeper.resourceMetadata,
          scopes: gatekeeper.usefulScopes)
      }
      context.identity = nobody
    }
    let reply = try await next(request, context)
    // The API refuses calls itself, which no session notes.
    if request.uri.path.hasPrefix("/api/"), let reason = Self.reasons[reply.status.code] {
      note(reply.status.code, reason, request, from: address)
    }
    return reply
  }

  private static let reasons = [
    401: AccessRefusal.Code.invalidToken.rawValue,
    403: AccessRefusal.Code.insufficientScope.rawValue, 429: "too_many_requests",
  ]

  private func note(
    _ status: Int, _ reason: String, _ request: HTTPRequestMessage, from address: String
  ) {
    gatekeeper.audit?.note(
      refused: status, reason, request.method.rawValue, over: "http", from: address)
  }
}

extension Duration {
  /// Whole seconds, rounded up, at least one.
  var wholeSecondsUp: Int64 {
    max(1, components.seconds + (components.attoseconds > 0 ? 1 : 0))
  }
}
