import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// The server's own requests to clients of the legacy era, by the same tools.
@Suite(.timeLimit(.minutes(2))) struct ClientRequestTests {
  private static let all = InputRequiredTests.all

  @Test(arguments: Wire.allCases, ProtocolVersion.allCases.filter { $0.era == .legacy })
  func `the host's model is asked`(wire: Wire, version: ProtocolVersion) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version, capabilities: ["sampling": [:]])
      let id = client.start("test_sampling", ["prompt": "Hi"])
      let asked = try await peer.next("sampling/createMessage")
      #expect(asked["params"]?["maxTokens"] == 100)
      #expect(asked["params"]?["messages"]?[0]?["content"]?["text"] == "Hi")
      client.answer(asked, InputRequiredTests.paris.objectValue ?? [:])
      #expect(try await client.result(of: id).firstText == "LLM response: Paris")
    }
  }

  static let forms: [(version: ProtocolVersion, mode: JSONValue?)] = [
    (.v2025June, nil), (.v2025November, "form"),
  ]
  static let replies: [(answer: String, says: String)] = [
    (
      #"{"action":"accept","content":{"username":"ann","email":"a@b.c"}}"#,
      #"accepted {"username":"ann","email":"a@b.c"}"#
    ), (#"{"action":"decline"}"#, "declined"), (#"{"action":"cancel"}"#, "cancelled"),
  ]

  @Test(arguments: forms, replies)
  func `the user is asked`(
    form: (version: ProtocolVersion, mode: JSONValue?), reply: (answer: String, says: String)
  ) async throws {
    for wire in Wire.allCases {
      try await serving(FixtureServer(), over: wire) { peer in
        let client = try await peer.open(form.version, capabilities: ["elicitation": [:]])
        let id = client.start("test_elicitation", ["message": "Who?"])
        let asked = try await peer.next("elicitation/create")
        #expect(asked["params"]?["message"] == "Who?")
        #expect(asked["params"]?["mode"] == form.mode)
        client.answer(asked, object(reply.answer))
        #expect(try await client.result(of: id).firstText == reply.says)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `forms keep their defaults and choices`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let forms = [
        ("test_elicitation_sep1034_defaults", FixtureTools.defaultsForm),
        ("test_elicitation_sep1330_enums", FixtureTools.enumsForm),
      ]
      for (tool, form) in forms {
        let id = client.start(tool)
        let asked = try await peer.next("elicitation/create")
        #expect(asked["params"]?["requestedSchema"]?.text == form.text)
        client.answer(asked, ["action": "decline"])
        #expect(try await client.result(of: id).firstText == "declined")
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `a page has an elicitation id in the one revision that knows it`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let id = client.start("test_elicitation_url")
      let asked = try await peer.next("elicitation/create")
      #expect(asked["params"]?["mode"] == "url")
      #expect(asked["params"]?["elicitationId"]?.stringValue?.isEmpty == false)
      client.answer(asked, ["action": "accept"])
      #expect(try await client.result(of: id).firstText == "accepted {}")
    }
  }

  @Test(arguments: Wire.allCases)
  func `the root folders are asked for`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2024November, capabilities: ["roots": [:]])
      let id = client.start("test_input_required_result_list_roots")
      client.answer(
        try await peer.next("roots/list"), InputRequiredTests.roots.objectValue ?? [:])
      #expect(try await client.result(of: id).firstText == "roots file:///work")
    }
  }

  static let impossible: [(version: ProtocolVersion, declared: String, tool: String)] = [
    (.v2025November, "{}", "test_missing_capability"),
    (.v2025November, "{}", "test_streaming_elicitation"),
    (.v2025March, #"{"elicitation":{}}"#, "test_streaming_elicitation"),
    (.v2025June, #"{"elicitation":{"url":{}}}"#, "test_elicitation_url"),
    (.v2025November, #"{"elicitation":{}}"#, "test_elicitation_url"),
    (.v2025November, #"{"elicitation":{"url":{}}}"#, "test_streaming_elicitation"),
    (.v2025November, #"{"sampling":{}}"#, "test_input_required_result_list_roots"),
  ]

  @Test(arguments: Wire.allCases, impossible)
  func `what the client cannot do is not asked`(
    wire: Wire, impossible: (version: ProtocolVersion, declared: String, tool: String)
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(
        impossible.version, capabilities: object(impossible.declared))
      let error = try await client.error("tools/call", ["name": .string(impossible.tool)])
      #expect(error.code == .missingClientCapability)
      #expect(error.data?["requiredCapabilities"]?.objectValue != nil)
      #expect(peer.all.allSatisfy { $0["method"] == nil })
    }
  }

  static let unfit: [(method: String, answer: String)] = [
    ("result", #"{}"#), ("result", #"{"action":"accept"}"#),
    ("result", #"{"action":"accept","content":{"name":5}}"#), ("result", #"{"action":5}"#),
    ("error", #"{"code":-1,"message":"User rejected sampling request"}"#),
    ("error", #"{"code":-32601,"message":"Method not found"}"#),
  ]

  @Test(arguments: Wire.allCases, unfit)
  func `an error or a misfit becomes the tool's error`(
    wire: Wire, unfit: (method: String, answer: String)
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let id = client.start("test_streaming_elicitation")
      let asked = try await peer.next("elicitation/create")
      let answer: JSONObject = [
        "jsonrpc": "2.0", "id": asked["id"] ?? .null, unfit.method: json(unfit.answer),
      ]
      peer.send(raw: answer.text)
      let result = try await client.result(of: id)
      #expect(result["isError"] == true)
      #expect(result.firstText?.contains("elicitation/create") == true)
    }
  }

  @Test(arguments: Wire.allCases)
  func `questions asked together may be answered in any order`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let id = client.start("test_input_required_result_multiple_inputs")
      let form = try await peer.next("elicitation/create")
      let model = try await peer.next("sampling/createMessage")
      let roots = try await peer.next("roots/list")
      client.answer(roots, InputRequiredTests.roots.objectValue ?? [:])
      client.answer(model, InputRequiredTests.paris.objectValue ?? [:])
      client.answer(form, InputRequiredTests.ann.objectValue ?? [:])
      #expect(
        try await client.result(of: id).firstText
          == #"accepted {"name":"Ann"}; sampled Paris; roots file:///work"#)
      #expect(Set([form, model, roots].map { $0["id"] }).count == 3)
    }
  }

  @Test(arguments: Wire.allCases)
  func `when one fails the others are withdrawn`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let id = client.start("test_input_required_result_multiple_inputs")
      let form = try await peer.next("elicitation/create")
      let model = try await peer.next("sampling/createMessage")
      let roots = try await peer.next("roots/list")
      client.answer(model, InputRequiredTests.paris.objectValue ?? [:])
      peer.send(
        ["jsonrpc": "2.0", "id": form["id"] ?? .null, "error": ["code": -1, "message": "no"]])
      #expect(try await client.result(of: id)["isError"] == true)
      try await client.settle()
      let withdrawn = peer.messages("notifications/cancelled").map { $0["params"]?["requestId"] }
      #expect(withdrawn == [roots["id"]])
    }
  }

  @Test(arguments: Wire.allCases)
  func `a cancelled call withdraws its questions and stays silent`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let id = client.start("test_input_required_result_multiple_inputs")
      var asked: Set<JSONValue?> = []
      for method in ["elicitation/create", "sampling/createMessage", "roots/list"] {
        asked.insert(try await peer.next(method)["id"])
      }
      client.cancel(id)
      var withdrawn: Set<JSONValue?> = []
      for _ in 0..<3 {
        withdrawn.insert(try await peer.next("notifications/cancelled")["params"]?["requestId"])
      }
      #expect(withdrawn == asked)
      try await client.settle()
      #expect(peer.messages(about: id).filter { $0["method"] == nil && $0["id"] == id }.isEmpty)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a client that goes away leaves no call hanging`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let id = client.start("test_streaming_elicitation")
      _ = try await peer.next("elicitation/create")
      await peer.endInput()
      #expect(try await client.result(of: id)["isError"] == true)
    }
  }

  @Test(arguments: Wire.allCases)
  func `patience ends and a late answer is dropped`(wire: Wire) async throws {
    var limits = FixtureServer.limits
    limits.inputPatience = .milliseconds(1)
    try await serving(FixtureServer(limits: limits), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let id = client.start("test_streaming_elicitation")
      let asked = try await peer.next("elicitation/create")
      let withdrawn = try await peer.next("notifications/cancelled")
      #expect(withdrawn["params"]?["requestId"] == asked["id"])
      #expect(try await client.result(of: id)["isError"] == true)
      client.answer(asked, ["action": "decline"])
      try await client.settle()
    }
  }

  @Test(arguments: Wire.allCases)
  func `an answer under another id is dropped`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let id = client.start("test_streaming_elicitation")
      let asked = try await peer.next("elicitation/create")
      let wrong: JSONObject = [
        "jsonrpc": "2.0", "id": .string(asked["id"]?.text ?? ""), "result": ["action": "cancel"],
      ]
      peer.send(raw: wrong.text)
      try await client.settle()
      client.answer(asked, ["action": "decline"])
      #expect(try await client.result(of: id).firstText == "declined")
    }
  }

  @Test(arguments: Wire.allCases, InputRequiredTests.wronglySampled)
  func `a model's answer of the wrong shape becomes the tool's error`(
    wire: Wire, answer: String
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: Self.all)
      let id = client.start("test_input_required_result_sampling")
      let asked = try await peer.next("sampling/createMessage")
      let response: JSONObject = [
        "jsonrpc": "2.0", "id": asked["id"] ?? .null, "result": json(answer),
      ]
      peer.send(raw: response.text)
      let result = try await client.result(of: id)
      #expect(result["isError"] == true)
      #expect(result.firstText?.contains("does not fit") == true)
    }
  }

  @Test(arguments: Wire.allCases)
  func `nothing is asked before the handshake is finished`(wire: Wire) async throws {
    var limits = FixtureServer.limits
    limits.readyPatience = testPatience
    try await serving(FixtureServer(limits: limits), over: wire) { peer in
      let client = Client(peer: peer, version: .v2025November, capabilities: Self.all)
      peer.send(Client.initialize("2025-11-25", capabilities: Self.all))
      _ = try await client.result(of: 1)
      let id = client.start("test_streaming_elicitation")
      for _ in 0..<5 { try await client.settle() }
      #expect(peer.messages("elicitation/create").isEmpty)
      client.notify("notifications/initialized")
      client.answer(try await peer.next("elicitation/create"), ["action": "decline"])
      #expect(try await client.result(of: id).firstText == "declined")
    }
  }

  @Test(arguments: Wire.allCases)
  func `a handshake that is never finished leaves no call hanging`(wire: Wire) async throws {
    var limits = FixtureServer.limits
    limits.readyPatience = .milliseconds(1)
    try await serving(FixtureServer(limits: limits), over: wire) { peer in
      let client = Client(peer: peer, version: .v2025November, capabilities: Self.all)
      peer.send(Client.initialize("2025-11-25", capabilities: Self.all))
      _ = try await client.result(of: 1)
      let result = try await client.result(of: client.start("test_streaming_elicitation"))
      #expect(result["isError"] == true)
      #expect(result.firstText?.contains("notifications/initialized") == true)
      #expect(peer.messages("elicitation/create").isEmpty)
    }
  }

  @Test(arguments: Wire.allCases)
  func `who waits for the handshake can be cancelled, and ends with the session`(
    wire: Wire
  ) async throws {
    var limits = FixtureServer.limits
    limits.readyPatience = .seconds(3600)
    limits.drain = testPatience
    try await serving(FixtureServer(limits: limits), over: wire) { peer in
      let client = Client(peer: peer, version: .v2025November, capabilities: Self.all)
      peer.send(Client.initialize("2025-11-25", capabilities: Self.all))
      _ = try await client.result(of: 1)
      let first = client.start("test_streaming_elicitation")
      let second = client.start("test_streaming_elicitation")
      client.cancel(first)
      try await client.settle()
      await peer.endInput()
      #expect(try await client.result(of: second)["isError"] == true)
      #expect(peer.messages(about: first).isEmpty)
    }
  }
}
