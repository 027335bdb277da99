import ConformanceFixture
import HTTPTypes
import JSONRPC
import MCP
import MCPHTTP
import Testing

/// What each request says of its session, its revision and itself, and how streams are taken up again.
@Suite(.timeLimit(.minutes(1))) struct SessionHeadersTests {
  typealias Reply = ScriptedServer.Reply
  typealias Seen = ScriptedServer.Seen

  private static let opened = Reply(
    session: "s-1",
    pieces: [#"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18"}}"#])
  private static let initialize =
    #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#
  private static let initialized = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
  private static let ping = #"{"jsonrpc":"2.0","id":2,"method":"ping"}"#
  private static let pong = #"{"jsonrpc":"2.0","id":2,"result":{}}"#

  /// Opens a session.
  private static func open(_ transport: HTTPTransport) async {
    transport.send(initialize)
    _ = await transport.messages(1)
    transport.send(initialized)
  }

  /// Answers the handshake, and what comes behind it as the test says.
  private static func server(
    _ answer: @escaping @Sendable (Seen, Int) -> Reply
  ) -> ScriptedServer {
    ScriptedServer { seen, index in
      switch seen.call {
      case "initialize": opened
      case "notifications/initialized": .accepted
      default: answer(seen, index)
      }
    }
  }

  @Test func legacy() async throws {
    let server = Self.server { seen, _ in
      seen.method == "POST" ? .json(Self.pong) : Reply(status: .methodNotAllowed)
    }
    try await server.serving(headers: [("Authorization", "Bearer t")]) { transport in
      await Self.open(transport)
      transport.send(Self.ping)
      _ = await transport.messages(1)
      #expect(await server.seen.reaches { $0.contains { $0.method == "GET" } })
    }
    let seen = server.seen.values
    #expect(seen.allSatisfy { $0["Authorization"] == "Bearer t" })
    let first = try #require(seen.first)
    #expect(first["Mcp-Session-Id"] == nil)
    #expect(first["MCP-Protocol-Version"] == nil)
    for later in seen.dropFirst() {
      #expect(later["Mcp-Session-Id"] == "s-1")
      #expect(later["MCP-Protocol-Version"] == "2025-06-18")
      #expect(later["Mcp-Method"] == nil)
    }
    for post in seen where post.method == "POST" {
      #expect(post["Accept"] == "application/json, text/event-stream")
      #expect(post["Content-Type"] == "application/json")
    }
    #expect(seen.filter { $0.method == "GET" }.map { $0["Accept"] } == ["text/event-stream"])
    #expect(seen.last?.method == "DELETE")
  }

  @Test func modern() async throws {
    let server = ScriptedServer { seen, _ in
      let id = JSONWriter.text(of: seen.body["id"] ?? .null)
      guard seen.call == "tools/list" else {
        return .json(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
      }
      return .json(
        #"{"jsonrpc":"2.0","id":\#(id),"result":{"tools":[{"name":"t","inputSchema":{"#
          + #""properties":{"region":{"x-mcp-header":"Region"}}}}]}}"#)
    }
    try await server.serving { transport in
      let meta = #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#
      transport.send(#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{\#(meta)}}"#)
      _ = await transport.messages(1)
      transport.send(
        #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"t","#
          + #""arguments":{"region":"é"},\#(meta)}}"#)
      _ = await transport.messages(1)
    }
    let seen = server.seen.values
    #expect(seen.map { $0["MCP-Protocol-Version"] } == ["2026-07-28", "2026-07-28"])
    #expect(seen.map { $0["Mcp-Method"] } == ["tools/list", "tools/call"])
    #expect(seen.map { $0["Mcp-Name"] } == [nil, "t"])
    #expect(seen.map { $0["Mcp-Param-Region"] } == [nil, "=?base64?w6k=?="])
  }

  @Test func standaloneStreamGoesOnBehindTheLastEvent() async throws {
    let told = #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#
    let server = Self.server { seen, _ in
      switch seen["Last-Event-ID"] {
      case nil where seen.method == "GET":
        .events("retry: 1\nid: 5\ndata: \(told)\n\n", end: .dropped)
      case "5": .events("id: 6\ndata: \(told)\n\n")
      case "6": .events("data: \(told)\n\n", end: .whenClientLeaves)
      default: .accepted
      }
    }
    try await server.serving { transport in
      await Self.open(transport)
      #expect(await transport.messages(3).count == 3)
    }
    let gets = server.seen.values.filter { $0.method == "GET" }
    #expect(gets.map { $0["Last-Event-ID"] } == [nil, "5", "6"])
  }

  @Test(arguments: [ScriptedServer.Reply.End.inOrder, .dropped])
  func answerIsFetchedWhereTheStreamEnded(end: ScriptedServer.Reply.End) async throws {
    let server = Self.server { seen, _ in
      switch (seen.method, seen["Last-Event-ID"]) {
      case ("POST", _): .events("id: 1-0\ndata:\n\n", "retry: 1\n\n", end: end)
      case ("GET", "1-0"): .events("id: 1-1\ndata:\n\n")
      case ("GET", "1-1"): .events("data: \(Self.pong)\n\n")
      default: Reply(status: .methodNotAllowed)
      }
    }
    try await server.serving { transport in
      await Self.open(transport)
      transport.send(Self.ping)
      #expect(await transport.messages(1).first?["result"] != nil)
    }
  }

  @Test func givesUpAStreamThatIsLost() async throws {
    let server = Self.server { seen, _ in
      seen.method == "POST"
        ? .events("id: 1\ndata:\n\n")
        : seen["Last-Event-ID"] == nil ? Reply(status: .methodNotAllowed) : .events()
    }
    try await server.serving { transport in
      await Self.open(transport)
      transport.send(Self.ping)
      #expect(await transport.messages(1).first?["error"]?["code"] == -32603)
    }
    #expect(server.seen.values.filter { $0["Last-Event-ID"] == "1" }.count == 5)
  }

  @Test func unknownSessionEndsTheConnection() async throws {
    let server = Self.server { seen, _ in
      Reply(status: seen.method == "POST" ? .notFound : .methodNotAllowed)
    }
    try await server.serving { transport in
      await Self.open(transport)
      transport.send(Self.ping)
      #expect(await transport.messages(1).first?["id"] == 2)
      #expect(await transport.receive().isEmpty)
      #expect(transport.isPeerGone)
    }
    #expect(!server.seen.values.contains { $0.method == "DELETE" })
  }

  @Test func cancellingClosesTheResponse() async throws {
    let server = ScriptedServer { _, _ in .events(end: .whenClientLeaves) }
    try await server.serving { transport in
      transport.send(
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{"#
          + #""io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#)
      #expect(await server.seen.reaches { $0.count == 1 })
      transport.send(
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
      #expect(await server.left.reaches { $0 == ["tools/call"] })
    }
    #expect(server.seen.values.count == 1)
  }

  @Test func cancellingALegacyRequestTellsTheServer() async throws {
    let server = Self.server { seen, _ in
      seen.call == "ping" ? .events(end: .whenClientLeaves) : .accepted
    }
    try await server.serving { transport in
      await Self.open(transport)
      transport.send(Self.ping)
      #expect(await server.seen.reaches { $0.contains { $0.call == "ping" } })
      transport.send(
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#)
      #expect(await server.seen.reaches { $0.contains { $0.call == "notifications/cancelled" } })
      // Nobody waits for its answer any more, which may never come.
      #expect(await server.left.reaches { $0 == ["ping"] })
    }
  }

  @Test func requestsBeyondTheLimitWaitAndAreRefusedBeyondThat() async throws {
    var limits = HTTPTransport.Limits.quick
    limits.requests = 2
    limits.waiting = 1
    limits.closePatience = .milliseconds(50)
    let server = ScriptedServer { seen, _ in
      seen.body["id"] == 1 ? .events(end: .whenClientLeaves) : .json("{}", .badRequest)
    }
    try await server.serving(limits: limits) { transport in
      transport.send(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
      #expect(await server.seen.reaches { $0.count == 1 })
      for id in 2...4 { transport.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#) }
      let found = await transport.messages(3)
      #expect(Set(found.map { $0["id"] }) == [2, 3, 4])
      let refused = found.first { $0["id"] == 4 }
      #expect(refused?["error"]?["message"] == "Too many requests wait for an answer")
    }
    #expect(!server.seen.values.contains { $0.body["id"] == 4 })
  }
}
