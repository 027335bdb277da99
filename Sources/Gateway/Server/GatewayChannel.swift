import HummingbirdCore
import Logging
import MCPWebSocket
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// Sets up each connection of the one port: TLS where it is configured, deadlines, and HTTP.
struct GatewayChannel: HTTPChannelHandler {
  /// A connection that has been set up.
  struct Value: ServerChildChannelValue {
    let channel: any Channel
    let connection: Connection
    let http: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
  }

  /// The connection is one too many.
  struct TooMany: Error {}

  let responder: HTTPChannelHandler.Responder
  let caps: ConnectionCaps
  let deadlines: ConnectionDeadlines.Limits
  /// The TLS context for a new connection; `nil` without TLS.
  let tls: (@Sendable () -> NIOSSLContext)?

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let address = channel.remoteAddress?.ipAddress ?? "unknown"
      guard caps.take(address) else { throw TooMany() }
      channel.closeFuture.whenComplete { [caps] _ in caps.giveBack(address) }
      let connection = Connection(
        address: address, isSecure: tls != nil, eventLoop: channel.eventLoop)
      return Value(
        channel: channel, connection: connection, http: try addHandlers(channel, connection, logger)
      )
    }
  }

  private func addHandlers(
    _ channel: any Channel, _ connection: Connection, _ logger: Logger
  ) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
    let pipeline = channel.pipeline.syncOperations
    let deadlines = ConnectionDeadlines(deadlines)
    try pipeline.addHandler(ByteWatch(deadlines))
    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls())) }
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: false, withErrorHandling: false,
      withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
      withDecoderLimitConfiguration: Self.decoderLimits)
    try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
    try pipeline.addHandler(PartWatch(deadlines, connection))
    try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
    return try NIOAsyncChannel(
      wrappingChannelSynchronously: channel,
      configuration: .init(isOutboundHalfClosureEnabled: true))
  }

  private static var decoderLimits: NIOHTTPDecoderLimitConfiguration {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 16 << 10
    limits.maxHeaderListSize = 64 << 10
    limits.maxHeaderFieldCount = 200
    return limits
  }

  func handle(value: Value, logger: Logger) async {
    // On the connection's own loop, so that a request needs no change of thread.
    await withTaskExecutorPreference(value.connection.executor) {
      await Connection.$current.withValue(value.connection) {
        await handleHTTP(asyncChannel: value.http, logger: logger)
      }
    }
  }
}
