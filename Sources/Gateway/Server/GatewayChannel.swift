import HummingbirdCore
import Logging
import MCPWebSocket
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// Sets up each connection of the one port: TLS where it is configured, deadlines, and HTTP, which may
/// become a WebSocket with its first request.
struct GatewayChannel: HTTPChannelHandler {
  /// What a connection has become.
  enum Kind: Sendable {
    case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    case webSocket(WebSocketConnection)
  }

  /// A connection that is being set up.
  struct Value: ServerChildChannelValue {
    let channel: any Channel
    let connection: Connection
    let kind: EventLoopFuture<Kind>
  }

  /// The connection is one too many.
  struct TooMany: Error {}

  let responder: HTTPChannelHandler.Responder
  let caps: ConnectionCaps
  let deadlines: ConnectionDeadlines.Limits
  /// The TLS context for a new connection; `nil` without TLS.
  let tls: CertificateSource?
  let door: WebSocketDoor
  let webSocketLimits: WebSocketLimits

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let address = channel.remoteAddress?.ipAddress ?? "unknown"
      guard caps.take(address) else {
        channel.close(promise: nil)
        throw TooMany()
      }
      channel.closeFuture.whenComplete { [caps] _ in caps.giveBack(address) }
      let connection = Connection(
        address: address, isSecure: tls != nil, eventLoop: channel.eventLoop)
      return Value(
        channel: channel, connection: connection,
        kind: try addHandlers(channel, connection, logger))
    }
  }

  private func addHandlers(
    _ channel: any Channel, _ connection: Connection, _ logger: Logger
  ) throws -> EventLoopFuture<Kind> {
    let pipeline = channel.pipeline.syncOperations
    let deadlines = NIOLoopBound(
      ConnectionDeadlines(deadlines), eventLoop: channel.eventLoop)
    try pipeline.addHandler(ByteWatch(deadlines.value))
    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
    let gate = NIOLoopBound(
      UpgradeGate { [door] head in await door.headers(for: head, on: connection) },
      eventLoop: channel.eventLoop)
    let upgrader = WebSocketUpgrade.upgrader(limits: webSocketLimits) { _, channel in
      channel.eventLoop.makeSucceededFuture(gate.value.granted)
    } makeResult: { socket, _ in
      deadlines.value.upgraded()
      return Kind.webSocket(socket)
    }
    let isSecure = connection.isSecure
    var configuration = NIOUpgradableHTTPServerPipelineConfiguration(
      upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
        upgraders: [upgrader],
        notUpgradingCompletionHandler: { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(RequestHeadReader(deadlines.value, gate.value))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
            try pipeline.addHandler(PartWatch(deadlines.value, connection))
            try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
            return Kind.http(
              try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)))
          }
        }))
    configuration.enablePipelining = false
    configuration.enableErrorHandling = false
    configuration.enableResponseHeaderValidation = false
    configuration.decoderConfiguration = Self.decoderLimits
    let kind = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
    let upgrading = try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<Kind>.self)
    try pipeline.addHandler(gate.value, position: .before(upgrading))
    return kind
  }

  private static var decoderLimits: NIOHTTPDecoderLimitConfiguration {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 16 << 10
    limits.maxHeaderListSize = 64 << 10
    limits.maxHeaderFieldCount = 200
    return limits
  }

  func handle(value: Value, logger: Logger) async {
    // A connection that ends before it has become anything needs nothing more.
    guard let kind = try? await value.kind.get() else { return }
    switch kind {
    case .webSocket(let socket): await door.serve(socket, on: value.connection)
    case .http(let http):
      // On the connection's own loop, so that a request needs no change of thread.
      await withTaskExecutorPreference(value.connection.executor) {
        await Connection.$current.withValue(value.connection) {
          await handleHTTP(asyncChannel: http, logger: logger)
        }
      }
    }
  }
}
