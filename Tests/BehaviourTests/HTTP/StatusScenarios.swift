import AsyncHTTPClient
import JSONRPC
import MCP
import NIOCore
import NIOHTTP1
import Testing
import WireChecks

extension HTTPScenario {
  /// What is refused in the modern era, and how.
  private struct Refusal: Sendable {
    let part: String
    let message: JSONValue
    var headers: [(String, String)]?
    let status: Int
    let code: Int64
  }

  private static func bare(_ envelope: JSONObject) -> JSONValue {
    HTTPVisitor.modern("tools/list", envelope: envelope)
  }

  private static let none: JSONValue = [:]

  private static let refusals: [Refusal] =
    [
      Refusal(
        part: "no _meta", message: ["jsonrpc": "2.0", "id": 1, "method": "tools/list"],
        status: 400, code: -32602),
      Refusal(part: "an empty _meta", message: bare([:]), status: 400, code: -32602),
      Refusal(
        part: "no capabilities", message: bare([MetaKey.protocolVersion: "2026-07-28"]),
        status: 400, code: -32602),
      Refusal(
        part: "no protocol version", message: bare([MetaKey.clientCapabilities: none]),
        status: 400, code: -32602),
      Refusal(
        part: "a revision that is not served",
        message: bare([MetaKey.protocolVersion: "1999-01-01", MetaKey.clientCapabilities: none]),
        headers: HTTPVisitor.basics + [
          ("MCP-Protocol-Version", "1999-01-01"), ("Mcp-Method", "tools/list"),
        ], status: 400, code: -32022),
      Refusal(
        part: "a header that is not the body",
        message: bare([MetaKey.protocolVersion: "1999-01-01", MetaKey.clientCapabilities: none]),
        status: 400, code: -32020),
      Refusal(
        part: "a body of the modern era under a header of the legacy era",
        message: HTTPVisitor.modern("tools/list"),
        headers: HTTPVisitor.basics + [
          ("MCP-Protocol-Version", "2025-11-25"), ("Mcp-Method", "tools/list"),
        ], status: 400, code: -32020),
      Refusal(
        part: "a capability that is missing",
        message: HTTPVisitor.modern("tools/call", ["name": "test_missing_capability"]),
        status: 400, code: -32021),
      Refusal(
        part: "an unknown tool", message: HTTPVisitor.modern("tools/call", ["name": "none"]),
        status: 400, code: -32602),
      Refusal(
        part: "an unknown resource",
        message: HTTPVisitor.modern("resources/read", ["uri": "test://none"]), status: 400,
        code: -32602),
    ]
    + [
      "initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe",
      "no/such",
    ].map { method in
      Refusal(
        part: "\(method) does not exist",
        message: HTTPVisitor.modern(method, ["level": "info", "uri": "test://static-text"]),
        status: 404, code: -32601)
    }

  private static func scenario(_ name: String, _ refusal: Refusal) -> HTTPScenario {
    HTTPScenario("\(name): \(refusal.part)") { visitor in
      let headers = refusal.headers ?? HTTPVisitor.headers(for: refusal.message)
      let answer = try await visitor.send(.POST, headers, refusal.message, isFaulty: true)
      #expect(answer.status == refusal.status)
      #expect(answer.code == refusal.code)
      #expect(answer.reply["id"] == refusal.message["id"])
      #expect(answer.header("Mcp-Session-Id") == nil)
      if refusal.code == -32022 {
        #expect(answer.reply["error"]?["data"]?["requested"] == "1999-01-01")
        #expect(answer.reply["error"]?["data"]?["supported"] == ["2026-07-28"])
      }
    }
  }

