import ConformanceFixture
import JSONRPC
import MCPWebSocket
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A listener on a free port that upgrades what asks for it and agrees on the sub-protocol `mcp`.
struct TestListener: Sendable {
  let port: Int
  /// The connections that were opened, in order.
  let connections: Recorder<WebSocketConnection>

  /// The first connection, once it is there.
  func connection() async -> WebSocketConnection? {
    _ = await connections.reaches { !$0.isEmpty }
    return connections.values.first
  }
}

/// What a listener does with a connection.
typealias Serve = @Sendable (WebSocketConnection) async -> Void

/// Runs a listener for as long as a test uses it; all that was opened ends with it.
/// - Parameters:
///   - serve: what is done with each connection.
///   - refusal: what is answered instead of the upgrade; 401 with a challenge when given.
func listening(
  limits: WebSocketLimits = WebSocketLimits(), refusal: String? = nil, tls: NIOSSLContext? = nil,
  extraHeaders: HTTPHeaders = [:],
  serve: @escaping Serve,
  _ body: (TestListener) async throws -> Void
) async throws {
  let (stream, opened) = AsyncStream.makeStream(of: WebSocketConnection.self)
  let connections = Recorder<WebSocketConnection>()
  let upgrader = WebSocketUpgrade.upgrader(
    limits: limits,
    shouldUpgrade: { head, channel in
      let offered = head.headers[WebSocketUpgrade.subprotocolHeader]
      guard refusal == nil, let agreement = Subprotocols().agree(on: offered) else {
        return channel.eventLoop.makeSucceededFuture(nil)
      }
      var headers = WebSocketUpgrade.headers(for: agreement)
      headers.add(contentsOf: extraHeaders)
      return channel.eventLoop.makeSucceededFuture(headers)
    },
    makeResult: { connection, _ in
      connections.append(connection)
      opened.yield(connection)
    })
  let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        if let tls {
          try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
        }
        let upgrade = NIOTypedHTTPServerUpgradeConfiguration(
          upgraders: [upgrader],
          notUpgradingCompletionHandler: { channel in
            channel.eventLoop.makeCompletedFuture {
              try channel.pipeline.syncOperations.addHandler(Refusing(refusal ?? ""))
            }
          })
        _ = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
          configuration: .init(upgradeConfiguration: upgrade))
      }
    }
    .bind(host: "127.0.0.1", port: 0).get()
  let port = listener.localAddress?.port ?? 0
  let failure = await withTaskGroup(of: Void.self) { group in
    group.addTask {
      await withDiscardingTaskGroup { group in
        for await connection in stream { group.addTask { await serve(connection) } }
      }
    }
    var failure: (any Error)?
    do {
      try await body(TestListener(port: port, connections: connections))
    } catch {
      failure = error
    }
    opened.finish()
    for connection in connections.values { connection.close() }
    await group.waitForAll()
    for connection in connections.values { await connection.closed() }
    return failure
  }
  try await listener.close().get()
  if let failure { throw failure }
}

/// Receives nothing.
@Sendable func ignore(_ connection: WebSocketConnection) async {}

/// Sends every message back.
@Sendable func echo(_ connection: WebSocketConnection) async {
  await withTaskExecutorPreference(connection.executor) {
    while true {
      let messages = await connection.receive()
      if messages.isEmpty { return }
      for message in messages { connection.send(message) }
    }
  }
}

/// Answers with 401.
private final class Refusing: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart
  private let body: String

  init(_ body: String) { self.body = body }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .end = Self.unwrapInboundIn(data) else { return }
    let headers: HTTPHeaders = [
      "WWW-Authenticate": "Bearer", "Content-Length": "\(body.utf8.count)",
    ]
    let head = HTTPResponseHead(version: .http1_1, status: .unauthorized, headers: headers)
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
  }
}
