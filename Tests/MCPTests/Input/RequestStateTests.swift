import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// What a client may do with the state it holds between two rounds.
@Suite(.timeLimit(.minutes(2))) struct RequestStateTests {
  private static let capabilities: JSONObject = ["elicitation": [:]]
  private static let name: JSONValue = "test_elicitation"

  private static func start(
    _ client: Client, _ arguments: JSONObject = ["message": "m"]
  ) async throws -> JSONValue {
    let asked = try await client.call("test_elicitation", arguments)
    return asked["requestState"] ?? .null
  }

  private static func params(
    _ state: JSONValue, _ arguments: JSONObject = ["message": "m"], tool: JSONValue = name
  ) -> JSONObject {
    [
      "name": tool, "arguments": .object(arguments), "requestState": state,
      "inputResponses": ["form": ["action": "decline"]],
    ]
  }

  private static func isRefused(_ error: RPCError) -> Bool {
    error.code == .invalidParams && error.data == ["reason": "invalid_request_state"]
  }

  @Test(arguments: Wire.allCases)
  func `every change is refused`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.capabilities)
      let state = try await Self.start(client).stringValue ?? ""
      var forged = [
        state + "-TAMPERED", state.uppercased(), String(state.dropLast()),
        String(state.dropFirst()), "", "x", " " + state, state + state,
      ]
      for place in stride(from: 0, to: state.count, by: 17) {
        let at = state.index(state.startIndex, offsetBy: place)
        var other = state
        other.replaceSubrange(at...at, with: state[at] == "0" ? "1" : "0")
        forged.append(other)
      }
      for text in forged {
        let error = try await client.error("tools/call", Self.params(.string(text)))
        #expect(Self.isRefused(error), "\(text)")
      }
      let done = try await client.result("tools/call", Self.params(.string(state)))
      #expect(done.firstText == "declined")
    }
  }

  @Test(arguments: Wire.allCases, [#"null"#, #"5"#, #"{}"#, #"["x"]"#])
  func `a state must be a string`(wire: Wire, state: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.capabilities)
      let error = try await client.error(ofFaulty: "tools/call", Self.params(json(state)))
      #expect(error.code == .invalidParams)
    }
  }

  @Test(arguments: Wire.allCases)
  func `it belongs to one call`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.capabilities)
      let state = try await Self.start(client)
      let others = [
        Self.params(state, ["message": "n"]), Self.params(state, ["message": "m", "x": 1]),
        Self.params(state, [:]), Self.params(state, tool: "test_streaming_elicitation"),
        Self.params(state).merging(["surplus": 1]),
      ]
      for params in others {
        #expect(Self.isRefused(try await client.error("tools/call", params)), "\(params.text)")
      }
      let elsewhere = try await client.error(
        "prompts/get", ["name": "test_input_required_result_prompt", "requestState": state])
      #expect(Self.isRefused(elsewhere))
    }
  }

  @Test(arguments: Wire.allCases)
  func `the order in which arguments are written does not count`(wire: Wire) async throws {
    let tool = try RegisteredTool.test("ask") {
      (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
      .text(FixtureTools.describe(try await context.ask("form", FixtureTools.nameForm)))
    }
    try await serving(FixtureServer(only: tool), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.capabilities)
      let first = object(#"{"a":1,"b":{"x":[1,{"p":1,"q":2}],"y":2}}"#)
      let second = object(#"{"b":{"y":2,"x":[1,{"q":2,"p":1}]},"a":1}"#)
      let state = try await client.call("ask", first)["requestState"] ?? .null
      let done = try await client.result("tools/call", Self.params(state, second, tool: "ask"))
      #expect(done.firstText == "declined")
      let third = object(#"{"a":1,"b":{"x":[{"p":1,"q":2},1],"y":2}}"#)
      let refused = try await client.error("tools/call", Self.params(state, third, tool: "ask"))
      #expect(Self.isRefused(refused))
    }
  }

  @Test(arguments: Wire.allCases)
  func `it expires`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.capabilities)
      let state = try await Self.start(client)
      fixture.clock.advance(by: .seconds(599))
      #expect(try await client.result("tools/call", Self.params(state)).firstText == "declined")
      fixture.clock.advance(by: .seconds(1))
      let late = try await client.error("tools/call", Self.params(state))
      #expect(Self.isRefused(late))
    }
  }

  @Test(arguments: Wire.allCases)
  func `it belongs to one principal`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.capabilities)
      let state = try await Self.start(client)
      let elsewhere = Principal(name: "local", workspace: "elsewhere", scopes: ["*"])
      for principal in [Principal.other, elsewhere] {
        try await connecting(to: fixture, over: wire, as: principal) { peer in
          let client = try await peer.open(.latest, capabilities: Self.capabilities)
          let stolen = try await client.error("tools/call", Self.params(state))
          #expect(Self.isRefused(stolen))
        }
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `it serves on another connection and after a new start`(wire: Wire) async throws {
    let first = try FixtureServer()
    let kept = Locked(JSONValue.null)
    try await serving(first, over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.capabilities)
      let state = try await Self.start(client)
      kept.withLock { $0 = state }
    }
    try await serving(FixtureServer(clock: first.clock), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.capabilities)
      let state = kept.withLock { $0 }
      #expect(try await client.result("tools/call", Self.params(state)).firstText == "declined")
    }
    try await serving(FixtureServer(sealer: TestSealer.make(key: 7)), over: wire) { peer in
      let client = try await peer.open(.latest, capabilities: Self.capabilities)
      let unknown = try await client.error("tools/call", Self.params(kept.withLock { $0 }))
      #expect(Self.isRefused(unknown))
    }
  }

  @Test(arguments: Wire.allCases)
  func `answers to questions that were never asked are not kept`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(
        .latest, capabilities: ["elicitation": [:], "sampling": [:], "roots": [:]])
      let early: JSONValue = ["action": "accept", "content": ["colour": "red"]]
      let params: JSONObject = [
        "name": "test_input_required_result_multi_round", "arguments": [:],
        "inputResponses": ["step2": early],
      ]
      let asked = try await client.result("tools/call", params)
      #expect(asked["inputRequests"]?.objectValue?.keys == ["step1"])
      let next = try await client.result(
        "tools/call",
        [
          "name": "test_input_required_result_multi_round", "arguments": [:],
          "requestState": asked["requestState"] ?? .null,
          "inputResponses": ["step1": InputRequiredTests.ann],
        ])
      #expect(next["inputRequests"]?.objectValue?.keys == ["step2"])
    }
  }
}
