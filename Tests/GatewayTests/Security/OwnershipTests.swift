import Gateway
import JSONRPC
import MCP
import NIOHTTP1
import Testing

/// What belongs to somebody, asked for by another.
@Suite("Sessions and secrets of others", .timeLimit(.minutes(1)))
struct OwnershipTests {
  private static let ann = GatewayHarness.credential("ann")
  /// The same name with less, another name, and the same name elsewhere.
  static let others: [(String, String?)] = [
    ("another principal", GatewayHarness.credential("bob")),
    ("fewer scopes", GatewayHarness.credential("ann", scopes: ["leads:read"])),
    ("another workspace", GatewayHarness.credential("ann", workspace: "other")),
  ]
  private static let ping = GatewayHarness.call("ping")
  private static let stream = ("Accept", "text/event-stream")

  @Test func `a session is nobody else's`() async throws {
    try await GatewayHarness.run { gateway in
      let session = try await gateway.newSession(as: Self.ann)
      let named = ("Mcp-Session-Id", session)
      let unknown = try await gateway.tell(Self.ping, as: Self.ann, session: "0")
      #expect(unknown.status == 404)
      for (name, other) in Self.others {
        let answers = [
          try await gateway.tell(Self.ping, as: other, session: session),
          try await gateway.get("/mcp", as: other, headers: [named, Self.stream]),
          try await gateway.get(
            "/mcp", as: other, headers: [named, Self.stream, ("Last-Event-ID", "0-0")]),
          try await gateway.send(gateway.request(.DELETE, "/mcp", as: other, headers: [named])),
        ]
        for answer in answers {
          #expect(answer.status == 404, "\(name)")
          // Nothing tells it from one that never was.
          #expect(answer.body == unknown.body, "\(name)")
        }
      }
      let narrowed = try await gateway.tell(
        Self.ping, as: Self.ann, session: session, headers: [("X-MCP-Readonly", "true")])
      #expect(narrowed.status == 404)
      #expect(try await gateway.tell(Self.ping, as: Self.ann, session: session).status == 200)
    }
  }

  @Test func `a session's name is no credential`() async throws {
    try await GatewayHarness.run { gateway in
      let session = try await gateway.newSession(as: Self.ann)
      for credential in [nil, "Bearer \(session)"] {
        let answer = try await gateway.tell(Self.ping, as: credential, session: session)
        #expect(answer.status == 401)
        let read = try await gateway.get(
          "/mcp", as: credential, headers: [("Mcp-Session-Id", session), Self.stream])
        #expect(read.status == 401)
      }
    }
  }

  @Test func `a session that has ended is none`() async throws {
    try await GatewayHarness.run { gateway in
      let session = try await gateway.newSession(as: Self.ann)
      let named = [("Mcp-Session-Id", session)]
      let ended = try await gateway.send(
        gateway.request(.DELETE, "/mcp", as: Self.ann, headers: named))
      #expect(ended.status == 204)
      #expect(try await gateway.tell(Self.ping, as: Self.ann, session: session).status == 404)
      let read = try await gateway.get("/mcp", as: Self.ann, headers: named + [Self.stream])
      #expect(read.status == 404)
    }
  }

  @Test func `a session's name is long, and never the same`() async throws {
    try await GatewayHarness.run { gateway in
      var names: Set<String> = []
      for _ in 0..<20 { names.insert(try await gateway.newSession(as: Self.ann)) }
      #expect(names.count == 20 && names.allSatisfy { $0.utf8.count == 64 })
    }
  }

  @Test func `'initialize' opens a session only as a request of its own`() async throws {
    try await GatewayHarness.run { gateway in
      let batch = try await gateway.tell([GatewayHarness.initialize], as: Self.ann)
      #expect(batch.status == 400 && batch.header("Mcp-Session-Id") == nil)
      let note: JSONValue = ["jsonrpc": "2.0", "method": "initialize", "params": [:]]
      let told = try await gateway.tell(note, as: Self.ann)
      #expect(told.header("Mcp-Session-Id") == nil)
    }
  }

  @Test func `a cursor goes on for nobody else`() async throws {
    try await GatewayHarness.run { gateway in
      for number in 1...3 {
        try await gateway.newLead(["email": "\(number)@acme.example"], as: Self.ann)
      }
      let first = try await gateway.get("/api/v1/leads?limit=1", as: Self.ann)
      let cursor = try #require(try first.json["nextCursor"]?.stringValue)
      #expect(
        try await gateway.get("/api/v1/leads?limit=1&cursor=\(cursor)", as: Self.ann).status == 200)
      for (name, other) in Self.others where name != "fewer scopes" {
        let answer = try await gateway.get("/api/v1/leads?limit=1&cursor=\(cursor)", as: other)
        #expect(answer.status == 400, "\(name)")
        let called = try await gateway.ask(
          GatewayHarness.modern(
            "tools/call",
            ["name": "search_leads", "arguments": ["limit": 1, "cursor": .string(cursor)]]),
          as: other)
        #expect(
          try called.json["result"]?["isError"] == true || called.json["error"] != nil, "\(name)")
      }
    }
  }

  @Test func `what was asked of one is answered by nobody else`() async throws {
    let tools = try StandInTool.catalog("ask") { _, context async throws(CallInterruption) in
      let question = InputRequest.form(message: "Who?", schema: ["type": "object"])
      _ = try await context.ask("form", question)
      return ToolResult(structured: ["done": true])
    }
    try await GatewayHarness.run(tools: tools) { gateway in
      func call(_ credential: String?, _ more: JSONObject = [:]) async throws -> JSONValue {
        var params: JSONObject = ["name": "ask", "arguments": [:]]
        for member in more.members { params[member.key] = member.value }
        let request = GatewayHarness.modern(
          "tools/call", params, capabilities: ["elicitation": [:]])
        return try await gateway.ask(request, as: credential).json
      }
      let asked = try await call(Self.ann)
      let state = try #require(asked["result"]?["requestState"], "\(asked)")
      let answer: JSONObject = [
        "requestState": state, "inputResponses": ["form": ["action": "decline"]],
      ]
      // Whoever may not use the tool at all is told that there is none.
      for (name, other) in Self.others where name != "fewer scopes" {
        let refused = try await call(other, answer)
        #expect(refused["error"]?["code"] == -32602, "\(name)")
        #expect(refused["error"]?["data"]?["reason"] == "invalid_request_state", "\(name)")
      }
      let done = try await call(Self.ann, answer)
      #expect(done["result"]?["structuredContent"]?["done"] == true, "\(done)")
    }
  }

  @Test func `a lead of another workspace is not there`() async throws {
    try await GatewayHarness.run { gateway in
      let id = try await gateway.newLead(["email": "x@acme.example"], as: Self.ann)
      let other = GatewayHarness.credential("ann", workspace: "other")
      let there = try await gateway.get("/api/v1/leads/\(id)", as: other)
      let nowhere = try await gateway.get("/api/v1/leads/none", as: other)
      #expect(there.status == 404 && nowhere.status == 404)
      #expect(
        String(decoding: there.body, as: UTF8.self).replacing(id, with: "none")
          == String(decoding: nowhere.body, as: UTF8.self))
    }
  }
}
