import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// How a client finds the server's era, and how a connection ends.
@Suite(.timeLimit(.minutes(2))) struct ConnectTests {
  static let modes: [(mode: ClientSession.Mode, version: ProtocolVersion)] =
    [(.automatic, .latest), (.modern, .latest)]
    + ProtocolVersion.allCases.filter { $0.era == .legacy }.map { (.legacy($0), $0) }

  @Test(arguments: Wire.allCases, modes)
  func `a version is agreed on`(
    wire: Wire, mode: (mode: ClientSession.Mode, version: ProtocolVersion)
  ) async throws {
    try await clientServing(FixtureServer(), over: wire, mode: mode.mode) { client in
      #expect(client.version == mode.version)
      #expect(client.serverInfo?.name == "fixture")
      #expect(client.serverCapabilities["tools"] == ["listChanged": true])
      let result = try await client.request("tools/call", ["name": "test_simple_text"])
      #expect(result.firstText?.hasPrefix("This is") == true)
      let page = try await client.request("tools/list")
      #expect((page["tools"]?.arrayValue?.count ?? 0) > 20)
    }
  }

  private static let initialized = """
    {"result":{"protocolVersion":"2025-06-18","capabilities":{},
     "serverInfo":{"name":"old","version":"1"}}}
    """

  static let legacyServers = [
    #"{"error":{"code":-32601,"message":"Method not found"}}"#,
    #"{"error":{"code":-32600,"message":"Not initialized"}}"#,
    #"{"error":{"code":-32022,"message":"No","data":{"supported":["2030-01-01"]}}}"#,
    #"{"result":{"resultType":"complete","supportedVersions":["2025-06-18"],"capabilities":{}}}"#,
    #"{"result":{}}"#, #"{"result":5}"#,
  ]

  @Test(arguments: legacyServers)
  func `a server of the legacy era is found`(discovered: String) async throws {
    try await clientScripted { client, server in
      server.answer("server/discover", discovered)
      server.answer("initialize", Self.initialized)
      try await client.connect()
      #expect(client.version == .v2025June)
      #expect(client.serverInfo?.name == "old")
      #expect(await server.heard("notifications/initialized") != nil)
      let methods = server.received.values.map { $0["method"] }
      #expect(methods == ["server/discover", "initialize", "notifications/initialized"])
      #expect(server.received.values[1]["params"]?["_meta"] == nil)
    }
  }

  static let strangers = [
    #"{"error":{"code":-32602,"message":"no"}}"#, #"{"result":{}}"#,
    #"{"result":{"protocolVersion":"2030-01-01","capabilities":{}}}"#,
    #"{"result":{"protocolVersion":"2026-07-28","capabilities":{}}}"#,
  ]

  @Test(arguments: strangers)
  func `without a version in common there is no connection`(answer: String) async throws {
    try await clientScripted { client, server in
      server.answer("initialize", answer)
      await #expect(throws: RPCError.self) { try await client.connect(.legacy(.v2025June)) }
      #expect(client.version == nil)
      server.answer("server/discover", #"{"error":{"code":-32022,"message":"no"}}"#)
      await #expect(throws: RPCError.self) { try await client.connect(.modern) }
      #expect(client.version == nil)
    }
  }

  @Test(arguments: Wire.allCases)
  func `errors arrive with code and data`(wire: Wire) async throws {
    for mode in [ClientSession.Mode.modern, .legacy(.v2025November)] {
      try await clientServing(FixtureServer(), over: wire, mode: mode) { client in
        let error = await #expect(throws: RPCError.self) {
          try await client.request("resources/read", ["uri": "test://none"])
        }
        #expect(error?.code.rawValue == (mode == .modern ? -32602 : -32002))
        #expect(error?.data == ["uri": "test://none"])
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `concurrent requests get their own answers`(wire: Wire) async throws {
    let echo = try RegisteredTool.test("echo") {
      (arguments: JSONObject, _: RequestContext) async throws(CallInterruption) in
      for _ in 0..<(arguments["n"]?.integerValue ?? 0) % 5 { await Task.yield() }
      return .text(arguments["n"]?.text ?? "")
    }
    try await clientServing(FixtureServer(only: echo), over: wire) { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for n in 0..<200 {
          group.addTask {
            let result = try await client.request(
              "tools/call", ["name": "echo", "arguments": ["n": JSONValue(n)]])
            #expect(result.firstText == "\(n)")
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `when the server closes, what waits fails and nothing more is sent`() async throws {
    try await clientScripted { client, server in
      async let waiting = failure { try await client.request("tools/list") }
      #expect(await server.heard("tools/list") != nil)
      await server.transport.close()
      let failed = await waiting
      #expect(failed != nil)
      let closed = await failure { try await client.request("ping") }
      #expect(closed?.message.contains("closed") == true)
    }
  }

  @Test func `what makes no sense is skipped`() async throws {
    try await clientScripted { client, server in
      for text in [
        "{", "5", "[]", "{}", #"{"jsonrpc":"2.0","id":999,"result":{}}"#,
        #"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/progress","params":{}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#,
      ] { server.send(text) }
      server.answer("ping", #"{"result":{}}"#)
      let answer = try await client.request("ping")
      #expect(answer.isEmpty)
    }
  }

  @Test func `a message that is too long fails what waits, not the connection`() async throws {
    try await clientScripted { client, server in
      async let waiting = failure { try await client.request("tools/list") }
      #expect(await server.heard("tools/list") != nil)
      server.send(String(repeating: "x", count: (4 << 20) + 1))
      let failed = await waiting
      #expect(failed != nil)
      server.answer("ping", #"{"result":{}}"#)
      let answer = try await client.request("ping")
      #expect(answer.isEmpty)
    }
  }

  @Test func `answers may come in a batch`() async throws {
    try await clientScripted { client, server in
      async let first = client.request("a")
      let one = await server.heard("a")?["id"] ?? .null
      async let second = client.request("b")
      let two = await server.heard("b")?["id"] ?? .null
      server.send(
        #"[{"jsonrpc":"2.0","id":\#(two.text),"result":{"n":2}},"#
          + #"{"jsonrpc":"2.0","id":\#(one.text),"result":{"n":1}}]"#)
      let answers = try await [first, second]
      #expect(answers == [["n": 1], ["n": 2]])
    }
  }
}
