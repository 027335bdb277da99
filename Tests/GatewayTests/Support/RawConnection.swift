import JSONRPC
import MCP
import NIOCore
import NIOPosix

@testable import MCPWebSocket

/// A connection whose bytes a test writes itself.
final class RawConnection: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isClosed = false
    var isThere: (@Sendable (String) -> Bool)?
    var waiter: OneShot<Void>?
  }

  let channel: any Channel
  private let state: Locked<State>

  private init(_ channel: any Channel, _ state: Locked<State>) {
    self.channel = channel
    self.state = state
  }

  /// Connects to a port of this machine.
  /// - Parameters:
  ///   - tls: whom to trust; `nil` for a connection without TLS.
  ///   - reads: whether anything is read; else the peer finds that nothing is taken.
  static func open(
    port: Int, tls: WebSocketClientTLS? = nil, reads: Bool = true
  ) async throws -> RawConnection {
    let state = Locked(State())
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try tls?.add(to: channel, host: "localhost")
          try channel.pipeline.syncOperations.addHandler(Reader(state: state))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    return RawConnection(channel, state)
  }

  func write(_ text: String) { write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) {
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
  }

  func close() { channel.close(promise: nil) }

  /// Whether the peer has closed its end.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// What has come.
  var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }

  /// Waits until what has come is as wanted, or the peer closes.
  @discardableResult
  func wait(_ isThere: @escaping @Sendable (String) -> Bool) async -> String {
    let waiter = OneShot<Void>()
    let isReady = state.withLock { (state: inout State) -> Bool in
      if state.isClosed || isThere(String(decoding: state.bytes, as: UTF8.self)) { return true }
      state.isThere = isThere
      state.waiter = waiter
      return false
    }
    if !isReady {
      await withTaskCancellationHandler {
        await waiter.value()
      } onCancel: {
        waiter.fulfil(())
      }
    }
    return text
  }

  /// Waits until a text has come, or the peer closes.
  @discardableResult
  func wait(for part: String) async -> String { await wait { $0.contains(part) } }

  /// Waits until the peer closes its end.
  /// - Returns: all that has come.
  @discardableResult
  func closed() async -> String { await wait { _ in false } }

  private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let state: Locked<State>

    init(state: Locked<State>) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = Array(buffer: unwrapInboundIn(data))
      change { $0.bytes += bytes }
    }

    func channelInactive(context: ChannelHandlerContext) { change { $0.isClosed = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    private func change(_ change: (inout State) -> Void) {
      let waiter = state.withLock { (state: inout State) -> OneShot<Void>? in
        change(&state)
        let text = String(decoding: state.bytes, as: UTF8.self)
        guard state.isClosed || state.isThere?(text) == true else { return nil }
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.fulfil(())
    }
  }
}

extension GatewayHarness {
  /// A connection to the gateway.
  func connect(tls: WebSocketClientTLS? = nil, reads: Bool = true) async throws -> RawConnection {
    try await RawConnection.open(port: port, tls: tls, reads: reads)
  }

  /// The text of a request whose headers a test says all of.
  static func head(
    _ line: String, _ headers: [String], as credential: String? = GatewayHarness.credential(),
    host: String? = "127.0.0.1"
  ) -> String {
    var lines = ["\(line) HTTP/1.1"]
    if let host { lines.append("Host: \(host)") }
    if let credential { lines.append("Authorization: \(credential)") }
    return (lines + headers).joined(separator: "\r\n") + "\r\n\r\n"
  }

  /// The headers by which a request becomes a WebSocket.
  static let upgrade = [
    "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: mcp",
  ]

  /// The status of the first answer in a text; `nil` when there is none.
  static func status(_ answer: String) -> Int? {
    guard answer.hasPrefix("HTTP/1.1 ") else { return nil }
    return Int(answer.dropFirst(9).prefix(3))
  }

  /// Sends a request as it is written and returns the whole answer; the connection is closed behind it.
  func answer(to text: String) async throws -> String {
    let connection = try await connect()
    connection.write(text)
    let answer = await connection.wait { $0.contains("\r\n\r\n") }
    connection.close()
    return answer
  }
}
