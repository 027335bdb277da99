import JSONRPC
import MCP
import NIOHTTP1
import Testing

extension HTTPScenario {
  /// A request with these headers, past those that every request has, and what comes of it.
  private static func check(
    _ name: String, _ message: JSONValue, _ headers: [(String, String)], isAccepted: Bool = false
  ) -> HTTPScenario {
    HTTPScenario(name) { visitor in
      let answer = try await visitor.send(.POST, HTTPVisitor.basics + headers, message)
      #expect(answer.status == (isAccepted ? 200 : 400))
      #expect(answer.code == (isAccepted ? nil : -32020))
      #expect(answer.reply["id"] == message["id"])
    }
  }

  private static let version = ("MCP-Protocol-Version", "2026-07-28")
  private static let list = HTTPVisitor.modern("tools/list")

  /// `Mcp-Method` and `Mcp-Name` repeat what the message says.
  static let headerChecks: [HTTPScenario] =
    [
      ("Mcp-Method is missing", [version], false),
      ("Mcp-Method is another", [version, ("Mcp-Method", "prompts/list")], false),
      ("Mcp-Method is in another case", [version, ("Mcp-Method", "Tools/List")], false),
      ("Mcp-Method is empty", [version, ("Mcp-Method", "")], false),
      (
        "Mcp-Method is there twice",
        [version, ("Mcp-Method", "tools/list"), ("Mcp-Method", "tools/list")], false
      ),
      ("Mcp-Method is right", [version, ("Mcp-Method", "tools/list")], true),
      ("spaces around a value", [version, ("Mcp-Method", "  tools/list \t")], true),
      (
        "names in another case",
        [("mcp-protocol-version", "2026-07-28"), ("MCP-METHOD", "tools/list")], true
      ),
    ].map { check("http-header-validation: \($0.0)", list, $0.1, isAccepted: $0.2) } + nameChecks

  private static let named: [(message: JSONValue, name: String)] = [
    (HTTPVisitor.modern("tools/call", ["name": "test_simple_text"]), "test_simple_text"),
    (HTTPVisitor.modern("prompts/get", ["name": "test_simple_prompt"]), "test_simple_prompt"),
    (HTTPVisitor.modern("resources/read", ["uri": "test://static-text"]), "test://static-text"),
  ]

  private static let nameChecks: [HTTPScenario] = named.flatMap { message, name in
    let method = message["method"]?.stringValue ?? ""
    let first = [version, ("Mcp-Method", method)]
    let rows: [(String, [(String, String)], Bool)] = [
      ("is missing", [], false), ("is another", [("Mcp-Name", "other")], false),
      ("is in another case", [("Mcp-Name", name.uppercased())], false),
      ("is there twice", [("Mcp-Name", name), ("Mcp-Name", name)], false),
      ("is right", [("Mcp-Name", name)], true),
      ("has spaces around it", [("mcp-name", " \(name)  ")], true),
    ]
    return rows.map { part, headers, isAccepted in
      check(
        "http-header-validation: Mcp-Name of \(method) \(part)", message, first + headers,
        isAccepted: isAccepted)
    }
  }

  private static func region(_ value: JSONValue?) -> JSONValue {
    var arguments = JSONObject()
    arguments["region"] = value
    return HTTPVisitor.modern(
      "tools/call", ["name": "test_x_mcp_header", "arguments": .object(arguments)])
  }

  /// `Mcp-Param-Region` repeats an argument, in Base64 where it must.
  static let parameterChecks: [HTTPScenario] =
    ([
      ("plain", "us-west1", "us-west1", true),
      ("Base64", "Zürich", "=?base64?WsO8cmljaA==?=", true),
      ("Base64 of what needs none", "us", "=?base64?dXM=?=", true),
      ("padding is missing", "Zürich", "=?base64?WsO8cmljaA?=", false),
      ("bad characters", "Zürich", "=?base64?WsO8cmlj*A==?=", false),
      ("no UTF-8", "x", "=?base64?/w==?=", false),
      ("Base64 of another text", "Zürich", "=?base64?dXM=?=", false),
      ("literal without the markers", "WsO8cmljaA==", "WsO8cmljaA==", true),
      ("Base64 without the markers", "Zürich", "WsO8cmljaA==", false),
      ("another", "us", "eu", false), ("another case", "us", "US", false),
      ("missing", "us", nil, false), ("no argument", nil, "us", false),
    ] as [(String, String?, String?, Bool)]).map { part, argument, header, isAccepted in
      check(
        "http-custom-header-server-validation: \(part)",
        region(argument.map(JSONValue.string)),
        [version, ("Mcp-Method", "tools/call"), ("Mcp-Name", "test_x_mcp_header")]
          + (header.map { [("Mcp-Param-Region", $0)] } ?? []), isAccepted: isAccepted)
    }

  /// `Mcp-Name` repeats the task's name.
  static let taskHeaders: [HTTPScenario] = ["tasks/get", "tasks/update", "tasks/cancel"].map {
    method in
    HTTPScenario("tasks-request-headers: \(method)") { visitor in
      let able: JSONObject = ["extensions": [.init(MetaKey.tasksExtension): [:]]]
      let created = try await visitor.post(
        HTTPVisitor.modern(
          "tools/call",
          ["name": "slow_compute", "arguments": ["seconds": 0, "label": "x"]], capabilities: able))
      #expect(created.reply["result"]?["resultType"] == "task")
      let task = try #require(created.reply["result"]?["taskId"]?.stringValue)
      let params: JSONObject =
        method == "tasks/update"
        ? ["taskId": .string(task), "inputResponses": [:]] : ["taskId": .string(task)]
      let message = HTTPVisitor.modern(method, params, capabilities: able, id: 2)
      let first = HTTPVisitor.basics + [version, ("Mcp-Method", method)]
      for wrong in [[], [("Mcp-Name", "other")], [("Mcp-Name", task.uppercased())]] {
        let answer = try await visitor.send(.POST, first + wrong, message)
        #expect(answer.status == 400)
        #expect(answer.code == -32020)
      }
      let answer = try await visitor.send(.POST, first + [("Mcp-Name", task)], message)
      #expect(answer.status == 200)
      #expect(answer.reply["result"]?["resultType"] == "complete")
    }
  }
}
