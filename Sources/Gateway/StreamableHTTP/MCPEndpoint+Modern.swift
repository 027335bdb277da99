import HTTPTypes
import Hummingbird
import JSONRPC
import MCP

extension MCPEndpoint {
  func serveModern(
    _ incoming: Incoming, _ fields: HTTPFields, _ client: Client
  ) async throws -> HTTPReply {
    let connection = client.connection
    if let refusal = Self.notificationRefusal(incoming, fields) { return refusal }
    let exchange = HTTPExchange(
      incoming, headers: RequestHeaders(fields.values),
      makeStream: { EventStream(number: 0, keepsHistory: false) })
    let transport = StatelessTransport(exchange, on: connection.executor)
    let session = ServerSession(
      server: server, transport: transport, principal: client.principal,
      policy: gatekeeper.policy(over: "http", from: connection.address))
    // The client's closing the connection is its way of cancelling.
    let key = connection.whenGone { transport.disconnect() }
    Task(executorPreference: connection.executor) {
      await open.run(session)
      connection.forget(key)
    }
    switch await begin(exchange, on: connection) {
    case .answer(let message, let error):
      return Self.json(message, error, status: Self.status(error))
    case .none:
      guard let id = incoming.id else { return HTTPReply(status: .accepted) }
      // Whoever has closed its end may still read.
      return Self.json(HTTPExchange.cancelledAnswer(id), status: .ok)
    case .stream(let stream):
      return events(from: stream.attach(after: nil), style: EventStyle(), to: client) {
        transport.disconnect()
      }
    }
  }

  /// A notification is accepted and dropped, unless it is of a revision that is not served.
  private static func notificationRefusal(
    _ incoming: Incoming, _ fields: HTTPFields
  ) -> HTTPReply? {
    guard case .single(let message) = incoming, message["id"] == nil, message["method"] != nil
    else { return nil }
    let version = fields[values: .mcpProtocolVersion].joined(separator: ", ")
    guard ProtocolVersion(rawValue: version)?.era == .modern else {
      return failure(.badRequest, .unsupportedVersion(version))
    }
    return nil
  }

  /// The status that goes with an error of the modern era.
  private static func status(_ error: RPCError?) -> HTTPResponse.Status {
    switch error?.code {
    case nil: .ok
    case .methodNotFound?: .notFound
    case .parseError?, .invalidRequest?, .invalidParams?, .headerMismatch?,
      .missingClientCapability?, .unsupportedProtocolVersion?:
      .badRequest
    case .rateLimited?: .tooManyRequests
    case .overloaded?: .serviceUnavailable
    default: .ok
    }
  }
}
