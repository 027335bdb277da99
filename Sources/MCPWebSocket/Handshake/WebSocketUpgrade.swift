package import NIOCore
package import NIOHTTP1
package import NIOWebSocket

/// The server's side of the handshake. The owner of the listener gives it to NIO's upgradable HTTP
/// pipeline, and decides what is upgraded.
package enum WebSocketUpgrade {
  /// Decides about a request that asks for a WebSocket: the headers of the 101 answer beside those of
  /// the handshake itself, or `nil` (or a failure) to have it handled as plain HTTP.
  package typealias ShouldUpgrade =
    @Sendable (HTTPRequestHead, any Channel) -> EventLoopFuture<HTTPHeaders?>

  /// NIO's upgrader for our connections.
  /// - Parameters:
  ///   - shouldUpgrade: called on the channel's event loop. NIO has checked version and key.
  ///   - makeResult: called on the event loop once the connection is there, before any bytes that came
  ///     with the request reach it. What it returns is the result of the upgrade.
  package static func upgrader<UpgradeResult: Sendable>(
    limits: WebSocketLimits = WebSocketLimits(), shouldUpgrade: @escaping ShouldUpgrade,
    makeResult: @escaping @Sendable (WebSocketConnection, HTTPRequestHead) -> UpgradeResult
  ) -> NIOTypedWebSocketServerUpgrader<UpgradeResult> {
    NIOTypedWebSocketServerUpgrader(
      maxFrameSize: limits.frame, enableAutomaticErrorHandling: false,
      shouldUpgrade: { channel, head in shouldUpgrade(head, channel) },
      upgradePipelineHandler: { channel, head in
        channel.eventLoop.makeCompletedFuture {
          let connection = try WebSocketConnection(on: channel, role: .server, limits: limits)
          return makeResult(connection, head)
        }
      })
  }

  /// The headers of an answer that agrees on a sub-protocol.
  package static func headers(for agreement: Subprotocols.Agreement) -> HTTPHeaders {
    var headers = HTTPHeaders()
    if let name = agreement.echoed { headers.add(name: Self.subprotocolHeader, value: name) }
    return headers
  }

  /// The header that offers and names sub-protocols.
  package static let subprotocolHeader = "Sec-WebSocket-Protocol"
}

extension WebSocketLimits {
  /// The longest frame the decoder takes. A control frame needs 125 bytes however short messages are.
  var frame: Int { min(max(message, 125), Int(UInt32.max)) }
}
