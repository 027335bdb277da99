import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Prompts and the completion of arguments.
@Suite(.timeLimit(.minutes(2))) struct PromptTests {
  static let versions: [ProtocolVersion] = [.v2024November, .v2025November, .latest]

  static let prompts: [(params: String, messages: String)] = [
    (
      #"{"name":"test_simple_prompt"}"#,
      #"[{"role":"user","content":{"type":"text","text":"This is a simple prompt for testing."}}]"#
    ),
    (
      #"{"name":"test_prompt_with_arguments","arguments":{"arg1":"a","arg2":"b","surplus":"c"}}"#,
      #"[{"role":"user","content":{"type":"text","#
        + #""text":"Prompt with arguments: arg1='a', arg2='b'"}}]"#
    ),
    (
      #"{"name":"test_prompt_with_embedded_resource","arguments":{"resourceUri":"test://x"}}"#,
      #"[{"role":"user","content":{"type":"resource","resource":{"uri":"test://x","#
        + #""mimeType":"text/plain","text":"Embedded."}}},"#
        + #"{"role":"assistant","content":{"type":"text","text":"I see it."}}]"#
    ),
    (
      #"{"name":"test_prompt_with_image"}"#,
      #"[{"role":"user","content":{"type":"image","data":"\#(FixtureTools.png)","#
        + #""mimeType":"image/png"}}]"#
    ),
  ]

  @Test(arguments: prompts, versions)
  func `a prompt is filled in`(
    prompt: (params: String, messages: String), version: ProtocolVersion
  ) async throws {
    for wire in Wire.allCases {
      try await serving(FixtureServer(), over: wire) { peer in
        let client = try await peer.open(version)
        let result = try await client.result("prompts/get", object(prompt.params))
        #expect(result["messages"]?.text == prompt.messages)
      }
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `the list tells the arguments`(wire: Wire, version: ProtocolVersion) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      let listed = try await client.result("prompts/list")["prompts"]?.arrayValue ?? []
      let prompt = try #require(listed.first { $0["name"] == "test_prompt_with_arguments" })
      #expect(prompt["arguments"]?.arrayValue?.map { $0["name"] } == ["arg1", "arg2"])
      #expect(prompt["arguments"]?[0]?["required"] == true)
    }
  }

  static let refused: [(params: String, says: String, isFaulty: Bool)] = [
    (#"{"name":"no_such"}"#, "Unknown prompt", false), (#"{}"#, "'name'", true),
    (#"{"name":5}"#, "'name'", true), (#"{"name":"test_prompt_with_arguments"}"#, "'arg1'", false),
    (#"{"name":"test_prompt_with_arguments","arguments":{"arg1":"a"}}"#, "'arg2'", false),
    (
      #"{"name":"test_prompt_with_arguments","arguments":{"arg1":"a","arg2":5}}"#, "'arg2'", true
    ), (#"{"name":"test_prompt_with_arguments","arguments":["a"]}"#, "arguments", true),
  ]

  @Test(arguments: refused, versions)
  func `what is unknown, missing or no text is refused`(
    refused: (params: String, says: String, isFaulty: Bool), version: ProtocolVersion
  ) async throws {
    for wire in Wire.allCases {
      try await serving(FixtureServer(), over: wire) { peer in
        let client = try await peer.open(version)
        let error =
          refused.isFaulty
          ? try await client.error(ofFaulty: "prompts/get", object(refused.params))
          : try await client.error("prompts/get", object(refused.params))
        #expect(error.code == .invalidParams)
        #expect(error.message.contains(refused.says))
      }
    }
  }

  private static func prompt(
    _ value: String, argument: String = "arg1", name: String = "test_prompt_with_arguments"
  ) -> JSONObject {
    [
      "ref": ["type": "ref/prompt", "name": .string(name)],
      "argument": ["name": .string(argument), "value": .string(value)],
    ]
  }

  private static func template(
    _ value: String, argument: String = "id", uri: String = "test://template/{id}/data"
  ) -> JSONObject {
    [
      "ref": ["type": "ref/resource", "uri": .string(uri)],
      "argument": ["name": .string(argument), "value": .string(value)],
    ]
  }

  static let completions:
    [(params: JSONObject, count: Int, total: JSONValue?, hasMore: JSONValue)] = [
      (prompt(""), 100, 150, true), (prompt("value"), 100, 150, true),
      (prompt("VALUE15"), 2, 2, false), (prompt("nothing"), 0, 0, false),
      (prompt("x", argument: "arg2"), 0, nil, false), (template("25"), 2, 2, false),
      (template(""), 100, 250, true), (template("1"), 100, 111, true),
    ]

  @Test(arguments: completions, versions)
  func `values are proposed, at most a hundred`(
    expected: (params: JSONObject, count: Int, total: JSONValue?, hasMore: JSONValue),
    version: ProtocolVersion
  ) async throws {
    for wire in Wire.allCases {
      try await serving(FixtureServer(), over: wire) { peer in
        let client = try await peer.open(version)
        let result = try await client.result("completion/complete", expected.params)
        #expect(result["completion"]?["values"]?.arrayValue?.count == expected.count)
        #expect(result["completion"]?["total"] == expected.total)
        #expect(result["completion"]?["hasMore"] == expected.hasMore)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `arguments that are filled in already count`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      let params = Self.prompt("value7").merging(["context": ["arguments": ["arg2": "b"]]])
      let result = try await client.result("completion/complete", params)
      #expect(result["completion"]?["values"]?[0] == "value7-b")
    }
  }

  static let faulty: [(params: JSONObject, says: String, isFaulty: Bool)] = [
    (prompt("", name: "no_such"), "Unknown prompt", false),
    (prompt("", argument: "arg3"), "arg1, arg2", false),
    (template("", uri: "test://none/{id}"), "template", false),
    (template("", uri: "test://static-text"), "template", false),
    (template("", argument: "name"), "id", false), ([:], "'argument'", true),
    (["argument": ["name": "a", "value": "b"]], "'ref'", true),
    (["argument": ["name": "a", "value": "b"], "ref": ["type": "ref/other"]], "ref.type", true),
    (["argument": ["name": "a"], "ref": ["type": "ref/prompt", "name": "x"]], "'value'", true),
    (["argument": ["name": "a", "value": 5], "ref": ["type": "ref/prompt"]], "'value'", true),
    (["argument": [], "ref": [:]], "'argument'", true),
    (
      ["argument": ["name": "a", "value": "b"], "ref": ["type": "ref/prompt", "name": 1]],
      "'name'", true
    ),
  ]

  @Test(arguments: faulty, versions)
  func `an unknown place is refused`(
    faulty: (params: JSONObject, says: String, isFaulty: Bool), version: ProtocolVersion
  ) async throws {
    for wire in Wire.allCases {
      try await serving(FixtureServer(), over: wire) { peer in
        let client = try await peer.open(version)
        let error =
          faulty.isFaulty
          ? try await client.error(ofFaulty: "completion/complete", faulty.params)
          : try await client.error("completion/complete", faulty.params)
        #expect(error.code == .invalidParams)
        #expect(error.message.contains(faulty.says))
      }
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `messages that are too long become advice`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    var limits = FixtureServer.limits
    limits.pageBytes = 10_000
    let big = RegisteredPrompt(
      PromptDefinition(
        name: "big", summary: "Long", arguments: [.init(name: "size", isRequired: true)])
    ) { (arguments: [String: String], _: RequestContext) throws(CallInterruption) in
      let size = arguments["size"].flatMap { Int($0) } ?? 0
      return PromptResult(
        summary: nil,
        messages: [PromptMessage(role: .user, content: .text(String(repeating: "x", count: size)))])
    }
    try await serving(FixtureServer(prompts: [big], limits: limits), over: wire) { peer in
      let client = try await peer.open(version)
      let params: (String) -> JSONObject = { ["name": "big", "arguments": ["size": .string($0)]] }
      #expect(try await client.result("prompts/get", params("9000"))["messages"] != nil)
      let error = try await client.error("prompts/get", params("10001"))
      #expect(error.code == .internalError)
      #expect(error.message.contains("big") && error.message.contains("10000"))
    }
  }
}
