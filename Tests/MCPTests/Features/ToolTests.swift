import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Calls of tools.
@Suite(.timeLimit(.minutes(2))) struct ToolTests {
  static let versions: [ProtocolVersion] = [.v2025November, .latest]

  struct Content: Sendable, CustomTestStringConvertible {
    let tool: String
    let content: String

    var testDescription: String { tool }
  }

  static let contents = [
    Content(
      tool: "test_simple_text",
      content: #"[{"type":"text","text":"This is a simple text response for testing."}]"#),
    Content(
      tool: "test_image_content",
      content: #"[{"type":"image","data":"\#(FixtureTools.png)","mimeType":"image/png"}]"#),
    Content(
      tool: "test_audio_content",
      content: #"[{"type":"audio","data":"\#(FixtureTools.wav)","mimeType":"audio/wav"}]"#),
    Content(
      tool: "test_embedded_resource",
      content: """
        [{"type":"resource","resource":{"uri":"test://embedded-resource","mimeType":"text/plain",
        "text":"Embedded."}}]
        """),
    Content(
      tool: "test_multiple_content_types",
      content: #"""
        [{"type":"text","text":"Multiple content types:"},
        {"type":"image","data":"\#(FixtureTools.png)","mimeType":"image/png"},
        {"type":"resource","resource":{"uri":"test://mixed-content-resource",
        "mimeType":"application/json","text":"{\"test\":\"data\"}"}}]
        """#),
  ]

  @Test(arguments: contents, versions)
  func `content comes as it is, in its order`(
    content: Content, version: ProtocolVersion
  ) async throws {
    for wire in Wire.allCases {
      try await serving(FixtureServer(), over: wire) { peer in
        let client = try await peer.open(version)
        let result = try await client.call(content.tool)
        #expect(result["content"]?.text == json(content.content).text)
        #expect(result["isError"] == nil)
      }
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `a failure is a result`(wire: Wire, version: ProtocolVersion) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      let result = try await client.call("test_error_handling")
      #expect(result["isError"] == true)
      #expect(result.firstText == "This tool intentionally returns an error for testing")
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `an unknown tool is an error`(wire: Wire, version: ProtocolVersion) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      let long = String(repeating: "n", count: 5000)
      for name in ["no_such", "", "TEST_SIMPLE_TEXT", "test_simple_text ", long] {
        let error = try await client.error("tools/call", ["name": .string(name)])
        #expect(error.code == .invalidParams)
        #expect(error.message.count < 200)
      }
    }
  }

  static let misshapen = [
    #"{}"#, #"{"name":5}"#, #"{"name":null}"#, #"{"name":"test_simple_text","arguments":[]}"#,
    #"{"name":"test_simple_text","arguments":"x"}"#,
    #"{"name":"test_simple_text","arguments":null}"#,
  ]

  @Test(arguments: misshapen, versions)
  func `parameters of the wrong shape are an error`(
    params: String, version: ProtocolVersion
  ) async throws {
    for wire in Wire.allCases {
      try await serving(FixtureServer(), over: wire) { peer in
        let client = try await peer.open(version)
        let error = try await client.error(ofFaulty: "tools/call", object(params))
        #expect(error.code == .invalidParams)
      }
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `arguments that break the schema are a result naming all`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    let schema = object(
      """
      {"type":"object","properties":{"email":{"type":"string","format":"email"},
       "age":{"type":"integer","minimum":18},"kind":{"enum":["a","b"]}},
       "required":["email","name"],"additionalProperties":false}
      """)
    let tool = try RegisteredTool.test("strict", input: schema) {
      (_: JSONObject, _: RequestContext) in .text("called")
    }
    try await serving(FixtureServer(only: tool), over: wire) { peer in
      let client = try await peer.open(version)
      let wrong = object(#"{"email":"nobody","age":17.5,"kind":"c","surplus":1}"#)
      let result = try await client.call("strict", wrong)
      #expect(result["isError"] == true)
      let text = result.firstText ?? ""
      for part in ["/email", "/age", "/kind", "surplus", "name"] {
        #expect(text.contains(part), "\(part)")
      }
      let right = object(#"{"email":"a@example.com","name":1,"age":18}"#)
      let refused = try await client.call("strict", right)
      #expect(refused["isError"] == true, "'name' has no schema and is not allowed")
    }
  }

  @Test(arguments: Wire.allCases)
  func `missing arguments are empty ones`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let result = try await client.result("tools/call", ["name": "test_simple_text"])
      #expect(result["isError"] == nil)
      let strict = try await client.result("tools/call", ["name": "greet"])
      #expect(strict["isError"] == true)
    }
  }

  @Test(arguments: Wire.allCases, ProtocolVersion.allCases)
  func `schemas reach the client as they are written`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      let tools = try await client.result("tools/list")["tools"]?.arrayValue ?? []
      let listed = try #require(tools.first { $0["name"] == "json_schema_2020_12_tool" })
      #expect(listed["inputSchema"]?.text == FixtureTools.schema2020.text)
      for tool in tools {
        let name = tool["name"]?.stringValue ?? ""
        #expect((1...64).contains(name.utf8.count))
        #expect(name.utf8.allSatisfy { $0 != UInt8(ascii: "/") })
        #expect(tool["description"]?.stringValue?.isEmpty == false)
        #expect(tool["inputSchema"]?["type"] == "object")
      }
      let again = try await client.result("tools/list")["tools"]?.arrayValue ?? []
      #expect(again == tools)
      let first = tools.first?["name"]?.stringValue ?? ""
      #expect(try await client.call(first)["content"] != nil, "answers a call without arguments")
    }
  }

  struct Sum: Tool {
    struct Arguments: Decodable, Sendable {
      let numbers: [Int]
    }
    struct Output: Encodable, Sendable {
      let sum: Int
      let note: String?
    }

    let definition = ToolDefinition(
      name: "sum", summary: "Adds", inputSchema: ["type": "object"],
      outputSchema: ["type": "object", "properties": ["sum": ["type": "integer"]]])

    func call(
      _ arguments: Arguments, in context: RequestContext
    ) async throws(CallInterruption) -> Output {
      let (sum, overflow) = arguments.numbers.reduce((0, false)) {
        let (sum, overflow) = $0.0.addingReportingOverflow($1)
        return (sum, $0.1 || overflow)
      }
      if overflow { throw .toolError("The sum does not fit in 64 bits") }
      return Output(sum: sum, note: nil)
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `a typed tool takes and gives values`(wire: Wire, version: ProtocolVersion) async throws {
    try await serving(FixtureServer(only: RegisteredTool(Sum())), over: wire) { peer in
      let client = try await peer.open(version)
      let result = try await client.call("sum", ["numbers": [1, 2, 39]])
      #expect(result["structuredContent"] == ["sum": 42])
      #expect(result.firstText == #"{"sum":42}"#)
      let faults: [(JSONObject, String)] = [
        ([:], "numbers"), (["numbers": 5], "/numbers"), (["numbers": [1, "x"]], "/numbers/1"),
        (["numbers": [9_223_372_036_854_775_807, 1]], "64 bits"),
      ]
      for (arguments, says) in faults {
        let fault = try await client.call("sum", arguments)
        #expect(fault["isError"] == true)
        #expect(fault.firstText?.contains(says) == true)
        #expect(fault["structuredContent"] == nil)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `a result that is too big becomes advice`(wire: Wire) async throws {
    var limits = FixtureServer.limits
    limits.pageBytes = 10_000
    let tool = try RegisteredTool.test("big") { (arguments: JSONObject, _: RequestContext) in
      .text(String(repeating: "x", count: Int(arguments["size"]?.integerValue ?? 0)))
    }
    try await serving(FixtureServer(only: tool, limits: limits), over: wire) { peer in
      let client = try await peer.open(.latest)
      #expect(try await client.call("big", ["size": 9000])["isError"] == nil)
      let big = try await client.call("big", ["size": 10_001])
      #expect(big["isError"] == true)
      #expect(big.firstText?.contains("limit") == true)
    }
  }

  static let names: [(name: String, isAllowed: Bool)] = [
    ("a", true), ("A_b.c-9", true), (String(repeating: "x", count: 64), true),
    (String(repeating: "x", count: 65), false), ("", false), ("a/b", false), ("a b", false),
    ("ä", false), ("a\n", false),
  ]

  @Test(arguments: names)
  func `names keep to the common alphabet`(name: (name: String, isAllowed: Bool)) throws {
    let tool = try RegisteredTool.test(name.name) { (_, _) in .text("") }
    if name.isAllowed {
      #expect(try ToolCatalog([tool]).tools.count == 1)
      #expect(throws: ContractError.self) { try ToolCatalog([tool, tool]) }
    } else {
      #expect(throws: ContractError.self) { try ToolCatalog([tool]) }
    }
  }

  @Test func `a broken schema is found when the tool is registered`() {
    #expect(throws: ContractError.self) {
      try RegisteredTool.test("broken", input: ["type": "object", "properties": 5]) { (_, _) in
        .text("")
      }
    }
  }
}
