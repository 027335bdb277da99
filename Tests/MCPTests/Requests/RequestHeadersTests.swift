import ConformanceFixture
import JSONRPC
import Testing

@testable import MCP

/// What HTTP headers say of a request must be what the request says of itself.
@Suite("Headers that repeat the message") struct RequestHeadersTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What is changed of the headers that fit; `nil` takes a header out.
    var changes: [String: [String]?] = [:]
    var method = "tools/call"
    var params: JSONObject = ["name": "mirror", "arguments": ["region": "eu", "count": 42]]
    /// What the error names; `nil` when there is none.
    var fault: String?

    init(
      _ name: String, _ changes: [String: [String]?] = [:], method: String = "tools/call",
      params: JSONObject? = nil, fault: String? = nil
    ) {
      testDescription = name
      self.changes = changes
      self.method = method
      if let params { self.params = params }
      self.fault = fault
    }
  }

  static let cases: [Case] = [
    Case("all fit"),
    Case("the version is missing", ["mcp-protocol-version": nil], fault: "MCP-Protocol-Version"),
    Case(
      "another version", ["mcp-protocol-version": ["2025-11-25"]], fault: "MCP-Protocol-Version"),
    Case(
      "a version twice", ["mcp-protocol-version": ["2026-07-28", "2026-07-28"]], fault: "2 times"),
    Case("the method is missing", ["mcp-method": nil], fault: "Mcp-Method is missing"),
    Case("another method", ["mcp-method": ["tools/list"]], fault: "Mcp-Method"),
    Case("a method in other case", ["mcp-method": ["Tools/Call"]], fault: "Mcp-Method"),
    Case("the name is missing", ["mcp-name": nil], fault: "Mcp-Name is missing"),
    Case("another name", ["mcp-name": ["mirrors"]], fault: "Mcp-Name"),
    Case("a name in other case", ["mcp-name": ["Mirror"]], fault: "Mcp-Name"),
    Case("a name in Base64", ["mcp-name": ["=?base64?bWlycm9y?="]]),
    Case("Base64 of another name", ["mcp-name": ["=?base64?bWlycm9ycw==?="]], fault: "Mcp-Name"),
    Case("Base64 without padding", ["mcp-name": ["=?base64?bWlycm9ycw?="]], fault: "canonical"),
    Case("Base64 with other bits", ["mcp-name": ["=?base64?bWlycm9ycx==?="]], fault: "canonical"),
    Case("no Base64", ["mcp-name": ["=?base64?mi*rr?="]], fault: "canonical"),
    Case("no UTF-8", ["mcp-name": ["=?base64?//8=?="]], fault: "canonical"),
    Case("half a mark is a value", ["mcp-name": ["=?base64?bWlycm9y"]], fault: "Mcp-Name"),
    Case("an argument is missing", ["mcp-param-region": nil], fault: "Mcp-Param-Region is missing"),
    Case("another argument", ["mcp-param-region": ["us"]], fault: "the argument differs"),
    Case("a number written otherwise", ["mcp-param-count": ["42.0"]]),
    Case("another number", ["mcp-param-count": ["43"]], fault: "the argument differs"),
    Case("no number", ["mcp-param-count": ["many"]], fault: "the argument differs"),
    Case(
      "a header without its argument", params: ["name": "mirror", "arguments": ["count": 42]],
      fault: "no such argument"),
    Case(
      "null is no argument", ["mcp-param-region": nil],
      params: ["name": "mirror", "arguments": ["region": nil, "count": 42]]),
    Case(
      "a deeper argument", ["mcp-param-deep": ["true"]],
      params: ["name": "mirror", "arguments": ["region": "eu", "count": 42, "in": ["flag": true]]]),
    Case(
      "a deeper argument that differs", ["mcp-param-deep": ["false"]],
      params: [
        "name": "mirror", "arguments": ["region": "eu", "count": 42, "in": ["flag": true]],
      ],
      fault: "Mcp-Param-Deep"),
    Case("an unknown parameter", ["mcp-param-else": ["x"]]),
    Case(
      "a resource is named by its address",
      ["mcp-method": ["resources/read"], "mcp-name": ["a://b"]],
      method: "resources/read", params: ["uri": "a://b"]),
    Case(
      "another address", ["mcp-method": ["resources/read"], "mcp-name": ["a://c"]],
      method: "resources/read", params: ["uri": "a://b"], fault: "Mcp-Name"),
    Case(
      "a task is named by its id", ["mcp-method": ["tasks/get"], "mcp-name": ["t1"]],
      method: "tasks/get", params: ["taskId": "t1"]),
    Case(
      "what has no name needs none", ["mcp-method": ["tools/list"], "mcp-name": nil],
      method: "tools/list", params: [:]),
  ]

  private static let schema: JSONObject = [
    "type": "object",
    "properties": [
      "region": ["type": "string", "x-mcp-header": "Region"],
      "count": ["type": "integer", "x-mcp-header": "Count"],
      "in": [
        "type": "object", "properties": ["flag": ["type": "boolean", "x-mcp-header": "Deep"]],
      ],
      "list": ["type": "array", "items": ["type": "string", "x-mcp-header": "Unreachable"]],
    ],
  ]

  @Test(arguments: cases)
  func check(_ entry: Case) throws {
    var fields: [String: [String]] = [
      "mcp-protocol-version": ["2026-07-28"], "mcp-method": ["tools/call"], "mcp-name": ["mirror"],
      "mcp-param-region": ["eu"], "mcp-param-count": ["42"],
    ]
    for (name, values) in entry.changes { fields[name] = values }
    var params = entry.params
    params["_meta"] = [MetaKey.protocolVersion: "2026-07-28"]
    let request = Request(id: .integer(1), method: entry.method, params: params)
    let tool = try RegisteredTool(
      ToolDefinition(name: "mirror", summary: "For tests", inputSchema: Self.schema)
    ) { _, _ in ToolResult(content: []) }
    let tools = try ToolCatalog([tool])
    var error: RPCError?
    do throws(RPCError) {
      try RequestHeaders(fields).check(
        request, tools: tools, principal: Principal(name: "a", scopes: []))
    } catch let caught {
      error = caught
    }
    if let fault = entry.fault {
      #expect(error?.code == .headerMismatch)
      #expect(error?.message.contains(fault) == true, "\(error?.message ?? "no error")")
    } else {
      #expect(error == nil)
    }
  }

  @Test(arguments: [("A B", "no token"), ("", "no token"), ("Ü", "no token")])
  func aHeaderThatIsNoneIsFoundAtRegistration(_ header: String, _ fault: String) {
    let error = #expect(throws: ContractError.self) {
      try RegisteredTool(
        ToolDefinition(
          name: "t", summary: "For tests",
          inputSchema: [
            "type": "object",
            "properties": ["a": ["type": "string", "x-mcp-header": .string(header)]],
          ])
      ) { _, _ in ToolResult(content: []) }
    }
    #expect(error?.message.contains(fault) == true)
  }

  @Test func twoArgumentsCannotShareAHeader() {
    let error = #expect(throws: ContractError.self) {
      try RegisteredTool(
        ToolDefinition(
          name: "t", summary: "For tests",
          inputSchema: [
            "type": "object",
            "properties": [
              "a": ["type": "string", "x-mcp-header": "Same"],
              "b": ["type": "string", "x-mcp-header": "same"],
            ],
          ])
      ) { _, _ in ToolResult(content: []) }
    }
    #expect(error?.message.contains("twice") == true)
  }
}
