import Gateway
import JSONRPC
import MCP
import MCPWebSocket
import Testing

/// Requests that are too large, or not what they seem.
@Suite("Oversize and malformed requests", .timeLimit(.minutes(1)))
struct OversizeTests {
  private static let limit = 64 << 10

  private static var limits: SessionLimits {
    var limits = SessionLimits()
    limits.maximumMessageBytes = limit
    return limits
  }

  private static let headers = [
    "Content-Type: application/json", "Accept: application/json, text/event-stream",
    "MCP-Protocol-Version: 2026-07-28",
  ]

  /// Requests, by what is wrong with them; of a status `nil` the connection is closed without an answer.
  static let tooLarge: [(String, String, Set<Int>)] = [
    (
      "an announced body",
      GatewayHarness.head("POST /mcp", headers + ["Content-Length: \(limit + 1)"]), [413]
    ),
    (
      "a body that grows",
      GatewayHarness.head("POST /mcp", headers + ["Transfer-Encoding: chunked"])
        + chunks(of: 8 << 10, 9), [413]
    ),
    (
      "an announced body to the API",
      GatewayHarness.head(
        "POST /api/v1/triage",
        ["Content-Type: application/json", "Accept: */*", "Content-Length: 1048577"]), [413]
    ),
    (
      "a body to the API that grows",
      GatewayHarness.head(
        "POST /api/v1/triage",
        ["Content-Type: application/json", "Accept: */*", "Transfer-Encoding: chunked"])
        + chunks(of: 64 << 10, 17), [413]
    ),
    (
      "a long header",
      GatewayHarness.head("GET /mcp", ["X-Long: \(String(repeating: "x", count: 17 << 10))"]),
      [400, 431]
    ),
    (
      "long headers",
      GatewayHarness.head(
        "GET /mcp", (0..<9).map { "X-\($0): \(String(repeating: "x", count: 8 << 10))" }),
      [400, 431]
    ),
    ("many headers", GatewayHarness.head("GET /mcp", (0..<250).map { "X-\($0): x" }), [400, 431]),
    (
      "a long path", GatewayHarness.head("GET /\(String(repeating: "x", count: 100 << 10))", []),
      [400, 414, 431]
    ),
  ]

  private static func chunks(of size: Int, _ count: Int) -> String {
    String(
      repeating: "\(String(size, radix: 16))\r\n\(String(repeating: " ", count: size))\r\n",
      count: count)
  }

  @Test(arguments: tooLarge.indices) func `what is too large is refused`(_ place: Int) async throws
  {
    let (name, text, statuses) = Self.tooLarge[place]
    try await GatewayHarness.run(limits: Self.limits) { gateway in
      let other = try await gateway.webSocket()
      let connection = try await gateway.connect()
      connection.write(text)
      let answer = await connection.wait { $0.contains("\r\n\r\n") }
      let status = GatewayHarness.status(answer)
      #expect(status.map(statuses.contains) ?? connection.isClosed, "\(name): \(answer)")
      // The connection is of no more use, and does not stay.
      await connection.closed()
      #expect(connection.isClosed)
      #expect(try await other.ask(GatewayHarness.modern("tools/list"))?["result"] != nil)
      await other.close()
    }
  }

  @Test func `a message of the limit is taken, a longer one ends its WebSocket`() async throws {
    try await GatewayHarness.run { gateway in
      let other = try await gateway.webSocket()
      for (extra, code) in [(0, nil), (1, WebSocketCloseCode?.some(.messageTooLong))] {
        let socket = try await gateway.webSocket()
        let request = Message.request(GatewayHarness.modern("tools/list")).bytes
        let padding = [UInt8](repeating: 0x20, count: (4 << 20) + extra - request.count)
        socket.send(request + padding)
        if let code {
          await socket.end()
          #expect(socket.connection.closeCode == code)
        } else {
          #expect(await !socket.receive().isEmpty)
          await socket.close()
        }
      }
      #expect(try await other.ask(GatewayHarness.modern("tools/list"))?["result"] != nil)
      await other.close()
    }
  }

  private static let inner = "GET /api/v1/leads HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

