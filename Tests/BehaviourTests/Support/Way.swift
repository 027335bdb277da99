import ConformanceFixture
import JSONRPC
import MCP
import MCPHTTP
import MCPWebSocket
import Testing

/// How a client reaches the server.
enum Way: String, CaseIterable, Sendable, CustomTestStringConvertible {
  /// Each message is handed to the session as an exchange.
  case direct
  /// Both ends in memory.
  case memory
  /// The built program as a child process.
  case stdio
  case webSocket
  case http

  var testDescription: String { rawValue }

  /// Hands over the client's end of a connection to a server of its own, which the body must have closed
  /// when it returns; ends the server afterwards.
  func connect(
    _ body: @escaping @Sendable (any Transport) async throws -> Void
  ) async throws {
    switch self {
    case .direct:
      let faults = Faults()
      let (client, server) = DirectTransport.pair(faults: faults)
      try await Self.serving(server) { try await body(client) }
      #expect(faults.all == [])
    case .memory:
      let (client, server) = InMemoryTransport.pair()
      try await Self.serving(server) { try await body(client) }
    case .stdio: try await Self.withChild(body)
    case .webSocket:
      try await GatewayHost.serving { port in
        try await body(try await WebSocketClient.connect(url: "ws://127.0.0.1:\(port)/mcp"))
      }
    case .http:
      try await GatewayHost.serving { port in
        try await body(try HTTPTransport.open("http://127.0.0.1:\(port)/mcp"))
      }
    }
  }

  /// Runs a fixture, with its tasks, on the server's end of a connection.
  private static func serving(
    _ end: any Transport, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let fixture = try FixtureServer()
    let session = ServerSession(server: fixture.server, transport: end, principal: .local)
    try await withThrowingTaskGroup(of: Void.self) { group in
      if let engine = fixture.server.tasks { group.addTask { await engine.run() } }
      group.addTask { await session.run() }
      let outcome = await Result.of(body)
      session.shutDown()
      await end.close()
      group.cancelAll()
      try await group.waitForAll()
      try outcome.get()
    }
  }

  private static func withChild(
    _ body: @escaping @Sendable (any Transport) async throws -> Void
  ) async throws {
    let child = try ChildProcess(command: [BuiltProgram.conformanceServer, "--stdio"])
    let outcome = await Result.of { try await body(child.transport) }
    let status = await child.stop()
    try outcome.get()
    #expect(status == 0, "the server ends in order when its input ends")
  }
}

extension Result where Success == Void, Failure == any Error {
  /// What came of it, so that something else can be done before the error is thrown.
  static func of(_ body: () async throws -> Void) async -> Self {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}
