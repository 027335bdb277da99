import JSONRPC
import MCP
import MCPWebSocket
import Testing

/// SIGTERM while clients are connected: the process tells them, finishes what is in flight, and ends.
@Suite(.timeLimit(.minutes(2))) struct GatewayShutdownTests {
  /// How long ending may take: what is in flight, and what cannot be helped.
  private static let limit = Duration.milliseconds(1500 + 6000)
  private static let host = "Host: 127.0.0.1\r\n"
  private static let get = "GET /api/v1/leads HTTP/1.1\r\n\(host)Accept: */*\r\n\r\n"
  private static let lead = #"{"email":"slow@acme.test"}"#

  private static func post(_ body: String, _ headers: String = "") -> String {
    "POST /mcp HTTP/1.1\r\n\(host)Content-Type: application/json\r\n"
      + "Accept: application/json, text/event-stream\r\n\(headers)"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private static let listen = RawServer.line(
    2, "subscriptions/listen", ["notifications": ["toolsListChanged": true]])
  private static let slow =
    "POST /api/v1/triage HTTP/1.1\r\n\(host)Accept: */*\r\nContent-Type: application/json\r\n"
    + "Content-Length: \(lead.utf8.count)\r\n\r\n"

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let sends: String
    /// What comes before the process is asked to end.
    var first: String?
    /// What else the client is told then.
    var last = ""
    /// What the client sends when the process has been asked to end.
    var more = ""
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "a connection that says nothing", sends: ""),
    Case(name: "an idle connection", sends: get, first: "\"total\""),
    Case(name: "half a head", sends: "GET /mcp HT"),
    Case(
      name: "live events",
      sends: "GET /api/v1/events HTTP/1.1\r\n\(host)Accept: text/event-stream\r\n\r\n",
      first: "retry:", last: "0\r\n\r\n"),
    Case(
      name: "a subscription",
      sends: post(
        String(decoding: listen, as: UTF8.self),
        "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: subscriptions/listen\r\n"),
      first: "acknowledged", last: #""result""#),
    Case(name: "a body that does not come", sends: slow + "{"),
    Case(
      name: "a body that comes late", sends: slow + lead.prefix(9), last: "HTTP/1.1 200",
      more: String(lead.dropFirst(9))),
  ]

  @Test(arguments: cases) func `the process ends in order and in time`(_ test: Case) async throws {
    try await ServerProcess.withFolder { folder in
      let process = try GatewayProcess(folder: folder)
      let port = await process.port
      let socket = try #require(RawSocket(port: port))
      socket.write(test.sends)
      if let first = test.first { #expect(socket.text(to: first).contains(first)) }
      // Whatever was sent has been read when another is answered.
      let other = try #require(RawSocket(port: port))
      other.write(Self.get)
      #expect(other.text(to: "\"total\"").contains("HTTP/1.1 200"))
      process.terminate()
      while let late = RawSocket(port: port) { _ = late }
      if !test.more.isEmpty { socket.write(test.more) }
      async let end = process.end()
      let rest = socket.text()
      #expect(rest.contains(test.last), "\(rest)")
      let (code, duration) = await end
      #expect(code == 0 && duration < Self.limit, "\(code) \(duration) \(process.errors)")
    }
  }

  @Test func `a session's stream ends`() async throws {
    try await ServerProcess.withFolder { folder in
      let process = try GatewayProcess(folder: folder)
      let port = await process.port
      let opening = try #require(RawSocket(port: port))
      let body =
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","#
        + #""capabilities":{},"clientInfo":{"name":"a","version":"1"}}}"#
      opening.write(Self.post(body))
      let head = opening.text(to: "serverInfo")
      let id = try #require(head.firstMatch(of: /(?i)mcp-session-id: ([0-9a-f]+)/)?.1)
      let stream = try #require(RawSocket(port: port))
      stream.write(
        "GET /mcp HTTP/1.1\r\n\(Self.host)Accept: text/event-stream\r\nMcp-Session-Id: \(id)\r\n\r\n"
      )
      #expect(stream.text(to: "\r\n\r\n").contains("text/event-stream"))
      process.terminate()
      #expect(stream.text().hasSuffix("0\r\n\r\n"))
      let (code, duration) = await process.end()
      #expect(code == 0 && duration < Self.limit)
    }
  }

  @Test func `a WebSocket gets its last result, then 1001`() async throws {
    try await ServerProcess.withFolder { folder in
      let process = try GatewayProcess(folder: folder)
      let socket = try await WebSocketClient.connect(
        url: "ws://127.0.0.1:\(await process.port)/mcp")
      socket.send(Self.listen)
      var texts: [String] = []
      func read() async -> Bool {
        let frames = await socket.receive()
        for case .message(let bytes) in frames {
          texts.append(String(decoding: bytes, as: UTF8.self))
        }
        return !frames.isEmpty
      }
      while !texts.contains(where: { $0.contains("acknowledged") }), await read() {}
      process.terminate()
      while await read() {}
      #expect(texts.last?.contains(#""result""#) == true, "\(texts)")
      #expect(socket.connection.closeCode == .goingAway)
      let (code, duration) = await process.end()
      #expect(code == 0 && duration < Self.limit)
    }
  }

  @Test func `a client that reads nothing keeps nobody waiting`() async throws {
    try await ServerProcess.withFolder { folder in
      let process = try GatewayProcess(folder: folder)
      let port = await process.port
      let socket = try #require(RawSocket(port: port))
      let ask = "GET /openapi.json HTTP/1.1\r\n\(Self.host)Accept: */*\r\n\r\n"
      // What it is answered does not fit between the two.
      socket.write(String(repeating: ask, count: 700))
      let other = try #require(RawSocket(port: port))
      other.write(Self.get)
      _ = other.text(to: "\"total\"")
      let (code, duration) = await process.end()
      #expect(code == 0 && duration < Self.limit, "\(code) \(duration)")
      withExtendedLifetime(socket) {}
    }
  }

  @Test func `what was acknowledged is kept`() async throws {
    try await ServerProcess.withFolder { folder in
      let process = try GatewayProcess(folder: folder)
      let socket = try #require(RawSocket(port: await process.port))
      var acknowledged = 0
      for number in 0..<200 {
        if number == 50 { process.terminate() }
        let body = "{\"email\":\"l\(number)@acme.test\"}"
        socket.write(
          "POST /api/v1/triage HTTP/1.1\r\n\(Self.host)Accept: */*\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        guard socket.text(to: "processingTimeMs").contains("HTTP/1.1 200") else { break }
        acknowledged += 1
      }
      #expect(await process.end().code == 0)
      #expect(acknowledged >= 50)
      let counted = try await ServerProcess.run([
        "call", "search_leads", "--database", "sqlite:\(folder)/l.sqlite",
      ])
      let total = try JSONParser().parse(Array(counted.output.utf8))["total"]?.integerValue ?? 0
      #expect(total >= acknowledged, "\(counted.output.prefix(200)) \(counted.errors)")
    }
  }
}