  /// Requests that two readers would take for different ones.
  static let ambiguous: [(String, String)] = [
    (
      "a length and chunks",
      GatewayHarness.head(
        "POST /mcp", headers + ["Content-Length: 4", "Transfer-Encoding: chunked"])
        + "0\r\n\r\n" + inner
    ),
    (
      "chunks and a length",
      GatewayHarness.head(
        "POST /mcp", headers + ["Transfer-Encoding: chunked", "Content-Length: 4"])
        + "0\r\n\r\n" + inner
    ),
    (
      "two lengths",
      GatewayHarness.head("POST /mcp", headers + ["Content-Length: 0", "Content-Length: 4"])
        + "0\r\n\r\n" + inner
    ),
    (
      "two lengths in one",
      GatewayHarness.head("POST /mcp", headers + ["Content-Length: 0, 4"])
        + inner
    ),
    ("a signed length", GatewayHarness.head("POST /mcp", headers + ["Content-Length: +4"]) + inner),
    (
      "a negative length",
      GatewayHarness.head("POST /mcp", headers + ["Content-Length: -1"]) + inner
    ),
    (
      "a hexadecimal length",
      GatewayHarness.head("POST /mcp", headers + ["Content-Length: 0x4"]) + inner
    ),
    (
      "another coding",
      GatewayHarness.head("POST /mcp", headers + ["Transfer-Encoding: xchunked"]) + inner
    ),
    (
      "chunked is not last",
      GatewayHarness.head("POST /mcp", headers + ["Transfer-Encoding: chunked, identity"]) + inner
    ),
    (
      "a folded header",
      GatewayHarness.head("POST /mcp", headers + ["Transfer-Encoding:\r\n chunked"]) + inner
    ),
    (
      "a space before the colon",
      GatewayHarness.head("POST /mcp", headers + ["Transfer-Encoding : chunked"]) + inner
    ),
    (
      "a chunk's length that overflows",
      GatewayHarness.head("POST /mcp", headers + ["Transfer-Encoding: chunked"])
        + "fffffffffffffffff\r\n" + inner
    ),
    ("a NUL in a header", GatewayHarness.head("GET /mcp", ["X-A: a\u{0}b"]) + inner),
    ("a bare CR", GatewayHarness.head("GET /mcp", ["X-A: a\rX-B: b"]) + inner),
    ("no HTTP", "hello\r\n\r\n" + inner),
    ("another protocol", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}" + inner),
    ("a preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + inner),
  ]

  @Test(arguments: ambiguous.indices, [true, false])
  func `a request that may be read in two ways is refused`(
    _ place: Int, _ isFirst: Bool
  ) async throws {
    let (name, text) = Self.ambiguous[place]
    try await GatewayHarness.run { configuration in
      configuration.headPatience = .seconds(30)
    } _: { gateway in
      let connection = try await gateway.connect()
      if !isFirst {
        connection.write(GatewayHarness.head("GET /api/v1/leads", ["Accept: */*"]))
        await connection.wait(for: "\"total\"")
      }
      connection.write(text)
      let began = ContinuousClock.now
      let answer = await connection.closed()
      #expect(ContinuousClock.now - began < .seconds(20), "\(name)")
      let answers = answer.split(separator: "HTTP/1.1 ").dropFirst(isFirst ? 0 : 1)
      #expect(answers.count <= 1, "\(name): \(answer)")
      #expect(answers.allSatisfy { $0.hasPrefix("4") || $0.hasPrefix("501") }, "\(name): \(answer)")
    }
  }

  @Test func `what a request says of its connection is heeded`() async throws {
    try await GatewayHarness.run { gateway in
      let get = GatewayHarness.head("GET /api/v1/leads", ["Accept: */*"])
      for (name, text) in [
        ("HTTP/1.0", get.replacing("HTTP/1.1", with: "HTTP/1.0")),
        ("close", get.replacing("\r\n\r\n", with: "\r\nConnection: close\r\n\r\n")),
        ("Close", get.replacing("\r\n\r\n", with: "\r\nConnection: Close\r\n\r\n")),
        ("a list", get.replacing("\r\n\r\n", with: "\r\nConnection: x, close\r\n\r\n")),
      ] {
        let connection = try await gateway.connect()
        connection.write(text)
        #expect(await connection.closed().contains("\"total\""), "\(name)")
      }
      let several = try await gateway.connect()
      several.write(get + get + get)
      await several.wait { $0.ranges(of: "\"total\"").count == 3 }
      #expect(several.text.ranges(of: "HTTP/1.1 200").count == 3)
      several.close()
    }
  }

  @Test func `a client that waits to be told to go on is told`() async throws {
    try await GatewayHarness.run { gateway in
      let connection = try await gateway.connect()
      let body = #"{"email":"ann@acme.example"}"#
      connection.write(
        GatewayHarness.head(
          "POST /api/v1/triage",
          [
            "Accept: */*", "Content-Type: application/json", "Expect: 100-continue",
            "Content-Length: \(body.utf8.count)",
          ]))
      #expect(await connection.wait(for: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
      connection.write(body)
      #expect(await connection.wait(for: "\"leadID\"").contains("HTTP/1.1 200 "))
      connection.close()
    }
  }

  @Test func `only what is asked for by its method is served`() async throws {
    try await GatewayHarness.run { gateway in
      for method in ["HEAD", "PUT", "PATCH", "TRACE", "OPTIONS", "CONNECT"] {
        for path in ["/mcp", "/api/v1/leads", "/api/v1/events", "/openapi.json"] {
          let text = GatewayHarness.head("\(method) \(path)", ["Accept: */*"])
          let answer = try await gateway.answer(to: text)
          let status = GatewayHarness.status(answer)
          #expect(status == nil || (400..<500).contains(status ?? 0), "\(method) \(path) \(answer)")
        }
      }
    }
  }
}
