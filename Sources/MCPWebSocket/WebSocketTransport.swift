import JSONRPC
package import MCP

/// JSON-RPC over a WebSocket, one message per text frame.
///
/// What is not a message of at most the limit's length in UTF-8 text ends the connection, with the code
/// that says so; bad JSON in a text frame does not.
package final class WebSocketTransport: Transport {
  /// The socket underneath.
  package let connection: WebSocketConnection
  private let isStillAllowed: @Sendable () -> Bool
  private let closeCode = Locked(WebSocketCloseCode.normal)

  /// A transport over a connection, which nobody else may receive from.
  /// - Parameter isStillAllowed: asked for each message that arrives; when it says no, the connection is
  ///   closed with 1008 and neither the message nor what follows it is handed on.
  package init(
    _ connection: WebSocketConnection, isStillAllowed: @escaping @Sendable () -> Bool = { true }
  ) {
    self.connection = connection
    self.isStillAllowed = isStillAllowed
  }

  package var executor: (any TaskExecutor)? { connection.executor }

  package func receive() async -> [Frame] {
    var frames: [Frame] = []
    for message in await connection.receive() {
      guard case .text(let bytes) = message else {
        return refuse(.unsupportedData, "binary messages are not taken", after: frames)
      }
      guard isStillAllowed() else {
        return refuse(.policyViolation, "token expired", after: frames)
      }
      frames.append(.message(bytes))
    }
    return frames
  }

  /// Closes with 1008, for who was let in is not any more: takes no further message.
  package func end() {
    // In this order: who receives closes it too, once there is nothing more.
    connection.close(.policyViolation, reason: "token expired")
    connection.stopReceiving()
  }

  /// Closes, and hands on what came before the reason for it.
  private func refuse(
    _ code: WebSocketCloseCode, _ reason: String, after frames: [Frame]
  ) -> [Frame] {
    connection.stopReceiving()
    connection.close(code, reason: reason)
    return frames
  }

  package func send(_ message: [UInt8]) { connection.send(text: message) }

  package var isPeerGone: Bool { connection.isPeerGone }

  package func stopReceiving() { connection.stopReceiving() }

  /// Makes `close` say 1001 instead of 1000, unless it has begun: the server shuts down.
  package func announceShutdown() { closeCode.withLock { $0 = .goingAway } }

  package func close() async {
    connection.stopReceiving()
    let code = closeCode.withLock { $0 }
    connection.close(code, reason: code == .goingAway ? "the server shuts down" : "")
    await connection.closed()
  }
}
