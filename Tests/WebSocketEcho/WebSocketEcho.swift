import MCPWebSocket
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends back every message, for the Autobahn cases.
///
/// Without arguments it listens on a free port of 127.0.0.1, prints it, and runs until it is killed.
/// With the URL of a fuzzing server it is its client: asks how many cases there are, runs them, ends.
@main
struct WebSocketEcho {
  static func main() async throws {
    if let url = CommandLine.arguments.dropFirst().first {
      try await runCases(of: url)
    } else {
      try await listen()
    }
  }

  /// Room for the largest cases: 16 MiB in one message, there and back.
  private static var limits: WebSocketLimits {
    var limits = WebSocketLimits()
    limits.message = 64 << 20
    limits.inboxPause = 64 << 20
    limits.outboundPause = 128 << 20
    limits.outbound = 256 << 20
    limits.takesBinary = true
    return limits
  }

  private static func listen() async throws {
    let (connections, opened) = AsyncStream.makeStream(of: WebSocketConnection.self)
    let upgrader = WebSocketUpgrade.upgrader(
      limits: limits,
      shouldUpgrade: { _, channel in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
      makeResult: { connection, _ in _ = opened.yield(connection) })
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let upgrade = NIOTypedHTTPServerUpgradeConfiguration(
            upgraders: [upgrader], notUpgradingCompletionHandler: { $0.close() })
          _ = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
            configuration: .init(upgradeConfiguration: upgrade))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    print(listener.localAddress?.port ?? 0)
    // Whoever reads the port waits for it.
    StandardOutput.flush()
    await withDiscardingTaskGroup { group in
      for await connection in connections {
        group.addTask(executorPreference: connection.executor) { await echo(connection) }
      }
    }
  }

  private static func runCases(of url: String) async throws {
    let counting = try await connect("\(url)/getCaseCount")
    let answer = await counting.receive().first?.bytes ?? []
    await end(counting)
    guard let count = Int(String(decoding: answer, as: UTF8.self)), count > 0 else {
      throw NoCases()
    }
    for number in 1...count {
      let connection = try await connect("\(url)/runCase?case=\(number)&agent=leadrelay")
      await withTaskExecutorPreference(connection.executor) { await echo(connection) }
      await end(connection)
    }
    await end(try await connect("\(url)/updateReports?agent=leadrelay"))
  }

  private struct NoCases: Error {}

  private static func connect(_ url: String) async throws -> WebSocketConnection {
    try await WebSocketClient.connect(url: url, limits: limits, subprotocols: []).connection
  }

  private static func end(_ connection: WebSocketConnection) async {
    connection.close()
    await connection.closed()
  }

  private static func echo(_ connection: WebSocketConnection) async {
    while true {
      let messages = await connection.receive()
      if messages.isEmpty { return }
      for message in messages { connection.send(message) }
    }
  }
}
