import Gateway
import JSONRPC
import MCP
import MCPWebSocket
import Testing

/// Clients that take their time.
@Suite("Slow clients", .timeLimit(.minutes(1)))
struct SlowClientTests {
  /// Short for a client that stalls, long for the others on a busy machine.
  private static let patience = Duration.seconds(3)
  private static let head = GatewayHarness.head(
    "POST /mcp",
    [
      "Content-Type: application/json", "Accept: application/json, text/event-stream",
      "MCP-Protocol-Version: 2026-07-28", "Content-Length: 100",
    ])
  private static let get = GatewayHarness.head("GET /api/v1/leads", ["Accept: */*"])
  private static let unknown = GatewayHarness.head("POST /mcp", ["Content-Length: 2"], as: nil)

  /// What a client sends at once, and then byte by byte.
  static let cases: [(name: String, first: String, then: String)] = [
    ("nothing", "", ""), ("a head that never ends", "", String(repeating: "GET /mcp", count: 99)),
    ("a second head that never ends", get, String(repeating: "GET /mcp", count: 99)),
    ("a body that stalls", head, ""),
    ("a body in drops", head, String(repeating: " ", count: 99)),
    ("an idle connection", get, ""), ("a refused body that stalls", unknown, ""),
    (
      "a refused body in drops", unknown.replacing("2\r\n", with: "900\r\n"),
      String(repeating: " ", count: 600)
    ),
    ("idle after a refused body", unknown, "{}"),
    (
      "a chunk that stalls",
      head.replacing("Content-Length: 100", with: "Transfer-Encoding: chunked") + "5\r\n{", ""
    ),
  ]

  @Test(arguments: cases.indices) func `a slow client loses its place, others do not notice`(
    _ place: Int
  ) async throws {
    let test = Self.cases[place]
    try await GatewayHarness.run { configuration in
      configuration.headPatience = Self.patience
      configuration.bodyPatience = Self.patience
      configuration.idlePatience = Self.patience
    } _: { gateway in
      let other = try await gateway.webSocket()
      let slow = try await gateway.connect()
      slow.write(test.first)
      if !test.first.isEmpty, test.first != Self.head, !test.name.contains("chunk") {
        await slow.wait(for: "\r\n\r\n")
      }
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          for byte in test.then.utf8 where !slow.isClosed {
            slow.write([byte])
            try? await Task.sleep(for: .milliseconds(20))
          }
        }
        await slow.closed()
        group.cancelAll()
      }
      #expect(slow.isClosed)
      #expect(try await other.ask(GatewayHarness.modern("tools/list"))?["result"] != nil)
      await other.close()
    }
  }

  @Test func `a client that takes nothing loses its place`() async throws {
    try await GatewayHarness.run { configuration in
      configuration.writePatience = .milliseconds(400)
      configuration.maximumConnectionsPerAddress = 1
    } _: { gateway in
      let slow = try await gateway.connect(reads: false)
      // Its place is the only one, as soon as the server has seen it.
      while try await !gateway.answer(to: Self.get).isEmpty {}
      // More than the buffers between the two take.
      slow.write(
        String(repeating: GatewayHarness.head("GET /openapi.json", ["Accept: */*"]), count: 600))
      while try await GatewayHarness.status(gateway.answer(to: Self.get)) != 200 {}
      slow.close()
    }
  }

  @Test func `a stream that stays silent is not slow`() async throws {
    try await GatewayHarness.run { configuration in
      configuration.headPatience = Self.patience
      configuration.bodyPatience = Self.patience
      configuration.idlePatience = Self.patience
    } _: { gateway in
      let connection = try await gateway.connect()
      connection.write(
        GatewayHarness.head("GET /api/v1/events", ["Accept: text/event-stream"]))
      await connection.wait(for: "retry:")
      // Another comes and loses its place meanwhile.
      await (try await gateway.connect()).closed()
      try await gateway.newLead(["email": "ann@acme.example"])
      #expect(await connection.wait(for: "lead.created").contains("lead.created"))
      connection.close()
    }
  }
}
