import Gateway
import JSONRPC
import MCP
import MCPWebSocket
import Testing

/// More requests and connections than are allowed.
@Suite("Floods", .timeLimit(.minutes(1)))
struct FloodTests {
  private static let ann = GatewayHarness.credential("ann")
  private static let bob = GatewayHarness.credential("bob")
  private static let record = GatewayHarness.modern(
    "tools/call", ["name": "record_outcome", "arguments": [:]])
  private static let list = GatewayHarness.modern("tools/list")

  /// So few a second that none comes back during a test.
  private static let few = 0.001

  private func flooded(
    _ set: (inout RateLimiter.Limits) -> Void,
    _ body: @Sendable (GatewayHarness) async throws -> Void
  ) async throws {
    let tools = try StandInTool.catalog { _, _ in ToolResult(structured: [:]) }
    try await GatewayHarness.run(tools: tools) {
      $0.rates.perTool = 0
      $0.rates.perAddress = 0
      $0.rates.perCredential = 0
      set(&$0.rates)
    } _: {
      try await body($0)
    }
  }

  @Test func `a credential that asks too often waits, another does not`() async throws {
    try await flooded {
      $0.perCredential = Self.few
    } _: { gateway in
      let socket = try await gateway.webSocket(as: Self.bob)
      let session = try await gateway.newSession(as: Self.ann)
      // One has been taken from a bucket that holds one by opening the session.
      let refused = try await gateway.ask(Self.list, as: Self.ann)
      #expect(refused.status == 429)
      #expect(try refused.json["error"]?["code"] == -31002)
      #expect(Int(refused.header("Retry-After") ?? "") ?? 0 > 100)
      let legacy = try await gateway.tell(
        GatewayHarness.call("tools/list"), as: Self.ann, session: session)
      #expect(legacy.status == 429 && legacy.header("Retry-After") != nil)
      let outcome = try await gateway.post("/api/v1/outcomes", [:], as: Self.ann)
      #expect(outcome.status == 429 && outcome.header("Retry-After") != nil)
      #expect(outcome.header("Content-Type") == "application/problem+json")
      let events = try await gateway.get(
        "/api/v1/events", as: Self.ann, headers: [("Accept", "text/event-stream")])
      #expect(events.status == 429 && events.header("Retry-After") != nil)
      let text = GatewayHarness.head("GET /api/v1/events", GatewayHarness.upgrade, as: Self.ann)
      let upgrade = try await gateway.answer(to: text)
      #expect(GatewayHarness.status(upgrade) != 101)
      #expect(try await socket.ask(Self.list)?["result"] != nil)
      let answer = try #require(try await socket.ask(Self.list))
      #expect(answer["error"]?["code"] == -31002)
      #expect(answer["error"]?["data"]?["retryAfterMs"]?.integerValue ?? 0 > 100_000)
      await socket.close()
    }
  }

  @Test func `a tool that is called too often waits, others do not`() async throws {
    try await flooded {
      $0.perTool = Self.few
    } _: { gateway in
      for way in 0..<2 {
        let caller = way == 0 ? Self.ann : Self.bob
        #expect(try await gateway.ask(Self.record, as: caller).status == 200)
        let refused = try await gateway.ask(Self.record, as: caller)
        #expect(refused.status == 429 && refused.header("Retry-After") != nil)
        #expect(try await gateway.post("/api/v1/outcomes", [:], as: caller).status == 429)
        #expect(try await gateway.ask(Self.list, as: caller).status == 200)
      }
    }
  }

  @Test func `an address that asks too often waits, whoever it is`() async throws {
    try await flooded {
      $0.perAddress = Self.few
    } _: { gateway in
      for (place, credential) in [Self.ann, Self.ann, Self.bob].enumerated() {
        let answer = try await gateway.get("/api/v1/leads", as: credential)
        #expect((answer.status == 429) == (place > 0))
        if place > 0 { #expect(Int(answer.header("Retry-After") ?? "") ?? 0 > 100) }
      }
      let open = try await gateway.get("/openapi.json", as: nil)
      #expect(open.status == 429)
      let guess = try await gateway.ask(Self.list, as: "Bearer guess")
      #expect(guess.status == 429)
      let text = GatewayHarness.head("GET /mcp", GatewayHarness.upgrade)
      let upgrade = try await gateway.answer(to: text)
      #expect(GatewayHarness.status(upgrade) == 429)
    }
  }

  @Test(arguments: [true, false]) func `a connection too many is closed at once`(
    _ ofOneAddress: Bool
  ) async throws {
    try await GatewayHarness.run {
      if ofOneAddress { $0.maximumConnectionsPerAddress = 3 } else { $0.maximumConnections = 3 }
    } _: { gateway in
      let get = GatewayHarness.head("GET /api/v1/leads", ["Accept: */*"])
      var open: [RawConnection] = []
      for _ in 0..<3 { open.append(try await gateway.connect()) }
      for connection in open {
        connection.write(get)
        await connection.wait(for: "\"total\"")
      }
      let more = try await gateway.connect()
      more.write(get)
      #expect(await more.closed().isEmpty)
      open[0].close()
      while try await gateway.answer(to: get).isEmpty {}
      open[1].write(get)
      await open[1].wait { $0.ranges(of: "\"total\"").count == 2 }
      #expect(!open[1].isClosed)
      for connection in open { connection.close() }
    }
  }
}
