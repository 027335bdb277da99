import HTTPTypes
import Hummingbird
import JSONRPC
import MCP

extension MCPEndpoint {
  func serveLegacy(
    _ incoming: Incoming, _ fields: HTTPFields, _ client: Client
  ) async throws -> HTTPReply {
    let connection = client.connection
    if Self.isEnveloped(incoming) {
      return Self.failure(
        .badRequest,
        RPCError(
          .headerMismatch,
          "Header mismatch: MCP-Protocol-Version does not say what the message's _meta says"),
        id: incoming.id)
    }
    let isOpening = incoming.method == "initialize"
    let session: HTTPSession
    if isOpening {
      guard
        let started = try sessions.start(
          for: client.principal, on: connection.executor,
          policy: gatekeeper.policy(over: "http", from: connection.address))
      else {
        return Self.failure(
          .serviceUnavailable, RPCError(.overloaded, "Too many sessions: end some, or try later"),
          id: incoming.id)
      }
      session = started
    } else {
      switch find(fields, client.principal) {
      case .success(let found): session = found
      case .failure(let refusal): return refusal.response
      }
    }
    sessions.hold(session)
    let exchange = HTTPExchange(incoming, headers: nil, makeStream: { session.makeStream() })
    guard session.submit(exchange) else {
      sessions.release(session)
      return Self.unknownSession
    }
    switch await begin(exchange, on: connection) {
    case .answer(let message, let error):
      sessions.release(session)
      var response = Self.json(message, error, status: Self.legacyStatus(error))
      if isOpening, error == nil { response.headers[.mcpSessionID] = session.id }
      if isOpening, error != nil { sessions.end(session) }
      return response
    case .none(let cancelled):
      sessions.release(session)
      // A notification of that name opens nothing.
      if isOpening { sessions.end(session) }
      guard let cancelled else { return HTTPReply(status: .accepted) }
      return Self.json(HTTPExchange.cancelledAnswer(cancelled), status: .ok)
    case .stream(let stream):
      return resume(stream, after: nil, session, Self.style(fields), client)
    }
  }

  /// Carries a stream of a session, which is held meanwhile, to the client.
  private func resume(
    _ stream: EventStream, after last: Int?, _ session: HTTPSession, _ style: EventStyle,
    _ client: Client
  ) -> HTTPReply {
    events(from: stream.attach(after: last), style: style, to: client) {
      sessions.release(session)
    }
  }

  private static func style(_ fields: HTTPFields) -> EventStyle {
    let version = fields[.mcpProtocolVersion].flatMap(ProtocolVersion.init)
    return EventStyle(hasIDs: true, begins: version.map { $0 >= .v2025November } ?? false)
  }

  /// Whether the message says of itself that it belongs to the modern era.
  private static func isEnveloped(_ incoming: Incoming) -> Bool {
    guard case .single(let message) = incoming else { return false }
    return message["method"] != "initialize"
      && message["params"]?["_meta"]?[MetaKey.protocolVersion] != nil
  }

  /// The status that goes with an error of the legacy era: what was dispatched is answered with 200.
  private static func legacyStatus(_ error: RPCError?) -> HTTPResponse.Status {
    switch error?.code {
    case .parseError?, .invalidRequest?: .badRequest
    case .rateLimited?: .tooManyRequests
    default: .ok
    }
  }

  private func find(
    _ fields: HTTPFields, _ principal: Principal
  ) -> Result<HTTPSession, Refused> {
    let ids = fields[values: .mcpSessionID]
    guard let id = ids.first, ids.count == 1 else {
      let error = RPCError(
        .invalidRequest, "Mcp-Session-Id is missing: send 'initialize' to get one")
      return .failure(Refused(response: Self.failure(.badRequest, error)))
    }
    guard let session = sessions.find(id, for: principal) else {
      return .failure(Refused(response: Self.unknownSession))
    }
    return .success(session)
  }

  private static var unknownSession: HTTPReply {
    failure(
      .notFound,
      RPCError(.invalidRequest, "There is no such session: send 'initialize' to get another"))
  }

  func get(_ request: HTTPRequestMessage, _ context: GatewayContext) throws -> HTTPReply {
    guard let identity = context.identity else { throw HTTPError(.unauthorized) }
    let client = Client(identity: identity, connection: context.connection)
    if request.headers[.upgrade]?.lowercased() == "websocket" { return Self.notUpgraded }
    guard !Self.isModern(request) else { return Self.notAllowed(isModern: true) }
    let accepted = MediaRange.all(in: request.headers[values: .accept])
    guard accepted.contains(where: { $0.covers("text", "event-stream") }) else {
      return Self.failure(
        .notAcceptable, RPCError(.invalidRequest, "Accept must list text/event-stream"))
    }
    let session: HTTPSession
    switch find(request.headers, client.principal) {
    case .success(let found): session = found
    case .failure(let refusal): return refusal.response
    }
    guard let last = request.headers[.lastEventID] else {
      guard !session.standalone.isRead else {
        return Self.failure(
          .conflict, RPCError(.invalidRequest, "This session has such a stream already"))
      }
      sessions.hold(session)
      return resume(
        session.standalone, after: nil, session, Self.style(request.headers), client)
    }
    guard let place = EventID(last), let stream = session.stream(place.stream) else {
      return Self.failure(
        .badRequest,
        RPCError(.invalidRequest, "Last-Event-ID names no stream that can be taken up again"))
    }
    sessions.hold(session)
    return resume(
      stream, after: place.event, session, Self.style(request.headers), client)
  }

  /// A request for a WebSocket that has not become one, though whoever made it was let in.
  private static var notUpgraded: HTTPReply {
    var reply = failure(
      .badRequest,
      RPCError(
        .invalidRequest,
        "This is no handshake of a WebSocket that is served here: it must be of version 13 and offer "
          + "the sub-protocol 'mcp'"))
    reply.headers[.secWebSocketVersion] = "13"
    return reply
  }

  func delete(_ request: HTTPRequestMessage, _ context: GatewayContext) -> HTTPReply {
    guard let principal = context.identity?.principal else {
      return HTTPReply(status: .unauthorized)
    }
    guard !Self.isModern(request) else { return Self.notAllowed(isModern: true) }
    switch find(request.headers, principal) {
    case .success(let session):
      sessions.end(session)
      return HTTPReply(status: .noContent)
    case .failure(let refusal): return refusal.response
    }
  }
}
