import JSONRPC
package import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Connects to MCP servers over WebSocket.
package enum WebSocketClient {
  /// Connects and agrees on the sub-protocol `mcp`.
  /// - Parameters:
  ///   - url: `ws://` or `wss://`.
  ///   - headers: what the request carries besides, for example `Authorization`.
  ///   - tls: whom to trust; `nil` for what the system trusts.
  ///   - subprotocols: what is offered, of which the server has to choose one; none at all when empty.
  /// - Throws: `WebSocketClientError`, or `CancellationError`.
  package static func connect(
    url: String, headers: [(name: String, value: String)] = [], tls: WebSocketClientTLS? = nil,
    limits: WebSocketLimits = WebSocketLimits(), subprotocols: [String] = [Subprotocols.mcp],
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) async throws -> WebSocketTransport {
    let url = try WebSocketURL(url)
    let handshake = ClientHandshake(
      url: url, head: try ClientHandshake.head(url, headers, subprotocols),
      subprotocols: subprotocols, limits: limits)
    let tls = url.isSecure ? try tls ?? WebSocketClientTLS() : nil
    let attempt: ClientHandshake.Attempt
    do {
      attempt = try await ClientBootstrap(group: group)
        .connectTimeout(TimeAmount(limits.handshake))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .connect(host: url.host, port: url.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            try tls?.add(to: channel, host: url.host)
            return try handshake.begin(on: channel)
          }
        }
    } catch {
      try Task.checkCancellation()
      throw ClientHandshake.reason(for: error)
    }
    return WebSocketTransport(try await finish(attempt, within: limits.handshake))
  }

  /// Waits for the end of the handshake; the channel is closed unless that is a connection.
  private static func finish(
    _ attempt: ClientHandshake.Attempt, within limit: Duration
  ) async throws -> WebSocketConnection {
    let channel = attempt.channel
    let isLate = Locked(false)
    let timer = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
      isLate.withLock { $0 = true }
      channel.close(promise: nil)
    }
    defer { timer.cancel() }
    return try await withTaskCancellationHandler {
      do {
        switch try await attempt.outcome.get() {
        case .opened(let connection): return connection
        case .refused(let refusal): throw try await refusal.get()
        }
      } catch {
        channel.close(promise: nil)
        try Task.checkCancellation()
        throw isLate.withLock { $0 }
          ? WebSocketClientError.timedOut : ClientHandshake.reason(for: error)
      }
    } onCancel: {
      channel.close(promise: nil)
    }
  }
}
