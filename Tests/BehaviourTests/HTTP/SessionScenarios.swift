import AsyncHTTPClient
import JSONRPC
import MCP
import MCPWebSocket
import NIOHTTP1
import Testing

extension HTTPScenario {
  /// Sessions of the legacy era, and streams of both.
  static let sessions: [HTTPScenario] = [
    HTTPScenario("server-initialize: the session's id") { visitor in
      let answer = try await visitor.send(
        .POST, HTTPVisitor.basics, HTTPLegacySession.initialize())
      #expect(answer.status == 200)
      #expect(answer.reply["result"]?["protocolVersion"] == "2025-11-25")
      let id = try #require(answer.header("Mcp-Session-Id"))
      #expect(!id.isEmpty && id.utf8.allSatisfy { (0x21...0x7E).contains($0) })
      let other = try await HTTPLegacySession.open(visitor)
      #expect(other.id != id)
    },
    HTTPScenario("server-session-lifecycle") { visitor in
      let session = try await HTTPLegacySession.open(visitor)
      #expect(try await session.request("ping", id: 1).reply["result"] == [:])
      let ended = try await visitor.send(.DELETE, session.headers)
      #expect((200..<300).contains(ended.status))
      #expect(try await session.request("ping", id: 2).status == 404)
      #expect(try await visitor.send(.DELETE, session.headers).status == 404)
      // Another session can be opened, and one without a name or of an unknown one is none.
      let next = try await HTTPLegacySession.open(visitor)
      #expect(try await next.request("ping", id: 3).status == 200)
      let unknown = HTTPLegacySession(visitor: visitor, id: "unknown")
      #expect(try await unknown.request("ping", id: 4).status == 404)
      let ping: JSONValue = ["jsonrpc": "2.0", "id": 5, "method": "ping"]
      #expect(try await visitor.send(.POST, HTTPVisitor.basics, ping).status == 400)
    },
    HTTPScenario("server-sse-multiple-streams: the legacy era") { visitor in
      let session = try await HTTPLegacySession.open(visitor)
      try await Self.threeStreams { id in
        try await session.request("tools/call", Self.reporting(id), id: id)
      }
    },
    HTTPScenario("server-sse-multiple-streams: the modern era") { visitor in
      try await Self.threeStreams { id in
        try await visitor.post(HTTPVisitor.modern("tools/call", Self.reporting(id), id: id))
      }
    },
    HTTPScenario("server-sse-polling") { visitor in
      let session = try await HTTPLegacySession.open(visitor)
      let left = try await session.request(
        "tools/call", ["name": "test_reconnection"], id: "polled")
      #expect(left.isStream)
      let first = try #require(left.events.first)
      let place = try #require(first.id)
      #expect(first.data == "", "the first event only says where the stream begins")
      #expect(left.events.last?.retry == 100)
      #expect(try left.messages.isEmpty)
      let resumed = try await visitor.send(
        .GET, session.headers + [("Last-Event-ID", place)])
      #expect(resumed.status == 200)
      #expect(resumed.reply["id"] == "polled")
      #expect(
        resumed.reply["result"]?["content"]?[0]?["text"]
          == "Answered after the stream was closed.")
    },
    HTTPScenario("server-sse-polling: who does not know it keeps its stream") { visitor in
      let call: JSONObject = ["name": "test_reconnection"]
      for version in [ProtocolVersion.v2025March, .v2025June] {
        let session = try await HTTPLegacySession.open(visitor, version)
        let answer = try await session.request("tools/call", call, id: .string(version.rawValue))
        #expect(answer.reply["result"] != nil, "\(version.rawValue)")
      }
      let modern = try await visitor.post(HTTPVisitor.modern("tools/call", call))
      #expect(modern.reply["result"] != nil)
    },
    HTTPScenario("tools-call-with-progress: on the response's stream") { visitor in
      let answer = try await visitor.post(
        HTTPVisitor.modern("tools/call", Self.reporting("p"), id: "p"))
      Self.expectReports(answer, "p")
      #expect(answer.header("Cache-Control") == "no-cache, no-transform")
      #expect(answer.header("X-Accel-Buffering") == "no")
      #expect(answer.events.allSatisfy { $0.id == nil })
    },
  ]

  private static func reporting(_ token: JSONValue) -> JSONObject {
    ["name": "test_tool_with_progress", "_meta": [.init(MetaKey.progressToken): token]]
  }

  /// Three calls at a time, each of which gets what belongs to it and nothing else.
  private static func threeStreams(
    _ call: @escaping @Sendable (JSONValue) async throws -> HTTPVisitor.Answer
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for id: JSONValue in ["a", "b", "c"] {
        group.addTask { expectReports(try await call(id), id) }
      }
      try await group.waitForAll()
    }
  }

  private static func expectReports(_ answer: HTTPVisitor.Answer, _ id: JSONValue) {
    #expect(answer.status == 200)
    #expect(answer.isStream)
    let messages = (try? answer.messages) ?? []
    #expect(messages.dropLast().map { $0["params"]?["progress"] } == [0, 50, 100])
    #expect(messages.dropLast().allSatisfy { $0["params"]?["progressToken"] == id })
    #expect(messages.last?["id"] == id)
    #expect(messages.last?["result"]?["content"]?[0]?["text"] == "done")
  }

  /// Who may ask: requests under another host's name come from a page that a browser was led to.
  static let sites: [HTTPScenario] = [
    HTTPScenario("dns-rebinding-protection: a foreign host and origin") { visitor in
      for foreign in [
        [("Host", "evil.example.com"), ("Origin", "http://evil.example.com")],
        [("Origin", "http://evil.example.com")], [("Host", "evil.example.com")],
        [("Host", "127.0.0.1:\(visitor.port)"), ("Origin", "null")],
      ] {
        let modern = try await visitor.post(HTTPVisitor.modern("tools/list"), adding: foreign)
        #expect(modern.status == 403, "\(foreign)")
        let legacy = try await visitor.send(
          .POST, HTTPVisitor.basics + foreign, HTTPLegacySession.initialize())
        #expect(legacy.status == 403, "\(foreign)")
        #expect(legacy.header("Mcp-Session-Id") == nil)
      }
    },
    HTTPScenario("dns-rebinding-protection: this machine") { visitor in
      for origin in [
        "http://127.0.0.1:\(visitor.port)", "http://localhost:\(visitor.port)",
        "http://localhost:3000",
      ] {
        let own = [("Host", "127.0.0.1:\(visitor.port)"), ("Origin", origin)]
        let modern = try await visitor.post(HTTPVisitor.modern("tools/list"), adding: own)
        #expect(modern.status == 200, "\(origin)")
        let legacy = try await visitor.send(
          .POST, HTTPVisitor.basics + own, HTTPLegacySession.initialize())
        #expect(legacy.status == 200, "\(origin)")
      }
    },
    HTTPScenario("dns-rebinding-protection: a WebSocket") { visitor in
      let url = "ws://127.0.0.1:\(visitor.port)/mcp"
      await #expect(throws: WebSocketClientError.self) {
        let opened = try await WebSocketClient.connect(
          url: url, headers: [("Origin", "http://evil.example.com")])
        await opened.close()
      }
      let own = try await WebSocketClient.connect(
        url: url, headers: [("Origin", "http://127.0.0.1:\(visitor.port)")])
      await own.close()
    },
  ]
}
