import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// The client's side of one handshake.
struct ClientHandshake: Sendable {
  enum Outcome: Sendable {
    case opened(WebSocketConnection)
    /// What the server answered instead, once it is there.
    case refused(EventLoopFuture<WebSocketClientError>)
  }

  struct Attempt: Sendable {
    let channel: any Channel
    let outcome: EventLoopFuture<Outcome>
  }

  let url: WebSocketURL
  let head: HTTPRequestHead
  let subprotocols: [String]
  let limits: WebSocketLimits

  /// The request, but for the headers that NIO adds: key, version and upgrade.
  static func head(
    _ url: WebSocketURL, _ headers: [(name: String, value: String)], _ subprotocols: [String]
  ) throws(WebSocketClientError) -> HTTPRequestHead {
    var all: HTTPHeaders = ["Host": url.authority]
    for (name, value) in headers {
      guard isSendable(name, value) else { throw .invalidHeader(name) }
      if name.lowercased() == "host" { all.remove(name: name) }
      all.add(name: name, value: value)
    }
    if !subprotocols.isEmpty {
      all.add(
        name: WebSocketUpgrade.subprotocolHeader, value: subprotocols.joined(separator: ", "))
    }
    return HTTPRequestHead(version: .http1_1, method: .GET, uri: url.target, headers: all)
  }

  /// No header ends early or takes part in the handshake.
  private static func isSendable(_ name: String, _ value: String) -> Bool {
    let marks = "!#$%&'*+-.^_`|~".utf8
    let isToken = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: marks.contains(byte)
      }
    }
    let lowered = name.lowercased()
    let isOurs =
      lowered.hasPrefix("sec-websocket-") || ["connection", "upgrade"].contains(lowered)
    return isToken && !name.isEmpty && !isOurs
      && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }

  /// Sends the request. To be called on the channel's event loop.
  func begin(on channel: any Channel) throws -> Attempt {
    let upgrader = NIOTypedWebSocketClientUpgrader<Outcome>(
      maxFrameSize: limits.frame, enableAutomaticErrorHandling: false,
      upgradePipelineHandler: { channel, response in
        channel.eventLoop.makeCompletedFuture {
          try check(response)
          let connection = try WebSocketConnection(on: channel, role: .client, limits: limits)
          return .opened(connection)
        }
      })
    let upgrade = NIOTypedHTTPClientUpgradeConfiguration(
      upgradeRequestHead: head, upgraders: [upgrader],
      notUpgradingCompletionHandler: { channel in
        channel.eventLoop.makeCompletedFuture {
          let refusal = channel.eventLoop.makePromise(of: WebSocketClientError.self)
          try channel.pipeline.syncOperations.addHandler(RefusalReader(refusal))
          return .refused(refusal.futureResult)
        }
      })
    var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
    // The server's first frames may come with its answer.
    configuration.leftOverBytesStrategy = .forwardBytes
    let outcome = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
      configuration: configuration)
    return Attempt(channel: channel, outcome: outcome)
  }

  /// NIO has checked `Upgrade` and `Sec-WebSocket-Accept`.
  private func check(_ response: HTTPResponseHead) throws(WebSocketClientError) {
    let tokens = response.headers[canonicalForm: "Connection"]
    guard tokens.contains(where: { $0.lowercased() == "upgrade" }) else {
      throw .badHandshake("'Connection: upgrade' is missing")
    }
    guard response.headers["Sec-WebSocket-Extensions"].isEmpty else {
      throw .badHandshake("it uses an extension that was not offered")
    }
    let chosen = response.headers[WebSocketUpgrade.subprotocolHeader]
    guard
      subprotocols.isEmpty ? chosen.isEmpty : chosen.count == 1 && subprotocols.contains(chosen[0])
    else {
      throw .badHandshake("it did not agree on one of the sub-protocols that were offered")
    }
  }

  /// What to tell the caller.
  static func reason(for error: any Error) -> WebSocketClientError {
    switch error {
    case let error as WebSocketClientError: error
    case ChannelError.connectTimeout: .timedOut
    case let error as NIOConnectionError:
      .unreachable(error.connectionErrors.first.map { "\($0.error)" } ?? "\(error)")
    case let error as NIOHTTPClientUpgradeError: badUpgrade(error)
    case is HTTPParserError: .badHandshake("it is not HTTP")
    case ChannelError.inappropriateOperationForState, ChannelError.ioOnClosedChannel,
      ChannelError.eof:
      .unreachable("the server closed the connection without an answer")
    default: .unreachable("\(error)")
    }
  }

  private static func badUpgrade(_ error: NIOHTTPClientUpgradeError) -> WebSocketClientError {
    switch error {
    case .upgraderDeniedUpgrade: .badHandshake("'Sec-WebSocket-Accept' does not fit")
    case .responseProtocolNotFound: .badHandshake("'Upgrade: websocket' is missing")
    default: .badHandshake("\(error)")
    }
  }
}

/// Reads the answer of a server that does not upgrade.
private final class RefusalReader: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  /// How much of the body is kept: enough for a message.
  private static let bodyLimit = 1024

  private var promise: EventLoopPromise<WebSocketClientError>?
  private var head: HTTPResponseHead?
  private var body: [UInt8] = []

  init(_ promise: EventLoopPromise<WebSocketClientError>) { self.promise = promise }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch Self.unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body(let part):
      body += part.readableBytesView.prefix(Self.bodyLimit - body.count)
      if body.count >= Self.bodyLimit { finish() }
    case .end: finish()
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { finish() }

  private func finish() {
    let text = String(decoding: body, as: UTF8.self)
    promise?.succeed(
      .refused(
        status: Int(head?.status.code ?? 0), body: text,
        challenge: head?.headers.first(name: "WWW-Authenticate")))
    promise = nil
  }
}
