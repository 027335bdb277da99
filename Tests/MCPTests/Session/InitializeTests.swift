import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// The handshake of the legacy era.
@Suite(.timeLimit(.minutes(2))) struct InitializeTests {
  static let versions = [
    ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
    ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1999-01-01", "2025-11-25"),
    ("2099-01-01", "2025-11-25"), ("", "2025-11-25"), ("DRAFT", "2025-11-25"),
  ]

  @Test(arguments: Wire.allCases, versions)
  func `a version is agreed on`(wire: Wire, pair: (asked: String, answered: String)) async throws {
    try await serving(FixtureServer(instructions: "Be kind."), over: wire) { peer in
      peer.send(Client.initialize(pair.asked, id: "i"))
      let result = try await peer.answer(to: "i")["result"]
      #expect(result?["protocolVersion"]?.stringValue == pair.answered)
      #expect(result?["instructions"] == "Be kind.")
    }
  }

  @Test(arguments: Wire.allCases, ProtocolVersion.allCases.filter { $0.era == .legacy })
  func `a revision is told no more than it knows`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      peer.send(Client.initialize(version.rawValue))
      let result = try await peer.answer(to: 1)["result"]
      let info = result?["serverInfo"]?.objectValue ?? [:]
      #expect(info["name"] == "fixture")
      #expect((info["title"] != nil) == (version >= .v2025June))
      #expect((info["websiteUrl"] != nil) == (version >= .v2025November))
      #expect((info["description"] != nil) == (version >= .v2025November))
      let capabilities = result?["capabilities"]?.objectValue ?? [:]
      #expect((capabilities["completions"] != nil) == (version >= .v2025March))
      #expect(capabilities["tasks"] == nil)
      #expect(capabilities["extensions"] == nil)
      #expect(capabilities["resources"] == ["listChanged": true, "subscribe": true])
      #expect(capabilities["logging"] == [:])
    }
  }

  static let broken = [
    #"{}"#, #"{"capabilities":{},"clientInfo":{"name":"a","version":"1"}}"#,
    #"{"protocolVersion":5,"capabilities":{},"clientInfo":{"name":"a","version":"1"}}"#,
    #"{"protocolVersion":"2025-06-18","clientInfo":{"name":"a","version":"1"}}"#,
    #"{"protocolVersion":"2025-06-18","capabilities":[],"clientInfo":{"name":"a","version":"1"}}"#,
    #"{"protocolVersion":"2025-06-18","capabilities":{}}"#,
    #"{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"a"}}"#,
    #"{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":"a"}"#,
    #"{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"a","version":"1"},"#
      + #""_meta":5}"#,
    #"{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"a","version":"1"},"#
      + #""_meta":{"progressToken":true}}"#,
  ]

  @Test(arguments: Wire.allCases, broken)
  func `a broken handshake can be repeated`(wire: Wire, params: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = Client(peer: peer, version: .v2025November, capabilities: [:])
      let error = try await client.error(ofFaulty: "initialize", object(params))
      #expect(error.code == .invalidParams)
      #expect(error.message.contains("'"), "names the member")
      _ = try await peer.open(.v2025June)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a second handshake is refused and changes nothing`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2024November)
      peer.send(Client.initialize("2025-11-25", id: 2))
      #expect(try await client.error(of: 2).code == .invalidRequest)
      let tools = try await client.result("tools/list")["tools"]?.arrayValue ?? []
      #expect(tools.allSatisfy { $0["title"] == nil && $0["annotations"] == nil })
    }
  }

  @Test(arguments: Wire.allCases)
  func `pipelined requests see the handshake before them`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = Client(peer: peer, version: .v2025November, capabilities: [:])
      peer.send([
        Client.initialize("2025-11-25"), client.request("tools/list", id: 2),
        client.request("resources/list", id: 3),
      ])
      let agreed = try await client.result(of: 1)
      #expect(agreed["protocolVersion"] == "2025-11-25")
      #expect(try await client.result(of: 2)["tools"] != nil)
      #expect(try await client.result(of: 3)["resources"] != nil)
      client.notify("notifications/initialized")
      #expect(try await client.result("prompts/list")["prompts"] != nil)
    }
  }

  static let oddCapabilities = [
    #"{"experimental":{"a":{"deep":[1,{"b":null}]},"c":{}},"extensions":{"x/y":{"z":1}}}"#,
    #"{"roots":{"listChanged":true},"sampling":{"context":{},"tools":{}},"unknown":{"a":1}}"#,
  ]

  @Test(arguments: Wire.allCases, oddCapabilities)
  func `capabilities nobody knows are no fault`(wire: Wire, odd: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: object(odd))
      #expect(try await client.call("test_simple_text").firstText != nil)
    }
  }

  @Test(arguments: Wire.allCases, [FixtureCut.noPrompts, .noResources])
  func `what is not declared is not found`(wire: Wire, cut: FixtureCut) async throws {
    try await serving(try cut.fixture(), over: wire) { peer in
      for version in [ProtocolVersion.v2025November, .latest] {
        let client = try await peer.open(version)
        let capabilities =
          version.era == .modern
          ? try await client.result("server/discover")["capabilities"]?.objectValue : nil
        for method in cut.methods(in: version) {
          let error = try await client.error(ofFaulty: method, ["uri": "test://static-text"])
          #expect(error.code == .methodNotFound, "\(method)")
        }
        if let capabilities { #expect(capabilities[cut.capability] == nil) }
      }
    }
  }
}

/// A fixture without one of its features.
enum FixtureCut: String, Sendable {
  case noPrompts, noResources

  var capability: String { self == .noPrompts ? "prompts" : "resources" }

  func methods(in version: ProtocolVersion) -> [String] {
    if self == .noPrompts { return ["prompts/list", "prompts/get"] }
    let shared = ["resources/list", "resources/templates/list", "resources/read"]
    return version.era == .modern
      ? shared : shared + ["resources/subscribe", "resources/unsubscribe"]
  }

  func fixture() throws -> FixtureServer {
    try FixtureServer(
      tools: [.test("only") { (_: JSONObject, _: RequestContext) in .text("only") }],
      resources: self == .noPrompts ? FixtureResources.all : [],
      prompts: self == .noResources ? FixturePrompts.all : [], isBare: true, hasTasks: false)
  }
}
