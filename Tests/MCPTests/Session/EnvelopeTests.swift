import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// What a request of the modern era says of itself, and in which order its faults are found.
@Suite(.timeLimit(.minutes(2))) struct EnvelopeTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    var method = "tools/list"
    let meta: String
    var params = "{}"
    let code: Int64
    var says = ""

    var testDescription: String { name }
  }

  private static let version = #""io.modelcontextprotocol/protocolVersion":"2026-07-28""#
  private static let old = #""io.modelcontextprotocol/protocolVersion":"1999-01-01""#
  private static let none = #""io.modelcontextprotocol/clientCapabilities":{}"#

  static let faults = [
    Fault(
      name: "no capabilities", meta: "{\(version)}", code: -32602, says: "clientCapabilities"),
    Fault(
      name: "version is a number",
      meta: #"{"io.modelcontextprotocol/protocolVersion":20260728,\#(none)}"#, code: -32602,
      says: "protocolVersion"),
    Fault(
      name: "version is null", meta: #"{"io.modelcontextprotocol/protocolVersion":null,\#(none)}"#,
      code: -32602, says: "protocolVersion"),
    Fault(name: "unknown version", meta: "{\(old),\(none)}", code: -32022),
    Fault(
      name: "legacy version",
      meta: #"{"io.modelcontextprotocol/protocolVersion":"2025-11-25",\#(none)}"#, code: -32022),
    Fault(name: "missing key before version", meta: "{\(old)}", code: -32602),
    Fault(
      name: "version before method", method: "no/such", meta: "{\(old),\(none)}", code: -32022),
    Fault(
      name: "missing key before method", method: "no/such", meta: "{\(version)}", code: -32602),
    Fault(
      name: "capabilities are a list",
      meta: #"{\#(version),"io.modelcontextprotocol/clientCapabilities":[]}"#, code: -32602,
      says: "clientCapabilities"),
    Fault(
      name: "method before params", method: "no/such", meta: "{\(version),\(none)}",
      params: #"{"cursor":5}"#, code: -32601),
    Fault(
      name: "params", meta: "{\(version),\(none)}", params: #"{"cursor":5}"#, code: -32602,
      says: "cursor"),
    Fault(
      name: "params before capability", method: "tools/call", meta: "{\(version),\(none)}",
      params: #"{"name":"test_missing_capability","arguments":[]}"#, code: -32602,
      says: "arguments"),
    Fault(
      name: "capability", method: "tools/call", meta: "{\(version),\(none)}",
      params: #"{"name":"test_missing_capability"}"#, code: -32021),
    Fault(
      name: "log level", meta: #"{\#(version),\#(none),"io.modelcontextprotocol/logLevel":"loud"}"#,
      code: -32602, says: "debug"),
    Fault(
      name: "log level is a number",
      meta: #"{\#(version),\#(none),"io.modelcontextprotocol/logLevel":3}"#, code: -32602),
    Fault(
      name: "progress token is a flag", meta: #"{\#(version),\#(none),"progressToken":true}"#,
      code: -32602, says: "progressToken"),
    Fault(
      name: "method before log level", method: "no/such",
      meta: #"{\#(version),\#(none),"io.modelcontextprotocol/logLevel":"loud"}"#, code: -32601),
    Fault(
      name: "method before progress token", method: "no/such",
      meta: #"{\#(version),\#(none),"progressToken":true}"#, code: -32601),
    Fault(
      name: "method before the capabilities' type", method: "no/such",
      meta: #"{\#(version),"io.modelcontextprotocol/clientCapabilities":[]}"#, code: -32601),
    Fault(
      name: "task's id before the extension", method: "tasks/get", meta: "{\(version),\(none)}",
      code: -32602, says: "taskId"),
    Fault(
      name: "task's answers before the extension", method: "tasks/update",
      meta: "{\(version),\(none)}", params: #"{"taskId":"x"}"#, code: -32602,
      says: "inputResponses"),
    Fault(
      name: "extension before the task", method: "tasks/cancel", meta: "{\(version),\(none)}",
      params: #"{"taskId":"x"}"#, code: -32021),
    Fault(
      name: "listen without filter", method: "subscriptions/listen",
      meta: "{\(version),\(none)}", code: -32602, says: "notifications"),
  ]

  @Test(arguments: Wire.allCases, faults)
  func `faults are reported in their order`(wire: Wire, fault: Fault) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      let params = object(fault.params).merging(["_meta": json(fault.meta)])
      let request: JSONValue = [
        "jsonrpc": "2.0", "id": "f", "method": .string(fault.method), "params": .object(params),
      ]
      peer.send(raw: request.text)
      let error = try await client.error(of: "f")
      #expect(error.code.rawValue == fault.code)
      #expect(error.message.contains(fault.says))
    }
  }

  @Test(arguments: Wire.allCases)
  func `an unsupported version names the supported ones`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      var meta = Client.envelope()
      meta[MetaKey.protocolVersion] = "2030-01-01"
      let error = try await client.error("tools/list", meta: meta)
      let listed = try await client.result("server/discover")["supportedVersions"]
      #expect(error.data?["requested"] == "2030-01-01")
      #expect(error.data?["supported"] == ["2026-07-28"])
      #expect(error.data?["supported"] == listed)
    }
  }

  @Test(arguments: Wire.allCases, [(500, true), (1024, true), (100_000, false)])
  func `a long version is echoed in full, an absurd one is cut`(
    wire: Wire, length: (count: Int, isWhole: Bool)
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      var meta = Client.envelope()
      let version = String(repeating: "x", count: length.count)
      meta[MetaKey.protocolVersion] = .string(version)
      let error = try await client.error("tools/list", meta: meta)
      let echo = try #require(error.data?["requested"]?.stringValue)
      #expect((echo == version) == length.isWhole)
      #expect(echo.utf8.count <= 1100)
    }
  }

  @Test(arguments: Wire.allCases)
  func `missing keys are named for programs too`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = Client(peer: peer, version: .v2025November, capabilities: [:])
      let error = try await client.error(
        ofFaulty: "tools/list", ["_meta": [MetaKey.protocolVersion: "2026-07-28"]])
      #expect(error.data?["missing"] == [.string(MetaKey.clientCapabilities)])
    }
  }

  @Test(arguments: Wire.allCases)
  func `clientInfo and unknown keys are optional`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      let meta = object(
        #"""
        {"io.modelcontextprotocol/protocolVersion":"2026-07-28",
         "io.modelcontextprotocol/clientCapabilities":{"odd":{"x":1}},
         "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","com.example/k":[1]}
        """#)
      peer.send(
        ["jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": ["_meta": .object(meta)]])
      #expect(try await client.result(of: 1)["tools"] != nil)
    }
  }

  @Test(arguments: Wire.allCases)
  func `capabilities of earlier requests do not count`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      var client = try await peer.open(.latest, capabilities: ["sampling": [:]])
      #expect(try await client.call("test_missing_capability")["resultType"] == "input_required")
      client.capabilities = [:]
      let error = try await client.error("tools/call", ["name": "test_missing_capability"])
      #expect(error.code == .missingClientCapability)
      #expect(error.data == ["requiredCapabilities": ["sampling": [:]]])
      _ = try await peer.open(.v2025November, capabilities: ["sampling": [:]])
      let again = try await client.error("tools/call", ["name": "test_missing_capability"])
      #expect(again.code == .missingClientCapability)
    }
  }

  @Test(arguments: Wire.allCases)
  func `discover tells what the server is`(wire: Wire) async throws {
    try await serving(FixtureServer(instructions: "Be kind."), over: wire) { peer in
      let client = try await peer.open(.latest)
      let found = try await client.result("server/discover")
      let capabilities = found["capabilities"]?.objectValue ?? [:]
      #expect(found["resultType"] == "complete")
      #expect(found["instructions"] == "Be kind.")
      #expect(found["_meta"]?[MetaKey.serverInfo]?["name"] == "fixture")
      #expect(found["serverInfo"] == nil)
      #expect(capabilities["tools"] == ["listChanged": true])
      #expect(capabilities["resources"] == ["listChanged": true, "subscribe": true])
      #expect(capabilities["prompts"] == ["listChanged": true])
      #expect(capabilities["completions"] == [:])
      #expect(capabilities["extensions"] == [.init(MetaKey.tasksExtension): [:]])
    }
  }

  struct Cached: Sendable {
    let method: String
    var params = "{}"
    let milliseconds: Int64
    let scope: String
  }

  static let cached = [
    Cached(method: "server/discover", milliseconds: 3_600_000, scope: "public"),
    Cached(method: "tools/list", milliseconds: 60_000, scope: "private"),
    Cached(method: "prompts/list", milliseconds: 60_000, scope: "private"),
    Cached(method: "resources/list", milliseconds: 60_000, scope: "private"),
    Cached(method: "resources/templates/list", milliseconds: 60_000, scope: "private"),
    Cached(
      method: "resources/read", params: #"{"uri":"test://static-text"}"#, milliseconds: 5000,
      scope: "public"),
    Cached(
      method: "resources/read", params: #"{"uri":"test://static-binary"}"#, milliseconds: 0,
      scope: "private"),
  ]

  @Test(arguments: Wire.allCases, cached)
  func `lists and reads say how long they hold`(wire: Wire, cached: Cached) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let modern = try await peer.open(.latest)
      let result = try await modern.result(cached.method, object(cached.params))
      #expect(result["ttlMs"] == .integer(cached.milliseconds))
      #expect(result["cacheScope"] == .string(cached.scope))
      guard cached.method != "server/discover" else { return }
      let legacy = try await peer.open(.v2025November)
      let bare = try await legacy.result(cached.method, object(cached.params))
      #expect(bare["ttlMs"] == nil && bare["cacheScope"] == nil && bare["resultType"] == nil)
    }
  }
}
