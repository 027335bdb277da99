import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Progress of a request.
@Suite(.timeLimit(.minutes(2))) struct ProgressTests {
  static let tokens = [
    #"1"#, #""1""#, #"0"#, #"-3"#, #""""#, #""é""#, #"9223372036854775807"#,
    #"123456789012345678901234567890"#,
  ]

  @Test(arguments: Wire.allCases, tokens)
  func `it carries the request's token with its type`(wire: Wire, token: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      for version in [ProtocolVersion.v2025November, .latest] {
        let client = try await peer.open(version)
        let seen = peer.messages("notifications/progress").count
        let id = client.start("test_tool_with_progress", meta: ["progressToken": json(token)])
        #expect(try await client.result(of: id).firstText == "done")
        let heard = peer.messages("notifications/progress").dropFirst(seen)
        #expect(
          heard.map { $0["params"]?["progressToken"] } == Array(repeating: json(token), count: 3))
        #expect(heard.map { $0["params"]?["progress"] } == [0, 50, 100])
        #expect(heard.allSatisfy { $0["params"]?["total"] == 100 })
        #expect(peer.all.last?["id"] == id, "nothing follows the response")
      }
    }
  }

  @Test(arguments: Wire.allCases, ProtocolVersion.allCases)
  func `a message goes to revisions that know it`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      _ = try await client.call("test_tool_with_progress", meta: ["progressToken": "t"])
      let last = try #require(peer.messages("notifications/progress").last)
      #expect(last["params"]?["message"] == (version >= .v2025March ? "at 100" : nil))
    }
  }

  @Test(arguments: Wire.allCases, ProtocolVersion.allCases)
  func `without a token there is none`(wire: Wire, version: ProtocolVersion) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      #expect(try await client.call("test_tool_with_progress").firstText == "done")
      #expect(peer.messages("notifications/progress").isEmpty)
    }
  }

  static let bad = [#"true"#, #"null"#, #"1.5"#, #"1.0"#, #"{}"#, #"[1]"#]

  @Test(arguments: Wire.allCases, bad)
  func `a token is a string or an integer`(wire: Wire, token: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      for version in [ProtocolVersion.v2025November, .latest] {
        let client = try await peer.open(version)
        let request = client.request(
          "tools/call", ["name": "test_tool_with_progress"], meta: ["progressToken": json(token)])
        peer.send(raw: request.text)
        let error = try await client.error(of: request["id"] ?? .null)
        #expect(error.code == .invalidParams)
        #expect(error.message.contains("progressToken"))
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `it never goes back`(wire: Wire) async throws {
    let steps = [5, 3, 5, 5.5, -1, 7, .nan, 7, .infinity, 6, 10]
    let tool = try RegisteredTool.test("steps") { (_: JSONObject, context: RequestContext) in
      for step in steps { context.progress?.report(step, of: 10) }
      return .text("done")
    }
    try await serving(FixtureServer(only: tool), over: wire) { peer in
      let client = try await peer.open(.latest)
      _ = try await client.call("steps", meta: ["progressToken": 1])
      let heard = peer.messages("notifications/progress").map {
        $0["params"]?["progress"]?.doubleValue ?? .nan
      }
      #expect(heard.first == 5)
      #expect(heard.last == 10)
      #expect(zip(heard, heard.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test(arguments: Wire.allCases)
  func `a handler cannot flood the client`(wire: Wire) async throws {
    let tool = try RegisteredTool.test("flood") { (_: JSONObject, context: RequestContext) in
      for step in 0..<20_000 { context.progress?.report(Double(step)) }
      return .text("done")
    }
    try await serving(FixtureServer(only: tool), over: wire) { peer in
      let client = try await peer.open(.latest)
      let clock = ContinuousClock()
      let start = clock.now
      _ = try await client.call("flood", meta: ["progressToken": 1])
      let most = (clock.now - start) / .milliseconds(20) + 1
      #expect(Double(peer.messages("notifications/progress").count) <= most)
    }
  }
}
