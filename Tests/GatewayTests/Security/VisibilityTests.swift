import Gateway
import JSONRPC
import MCP
import MCPWebSocket
import Testing

/// What a credential may not use: it is not told of it, and cannot tell it from what is not there.
@Suite("What is not for everybody", .timeLimit(.minutes(1)))
struct VisibilityTests {
  private static let reader = GatewayHarness.credential("reader", scopes: ["leads:read"])
  private static let other = GatewayHarness.credential("other", scopes: ["campaigns:read"])

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let credential: String
    var headers: [(String, String)] = []
    let method: String
    let params: JSONObject
    /// What is not there, under another name.
    let absent: JSONObject
    /// The names, which the answers may repeat.
    let names: (String, String)
    let list: (method: String, member: String)
    var testDescription: String { name }
  }

  private static func tool(
    _ name: String, _ credential: String, _ headers: [(String, String)] = [], tool: String
  ) -> Case {
    Case(
      name: name, credential: credential, headers: headers, method: "tools/call",
      params: ["name": .string(tool), "arguments": ["x": 1]],
      absent: ["name": "no_such_tool", "arguments": ["x": 1]], names: (tool, "no_such_tool"),
      list: ("tools/list", "tools"))
  }

  static let cases = [
    tool("a tool beyond the scopes", reader, tool: "triage_lead"),
    tool("a tool without any of the scopes", other, tool: "get_lead"),
    tool(
      "a tool that a header leaves out", GatewayHarness.credential(),
      [("X-MCP-Exclude-Tools", "get_lead")], tool: "get_lead"),
    tool(
      "a tool beside those of a header", GatewayHarness.credential(),
      [("X-MCP-Tools", "get_lead")], tool: "triage_lead"),
    tool(
      "a tool that writes, read-only", GatewayHarness.credential(), [("X-MCP-Readonly", "true")],
      tool: "triage_lead"),
    tool(
      "a tool that writes, read-only though it is named", GatewayHarness.credential(),
      [("X-MCP-Readonly", "1"), ("X-MCP-Tools", "triage_lead")], tool: "triage_lead"),
    tool(
      "a tool that a header asks for in vain", reader,
      [("X-MCP-Tools", "triage_lead"), ("X-MCP-Toolsets", "all")], tool: "triage_lead"),
    Case(
      name: "a resource beyond the scopes", credential: other, method: "resources/read",
      params: ["uri": "dataset://summary"], absent: ["uri": "dataset://nothing"],
      names: ("dataset://summary", "dataset://nothing"), list: ("resources/list", "resources")),
    Case(
      name: "a template beyond the scopes", credential: other, method: "resources/read",
      params: ["uri": "lead://L1"], absent: ["uri": "nothing://L1"],
      names: ("lead://L1", "nothing://L1"),
      list: ("resources/templates/list", "resourceTemplates")),
    Case(
      name: "a prompt beyond the scopes", credential: other, method: "prompts/get",
      params: ["name": "qualify_lead", "arguments": ["leadID": "L1"]],
      absent: ["name": "no_such_prompt", "arguments": ["leadID": "L1"]],
      names: ("qualify_lead", "no_such_prompt"), list: ("prompts/list", "prompts")),
  ]

  @Test(arguments: cases) func `it is as if it were not there`(_ test: Case) async throws {
    try await GatewayHarness.run { gateway in
      let listed = try await gateway.ask(
        GatewayHarness.modern(test.list.method), as: test.credential, headers: test.headers)
      #expect(listed.status == 200)
      #expect(
        !String(decoding: listed.body, as: UTF8.self).contains("\"\(test.names.0)\""))
      var answers: [String] = []
      for params in [test.params, test.absent] {
        let request = GatewayHarness.modern(test.method, params)
        let answer = try await gateway.ask(request, as: test.credential, headers: test.headers)
        #expect(try answer.json["error"] != nil)
        answers.append("\(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
      }
      #expect(answers[0].replacing(test.names.0, with: test.names.1) == answers[1])
      let socket = try await gateway.webSocket(as: test.credential, headers: test.headers)
      var frames: [String] = []
      for params in [test.params, test.absent] {
        let answer = try #require(try await socket.ask(GatewayHarness.modern(test.method, params)))
        frames.append(JSONWriter.text(of: answer))
      }
      #expect(frames[0].replacing(test.names.0, with: test.names.1) == frames[1])
      socket.stopReceiving()
      await socket.close()
    }
  }

  @Test func `headers take away and never add`() async throws {
    try await GatewayHarness.run { gateway in
      func tools(_ credential: String, _ headers: [(String, String)]) async throws -> Set<String> {
        let answer = try await gateway.ask(
          GatewayHarness.modern("tools/list"), as: credential, headers: headers)
        return Set(
          (try answer.json["result"]?["tools"]?.arrayValue ?? []).compactMap {
            $0["name"]?.stringValue
          })
      }
      for credential in [Self.reader, GatewayHarness.credential(), Self.other] {
        let all = try await tools(credential, [])
        for headers in [
          [("X-MCP-Toolsets", "all")], [("X-MCP-Toolsets", "admin,triage,memory")],
          [("X-MCP-Tools", "triage_lead"), ("X-MCP-Readonly", "false")],
          [("X-MCP-Readonly", "0"), ("X-MCP-Readonly", "1")], [("X-MCP-Tools", "nothing")],
        ] {
          #expect(try await tools(credential, headers).isSubset(of: all), "\(headers)")
        }
      }
      #expect(try await tools(GatewayHarness.credential(), [("X-MCP-Tools", "nothing")]).isEmpty)
    }
  }
}

