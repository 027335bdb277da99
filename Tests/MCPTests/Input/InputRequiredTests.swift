import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Results that ask for input and calls repeated with the answers.
@Suite(.timeLimit(.minutes(2))) struct InputRequiredTests {
  static let all = object(#"{"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{}}"#)

  static let ann: JSONValue = ["action": "accept", "content": ["name": "Ann"]]
  static let paris = json(
    #"{"role":"assistant","content":{"type":"text","text":"Paris"},"model":"m","stopReason":"endTurn"}"#
  )
  static let roots = json(#"{"roots":[{"uri":"file:///work","name":"work"}]}"#)

  struct Basic: Sendable, CustomTestStringConvertible {
    let method: String
    let target: JSONObject
    let key: String
    let asks: String
    let answer: JSONValue
    let says: String

    var testDescription: String { target.text }

    static func tool(
      _ name: String, _ key: String, _ asks: String, _ answer: JSONValue, _ says: String
    ) -> Basic {
      Basic(
        method: "tools/call", target: ["name": .string("test_input_required_result_" + name)],
        key: key, asks: asks, answer: answer, says: says)
    }
  }

  static let basics = [
    Basic.tool("elicitation", "user_name", "elicitation/create", ann, "Hello, Ann!"),
    Basic.tool("sampling", "capital_question", "sampling/createMessage", paris, "sampled Paris"),
    Basic.tool("list_roots", "client_roots", "roots/list", roots, "roots file:///work"),
    Basic.tool(
      "request_state", "confirm", "elicitation/create",
      ["action": "accept", "content": ["confirmed": true]], "state-ok"),
    Basic.tool("elicitation", "user_name", "elicitation/create", ["action": "decline"], "stranger"),
    Basic.tool("elicitation", "user_name", "elicitation/create", ["action": "cancel"], "stranger"),
    Basic(
      method: "prompts/get", target: ["name": "test_input_required_result_prompt"],
      key: "user_context", asks: "elicitation/create", answer: ann, says: "Ann"),
    Basic(
      method: "resources/read", target: ["uri": "test://asking"], key: "user_name",
      asks: "elicitation/create", answer: ann, says: "Ann"),
  ]

  @Test(arguments: Wire.allCases, basics)
  func `a question is asked and its answer used`(wire: Wire, basic: Basic) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      let asked = try await client.result(basic.method, basic.target)
      #expect(asked["resultType"] == "input_required")
      #expect(asked["inputRequests"]?.objectValue?.keys == [basic.key])
      #expect(asked["inputRequests"]?[basic.key]?["method"] == .string(basic.asks))
      #expect(asked["inputRequests"]?[basic.key]?["id"] == nil)
      let retry = basic.target.merging([
        "inputResponses": .object([basic.key: basic.answer]),
        "requestState": asked["requestState"] ?? .null,
      ])
      let done = try await client.result(basic.method, retry)
      #expect(done["resultType"] == "complete")
      #expect(done.text.contains(basic.says))
    }
  }

  /// A call of one of the scenario's tools.
  private static func call(
    _ client: Client, _ tool: String, _ responses: JSONValue? = nil, _ state: JSONValue? = nil,
    arguments: JSONObject = [:]
  ) async throws -> JSONObject {
    var params: JSONObject = [
      "name": .string("test_input_required_result_" + tool), "arguments": .object(arguments),
    ]
    params["inputResponses"] = responses
    params["requestState"] = state
    return try await client.result("tools/call", params)
  }

  @Test(arguments: Wire.allCases)
  func `several things are asked at once and only what is missing again`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      let asked = try await Self.call(client, "multiple_inputs")
      #expect(
        asked["inputRequests"]?.objectValue?.keys == ["user_name", "greeting", "client_roots"])
      let second = try await Self.call(
        client, "multiple_inputs", ["greeting": Self.paris, "user_name": Self.ann],
        asked["requestState"])
      #expect(second["inputRequests"]?.objectValue?.keys == ["client_roots"])
      let done = try await Self.call(
        client, "multiple_inputs", ["client_roots": Self.roots], second["requestState"])
      #expect(
        done.firstText == #"accepted {"name":"Ann"}; sampled Paris; roots file:///work"#)
    }
  }

  @Test(arguments: Wire.allCases)
  func `rounds follow each other and the state carries the answers`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      let first = try await Self.call(client, "multi_round")
      #expect(first["inputRequests"]?.objectValue?.keys == ["step1"])
      let second = try await Self.call(
        client, "multi_round", ["step1": Self.ann], first["requestState"])
      #expect(second["inputRequests"]?.objectValue?.keys == ["step2"])
      #expect(
        second["inputRequests"]?["step2"]?["params"]?["message"] == "Which colour, Ann?")
      #expect(second["requestState"] != first["requestState"])
      let blue: JSONValue = ["action": "accept", "content": ["colour": "blue"]]
      let done = try await Self.call(
        client, "multi_round", ["step2": blue], second["requestState"])
      #expect(done.firstText == "Ann likes blue")
    }
  }

  static let incomplete: [JSONValue?] = [
    nil, [:], ["other": ann], ["USER_NAME": ann], ["user_name ": ann],
  ]

  @Test(arguments: Wire.allCases, incomplete)
  func `a missing answer is asked for again`(wire: Wire, responses: JSONValue?) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      let asked = try await Self.call(client, "elicitation")
      let again = try await Self.call(client, "elicitation", responses, asked["requestState"])
      #expect(again["resultType"] == "input_required")
      #expect(again["inputRequests"] == asked["inputRequests"])
      let done = try await Self.call(
        client, "elicitation", ["user_name": Self.ann, "surplus": ["action": "cancel"]],
        again["requestState"])
      #expect(done.firstText == "Hello, Ann!")
    }
  }

  static let misfits: [(tool: String, answer: String)] =
    [
      ("elicitation", #"null"#), ("elicitation", #""Ann""#), ("elicitation", #"{}"#),
      ("elicitation", #"{"action":"maybe"}"#), ("elicitation", #"{"action":"accept"}"#),
      ("elicitation", #"{"action":"accept","content":"Ann"}"#),
      ("elicitation", #"{"action":"accept","content":{}}"#),
      ("elicitation", #"{"action":"accept","content":{"name":5}}"#),
      ("elicitation", #"{"action":"accept","content":{"name":"Ann","x":1}}"#),
      ("sampling", #"{}"#), ("sampling", #"{"role":"assistant","model":"m"}"#),
      ("sampling", #"{"role":"assistant","content":{"type":"text","text":"x"}}"#),
      ("list_roots", #"{}"#), ("list_roots", #"{"roots":{}}"#), ("list_roots", #"[]"#),
      ("list_roots", #"{"roots":[5]}"#), ("list_roots", #"{"roots":[{"name":"x"}]}"#),
    ] + wronglySampled.map { ("sampling", $0) }

  /// Answers of a model whose shape the protocol does not know.
  static let wronglySampled = [
    #"{"role":"assistant","model":"m","content":5}"#,
    #"{"role":"assistant","model":"m","content":"Paris"}"#,
    #"{"role":"assistant","model":"m","content":null}"#,
    #"{"role":"assistant","model":"m","content":[5]}"#,
    #"{"role":"assistant","model":"m","content":[]}"#,
    #"{"role":"assistant","model":"m","content":{}}"#,
    #"{"role":"assistant","model":"m","content":{"type":"text"}}"#,
    #"{"role":"assistant","model":"m","content":{"type":"text","text":5}}"#,
    #"{"role":"assistant","model":"m","content":[{"type":"text","text":"x"},{"type":"text"}]}"#,
    #"{"role":"assistant","model":"m","content":{"type":"image","data":"eA=="}}"#,
    #"{"role":"assistant","model":"m","content":{"type":"poem","text":"x"}}"#,
    #"{"role":"assistant","model":"m","content":{"type":"tool_use","id":"1","name":"n","input":{}}}"#,
    #"{"role":"system","model":"m","content":{"type":"text","text":"x"}}"#,
    #"{"role":"","model":"m","content":{"type":"text","text":"x"}}"#,
    #"{"role":5,"model":"m","content":{"type":"text","text":"x"}}"#,
    #"{"role":"assistant","model":5,"content":{"type":"text","text":"x"}}"#,
    #"{"role":"assistant","model":"m","stopReason":5,"content":{"type":"text","text":"x"}}"#,
  ]

  @Test(arguments: Wire.allCases, misfits)
  func `an answer of the wrong shape is never used`(
    wire: Wire, misfit: (tool: String, answer: String)
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      let asked = try await Self.call(client, misfit.tool)
      let key = asked["inputRequests"]?.objectValue?.keys.first ?? ""
      let error = try await client.error(
        ofFaulty: "tools/call",
        [
          "name": .string("test_input_required_result_" + misfit.tool), "arguments": [:],
          "inputResponses": .object([key: json(misfit.answer)]),
          "requestState": asked["requestState"] ?? .null,
        ])
      #expect(error.code == .invalidParams)
      #expect(error.message.contains("inputResponses/\(key)"))
    }
  }

  @Test(arguments: Wire.allCases, [#"null"#, #"[]"#, #""x""#, #"5"#])
  func `inputResponses must be an object`(wire: Wire, responses: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      let error = try await client.error(
        ofFaulty: "tools/call",
        [
          "name": "test_input_required_result_elicitation", "inputResponses": json(responses),
        ])
      #expect(error.code == .invalidParams)
    }
  }

  @Test(arguments: Wire.allCases)
  func `other methods do not care for answers`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      let listed = try await client.result(
        "tools/list", ["inputResponses": ["a": Self.ann], "requestState": "x"])
      #expect(listed["tools"] != nil)
    }
  }

  struct Need: Sendable, CustomTestStringConvertible {
    let tool: String
    let declared: String
    let required: String

    var testDescription: String { "\(tool) with \(declared)" }
  }

  static let needs = [
    Need(tool: "elicitation", declared: "{}", required: #"{"elicitation":{"form":{}}}"#),
    Need(
      tool: "elicitation", declared: #"{"elicitation":{"url":{}}}"#,
      required: #"{"elicitation":{"form":{}}}"#),
    Need(tool: "sampling", declared: #"{"roots":{}}"#, required: #"{"sampling":{}}"#),
    Need(tool: "list_roots", declared: #"{"sampling":{}}"#, required: #"{"roots":{}}"#),
    Need(
      tool: "multiple_inputs", declared: #"{"elicitation":{},"roots":{}}"#,
      required: #"{"sampling":{}}"#),
  ]

  @Test(arguments: Wire.allCases, needs)
  func `an undeclared capability is named`(wire: Wire, need: Need) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: object(need.declared))
      let error = try await client.error(
        "tools/call", ["name": .string("test_input_required_result_" + need.tool)])
      #expect(error.code == .missingClientCapability)
      #expect(error.data == ["requiredCapabilities": json(need.required)])
    }
  }

  static let declared: [(capabilities: String, asked: [String])] = [
    ("{}", []), (#"{"elicitation":{}}"#, ["user_name"]), (#"{"sampling":{}}"#, ["greeting"]),
    (#"{"elicitation":{"url":{}}}"#, []), (#"{"elicitation":{"form":{}}}"#, ["user_name"]),
    (#"{"roots":{},"sampling":{}}"#, ["greeting", "client_roots"]),
  ]

  @Test(arguments: Wire.allCases, declared)
  func `only what was declared is asked`(
    wire: Wire, declared: (capabilities: String, asked: [String])
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: object(declared.capabilities))
      let result = try await Self.call(client, "capabilities")
      #expect((result["inputRequests"]?.objectValue?.keys ?? []) == declared.asked)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a page for the user has no elicitation id`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      let asked = try await client.call("test_elicitation_url")
      let params = asked["inputRequests"]?["form"]?["params"]?.objectValue ?? [:]
      #expect(params["mode"] == "url")
      #expect(params["url"] == "https://example.com/sign-in")
      #expect(params["elicitationId"] == nil)
    }
  }

  @Test(arguments: Wire.allCases)
  func `an answer that nobody asked for is not used`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      // Given before the question was asked.
      let asked = try await Self.call(client, "elicitation", ["user_name": Self.ann])
      #expect(asked["resultType"] == "input_required")
      // The state of the first round has asked the first question only.
      let first = try await Self.call(client, "multi_round", ["step1": Self.ann])
      #expect(first["inputRequests"]?.objectValue?.keys == ["step1"])
      let blue: JSONValue = ["action": "accept", "content": ["colour": "blue"]]
      let second = try await Self.call(
        client, "multi_round", ["step1": Self.ann, "step2": blue], first["requestState"])
      #expect(second["inputRequests"]?.objectValue?.keys == ["step2"])
      let done = try await Self.call(
        client, "multi_round", ["step2": blue], second["requestState"])
      #expect(done.firstText == "Ann likes blue")
    }
  }

  static let rightlySampled: [(content: String, says: String)] = [
    (#"{"type":"text","text":"Paris"}"#, "sampled Paris"),
    (#"[{"type":"text","text":"Par"},{"type":"text","text":"is"}]"#, "sampled Par\nis"),
    (#"{"type":"image","data":"eA==","mimeType":"image/png"}"#, "sampled "),
  ]

  @Test(arguments: Wire.allCases, rightlySampled)
  func `every block that a model may send is taken`(
    wire: Wire, sampled: (content: String, says: String)
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.all)
      let asked = try await Self.call(client, "sampling")
      let answer: JSONValue = [
        "role": "assistant", "model": "m", "content": json(sampled.content),
      ]
      let done = try await Self.call(
        client, "sampling", ["capital_question": answer], asked["requestState"])
      #expect(done.firstText == sampled.says)
    }
  }
}
