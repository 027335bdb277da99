import ConformanceFixture
import JSONRPC
import MCP
import MCPWebSocket
import NIOCore
import NIOWebSocket
import Testing

/// MCP over WebSocket.
@Suite(.timeLimit(.minutes(2))) struct TransportTests {
  static let principal = Principal(name: "local", scopes: ["*"])

  /// Serves a fixture on every connection.
  private func serving(
    _ fixture: FixtureServer, limits: WebSocketLimits = WebSocketLimits(),
    isStillAllowed: @escaping @Sendable () -> Bool = { true },
    sessions: Recorder<(ServerSession, WebSocketTransport)> = Recorder(),
    _ body: (TestListener) async throws -> Void
  ) async throws {
    try await listening(
      serve: { connection in
        let transport = WebSocketTransport(connection, isStillAllowed: isStillAllowed)
        let session = ServerSession(
          server: fixture.server, transport: transport, principal: Self.principal)
        sessions.append((session, transport))
        await session.run()
      }, body)
  }

  private func withClient(
    _ listener: TestListener, _ mode: ClientSession.Mode,
    _ body: (ClientSession) async throws -> Void
  ) async throws {
    let transport = try await WebSocketClient.connect(url: "ws://127.0.0.1:\(listener.port)/mcp")
    let client = ClientSession(
      transport: transport, info: Implementation(name: "test", version: "1"))
    let failure = await withTaskGroup(of: Void.self) { group in
      group.addTask { await client.run() }
      var failure: (any Error)?
      do {
        try await client.connect(mode)
        try await body(client)
      } catch {
        failure = error
      }
      client.close()
      await group.waitForAll()
      return failure
    }
    if let failure { throw failure }
  }

  @Test(arguments: [
    ClientSession.Mode.automatic, .modern, .legacy(.v2025November), .legacy(.v2024November),
  ])
  func `a session in each era`(_ mode: ClientSession.Mode) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture) { listener in
      try await withClient(listener, mode) { client in
        let tools = try await client.request("tools/list")
        #expect(tools["tools"]?.arrayValue?.isEmpty == false)
        let result = try await client.request(
          "tools/call", ["name": "test_simple_text", "arguments": [:]])
        #expect(result["content"]?[0]?["type"] == "text")
      }
      let connection = try #require(await listener.connection())
      await connection.closed()
      #expect(connection.closing?.code == .normal)
      #expect(connection.closing?.isByPeer == true)
    }
  }

  @Test func `many requests at once, answered on the connection's event loop`() async throws {
    let places = Recorder<Bool>()
    let loop = Recorder<EventLoopExecutor>()
    let tool = try RegisteredTool(
      ToolDefinition(name: "where", summary: "For tests", inputSchema: ["type": "object"])
    ) { _, _ in
      places.append(loop.values.first?.eventLoop.inEventLoop == true)
      return ToolResult(content: [.text("here")])
    }
    try await serving(try FixtureServer(only: tool)) { listener in
      try await withClient(listener, .modern) { client in
        let connection = try #require(await listener.connection())
        loop.append(connection.executor)
        try await withThrowingTaskGroup(of: JSONObject.self) { group in
          for _ in 0..<300 {
            group.addTask { try await client.request("tools/call", ["name": "where"]) }
          }
          for try await result in group { #expect(result["content"]?[0]?["text"] == "here") }
        }
      }
    }
    #expect(places.values.count == 300)
    #expect(places.values.allSatisfy { $0 })
  }

  private static let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#

  @Test func `bad JSON is answered and the connection stays`() async throws {
    try await serving(try FixtureServer()) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(.text("{"), .text(Self.ping))
      #expect(await client.frames.reaches { $0.count == 2 })
      #expect(client.texts.contains { $0.contains("-32700") && $0.contains(#""id":null"#) })
      #expect(client.texts.contains { $0.contains(#""result":{}"#) })
    }
  }

  @Test func `an expired token ends the connection before the next message`() async throws {
    let isAllowed = Locked(true)
    let isStillAllowed: @Sendable () -> Bool = { isAllowed.withLock { $0 } }
    try await serving(try FixtureServer(), isStillAllowed: isStillAllowed) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(.text(Self.ping))
      #expect(await client.frames.reaches { $0.count == 1 })
      isAllowed.withLock { $0 = false }
      client.send(.text(Self.ping), .text(Self.ping))
      let close = await client.closeFrame()
      #expect(close?.closeCode == .policyViolation)
      #expect(close?.closeReason == "token expired")
      #expect(client.texts.count == 1)
      client.send(.close(.policyViolation))
      #expect(await client.ended.arrives())
    }
  }

  @Test func `binary ends a session with 1003`() async throws {
    try await serving(try FixtureServer()) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(RawFrame(.binary, Array(Self.ping.utf8)))
      #expect(await client.closeFrame()?.closeCode == .unsupportedData)
      #expect(client.texts == [])
      client.send(.close(.unsupportedData))
      #expect(await client.ended.arrives())
    }
  }

  @Test(arguments: [(true, WebSocketCloseCode.goingAway), (false, .normal)])
  func `a session that is shut down answers what is in flight, then says why`(
    _ isServerEnding: Bool, _ code: WebSocketCloseCode
  ) async throws {
    let (started, release) = (Signal(), Signal())
    let tool = try RegisteredTool(
      ToolDefinition(name: "slow", summary: "For tests", inputSchema: ["type": "object"])
    ) { _, _ in
      started.set()
      await release.wait()
      return ToolResult(content: [.text("done")])
    }
    var limits = FixtureServer.limits
    limits.drain = testPatience
    let sessions = Recorder<(ServerSession, WebSocketTransport)>()
    try await serving(try FixtureServer(only: tool, limits: limits), sessions: sessions) {
      listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(.text(Self.call))
      #expect(await started.arrives())
      let (session, transport) = try #require(sessions.values.first)
      if isServerEnding { transport.announceShutdown() }
      session.shutDown()
      // Dropped, though read: the peer is served no more, and still kept alive.
      client.send(.text(Self.ping), RawFrame(.ping, [1]))
      #expect(await client.frames.reaches { $0.contains { $0.opcode == 10 } })
      release.set()
      #expect(await client.closeFrame()?.closeCode == code)
      #expect(client.texts.count == 1)
      #expect(client.texts.first?.contains("done") == true)
      client.send(.close(code))
      #expect(await client.ended.arrives())
    }
  }

  private static let call = """
    {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"slow","arguments":{},"_meta":\
    {"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
    "io.modelcontextprotocol/clientCapabilities":{}}}}
    """

  @Test func `a client that does not read holds up its own work, not more`() async throws {
    let ran = Recorder<Void>()
    let block = String(repeating: "x", count: 256 << 10)
    let tool = try RegisteredTool(
      ToolDefinition(name: "slow", summary: "For tests", inputSchema: ["type": "object"])
    ) { _, _ in
      ran.append(())
      return ToolResult(content: [.text(block)])
    }
    var limits = WebSocketLimits()
    limits.outboundPause = 1 << 20
    // All answers together are more than the connection may hold.
    limits.outbound = 8 << 20
    try await serving(try FixtureServer(only: tool), limits: limits) { listener in
      let client = try await RawClient.open(port: listener.port)
      try await client.setReading(false)
      for number in 0..<200 {
        client.send(.text(Self.call.replacing(#""id":7"#, with: #""id":\#(number)"#)))
      }
      #expect(await ran.reaches { $0.count > 4 })
      try await client.setReading(true)
      #expect(await client.frames.reaches { $0.count == 200 })
      #expect(client.texts.count == 200)
      #expect(await listener.connection()?.closing == nil)
    }
  }

  @Test func `a lost connection cancels what is in flight`() async throws {
    let (started, cancelled) = (Signal(), Signal())
    let tool = try RegisteredTool(
      ToolDefinition(name: "slow", summary: "For tests", inputSchema: ["type": "object"])
    ) { _, _ in
      started.set()
      await Signal().wait()
      cancelled.set()
      return ToolResult(content: [])
    }
    var limits = FixtureServer.limits
    limits.drain = .seconds(3600)
    try await serving(try FixtureServer(only: tool, limits: limits)) { listener in
      let client = try await RawClient.open(port: listener.port)
      client.send(.text(Self.call))
      #expect(await started.arrives())
      client.close()
      #expect(await cancelled.arrives())
    }
  }
}