/// Addresses of resources and paths that lead elsewhere.
@Suite("Paths that lead elsewhere", .timeLimit(.minutes(1)))
struct TraversalTests {
  static let uris = [
    "playbook://../../etc/passwd", "playbook://..", "playbook://./speed-to-lead",
    "playbook://%2e%2e%2f%2e%2e%2fetc%2fpasswd", "playbook://speed-to-lead%00",
    "playbook://speed-to-lead\u{0}.md", "playbook://..%5c..%5cwindows", "playbook://..\\..\\x",
    "playbook://speed-to-lead/../handoff-checklist", "playbook:///etc/passwd",
    "file:///etc/passwd", "lead://../x", "lead://%2e%2e%2f", "lead://L1%00", "lead://L1\u{0}",
    "lead://%c0%ae%c0%ae%c0%af", "lead://%ff", "lead://L1/../L1", "lead://..\\L1", "lead://",
    "lead://%", "lead://%2", "lead://\(String(repeating: "a", count: 5000))", "LEAD:L1", "", "lead",
  ]

  @Test(arguments: uris) func `an address that leads elsewhere reads nothing`(
    _ uri: String
  ) async throws {
    try await GatewayHarness.run { gateway in
      let id = try await gateway.newLead(["email": "x@acme.example"])
      let uri = uri.replacing("L1", with: id)
      let socket = try await gateway.webSocket()
      let request = GatewayHarness.modern("resources/read", ["uri": .string(uri)])
      let answer = try #require(try await socket.ask(request))
      #expect(answer["error"]?["code"] == -32602, "\(answer)")
      let over = try await gateway.ask(request)
      #expect(try over.json["error"] != nil)
      let session = try await gateway.newSession()
      let legacy = try await gateway.tell(
        GatewayHarness.call("resources/read", ["uri": .string(uri)]), session: session)
      let code = try legacy.json["error"]?["code"]
      #expect(code == -32002 || code == -32602, "\(legacy)")
      await socket.close()
    }
  }

  static let paths = [
    "/api/v1/leads/..", "/api/v1/leads/../leads/L1", "/api/v1/leads/%2e%2e%2fL1",
    "/api/v1/leads/L1%00", "/api/v1/leads/%00", "/api/v1/leads/%c0%ae", "/api/v1/leads/%ff",
    "/api/v1/leads/L1%2f", "/api/v1/leads/L1/", "/api/v1/leads/..%5cL1", "/api/v1/leads/%",
    "/api/v1//leads/L1", "//api/v1/leads/L1", "/api/v1/leads/", "/api/../mcp", "/mcp/..",
    "/.well-known/../mcp", "/openapi.json/..", "/openapi.json/../api/v1/leads/L1", "/%6dcp",
    "/etc/passwd", "/api/v1/leads;L1", "/api/v1/leads/\(String(repeating: "a", count: 5000))",
  ]

  @Test(arguments: paths) func `a path that leads elsewhere finds nothing`(
    _ path: String
  ) async throws {
    try await GatewayHarness.run { gateway in
      let id = try await gateway.newLead(["email": "x@acme.example"])
      let path = path.replacing("L1", with: id)
      let answer = try await gateway.answer(to: GatewayHarness.head("GET \(path)", ["Accept: */*"]))
      #expect([400, 404].contains(GatewayHarness.status(answer)), "\(answer)")
      #expect(!answer.contains("acme") && !answer.contains("root:"))
      let stranger = try await gateway.answer(
        to: GatewayHarness.head("GET \(path)", ["Accept: */*"], as: nil))
      #expect([400, 401, 404].contains(GatewayHarness.status(stranger)), "\(stranger)")
    }
  }
}