  /// The statuses of server-stateless, and the hints of caching as they cross the wire.
  static let statuses: [HTTPScenario] =
    refusals.map { scenario("server-stateless", $0) } + [
      HTTPScenario("server-stateless: an answer") { visitor in
        var envelope = Peer.envelope()
        envelope[MetaKey.clientInfo] = nil
        for id: JSONValue in [7, "7"] {
          let answer = try await visitor.post(
            HTTPVisitor.modern("server/discover", id: id, envelope: envelope),
            adding: [("Mcp-Session-Id", "ignored"), ("Last-Event-ID", "1-1")])
          #expect(answer.status == 200)
          #expect(answer.reply["id"] == id)
          #expect(answer.reply["result"]?["supportedVersions"] == ["2026-07-28"])
          #expect(answer.reply["result"]?["_meta"]?[MetaKey.serverInfo]?["name"] == "fixture")
          #expect(answer.header("Mcp-Session-Id") == nil)
        }
      },
      HTTPScenario("server-stateless: GET and DELETE") { visitor in
        for method in [HTTPMethod.GET, .DELETE] {
          let answer = try await visitor.send(
            method, [("Accept", "text/event-stream"), ("MCP-Protocol-Version", "2026-07-28")])
          #expect(answer.status == 405)
          #expect(answer.header("Allow") == "POST")
        }
      },
      HTTPScenario("server-stateless: a notification") { visitor in
        let note: JSONValue = [
          "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 1],
        ]
        let answer = try await visitor.post(note)
        #expect(answer.status == 202)
        #expect(answer.text.isEmpty)
      },
      HTTPScenario("server-stateless: no log without a level") { visitor in
        let call = HTTPVisitor.modern("tools/call", ["name": "test_logging_tool"])
        let silent = try await visitor.post(call)
        #expect(silent.header("Content-Type") == "application/json")
        #expect(silent.reply["result"] != nil)
        let loud = try await visitor.post(
          HTTPVisitor.modern(
            "tools/call",
            ["name": "test_logging_tool", "_meta": [.init(MetaKey.logLevel): "error"]], id: 2))
        #expect(loud.isStream)
        #expect(try loud.messages.filter { $0["method"] == "notifications/message" }.count == 4)
        #expect(loud.reply["id"] == 2)
      },
      HTTPScenario("server-stateless: nothing is asked on a stream") { visitor in
        let answer = try await visitor.post(
          HTTPVisitor.modern(
            "tools/call", ["name": "test_streaming_elicitation"],
            capabilities: ["elicitation": [:], "sampling": [:], "roots": [:]]))
        #expect(try answer.messages.count == 1)
        #expect(answer.reply["result"]?["resultType"] == "input_required")
      },
      HTTPScenario("server-stateless: subscriptions/listen") { try await listens($0) },
      HTTPScenario("caching") { visitor in
        for (method, params): (String, JSONObject) in [
          ("server/discover", [:]), ("tools/list", [:]), ("prompts/list", [:]),
          ("resources/list", [:]), ("resources/templates/list", [:]),
          ("resources/read", ["uri": "test://static-text"]),
        ] {
          let result = try await visitor.post(HTTPVisitor.modern(method, params)).reply["result"]
          #expect((result?["ttlMs"]?.integerValue ?? -1) >= 0, "\(method)")
          #expect(["public", "private"].contains(result?["cacheScope"]), "\(method)")
        }
        let called = try await visitor.post(
          HTTPVisitor.modern("tools/call", ["name": "test_simple_text"]))
        #expect(called.reply["result"]?["ttlMs"] == nil)
      },
    ]

  /// A stream whose first event acknowledges the subscription; then come changes, as they happen.
  private static func listens(_ visitor: HTTPVisitor) async throws {
    let message = HTTPVisitor.modern(
      "subscriptions/listen", ["notifications": ["toolsListChanged": true]], id: "L")
    let narrow = [
      ("Content-Type", "application/json"), ("Accept", "application/json"),
      ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "subscriptions/listen"),
    ]
    let refused = try await HTTPClient.shared.execute(
      visitor.request(.POST, narrow, message), timeout: .seconds(20))
    #expect(refused.status.code == 406)

    visitor.log.clientSends(message)
    let response = try await HTTPClient.shared.execute(
      visitor.request(.POST, HTTPVisitor.headers(for: message), message), timeout: .seconds(20))
    #expect(response.status.code == 200)
    #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
    var text = ""
    var methods: [JSONValue?] = []
    for try await part in response.body {
      text += String(buffer: part)
      let answer = HTTPVisitor.Answer(status: 200, headers: response.headers, text: text)
      // Events may arrive in pieces: only whole ones count.
      guard text.hasSuffix("\n\n") else { continue }
      let messages = try answer.messages
      #expect(
        messages.allSatisfy { $0["params"]?["_meta"]?[MetaKey.subscriptionID] == "L" })
      methods = messages.map { $0["method"] }
      if methods.count == 1 {
        for tool: JSONValue in ["test_trigger_prompt_change", "test_trigger_tool_change"] {
          let id = JSONValue.string("call \(JSONWriter.text(of: tool))")
          let told = try await visitor.post(
            HTTPVisitor.modern("tools/call", ["name": tool], id: id))
          #expect(told.status == 200)
        }
      }
      if methods.count == 2 {
        for message in messages { visitor.log.serverSends(message) }
        break
      }
    }
    #expect(
      methods == [
        "notifications/subscriptions/acknowledged", "notifications/tools/list_changed",
      ])
  }
}
