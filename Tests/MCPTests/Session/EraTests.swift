import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Which era a message is served in, and what comes before the handshake.
@Suite(.timeLimit(.minutes(2))) struct EraTests {
  @Test(arguments: Wire.allCases)
  func `both eras live on one connection`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let modern = try await peer.open(.latest)
      #expect(try await modern.result("tools/list")["resultType"] == "complete")
      let legacy = try await peer.open(.v2025June)
      let ids = (0..<4).map { _ in (modern.send("tools/list"), legacy.send("tools/list")) }
      for (first, second) in ids {
        #expect(try await modern.result(of: first)["ttlMs"] != nil)
        #expect(try await legacy.result(of: second)["ttlMs"] == nil)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `a probing client finds either era on the same connection`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let modern = try await peer.open(.latest)
      let found = try await modern.result("server/discover")
      #expect(found["supportedVersions"] == ["2026-07-28"])
      let legacy = try await peer.open(.v2025November)
      #expect(try await legacy.result("ping").isEmpty)
    }
  }

  @Test(
    "before initialize",
    arguments: Wire.allCases,
    [
      ("tools/list", -32600), ("tools/call", -32600), ("prompts/get", -32600),
      ("resources/read", -32600), ("logging/setLevel", -32600), ("resources/subscribe", -32600),
      ("completion/complete", -32600), ("no/such", -32601), ("server/discover", -32601),
      ("subscriptions/listen", -32601), ("tasks/get", -32601), ("", -32601),
    ])
  func beforeInitialize(wire: Wire, expected: (method: String, code: Int64)) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = Client(peer: peer, version: .v2025November, capabilities: [:])
      let error = try await client.error(ofFaulty: expected.method, [:])
      #expect(error.code.rawValue == expected.code)
      if expected.code == -32600 { #expect(error.message.contains("initialize")) }
      #expect(try await client.result("ping").isEmpty)
    }
  }

  @Test(arguments: Wire.allCases)
  func `ping answers exactly an empty object, in every state`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      peer.send(["jsonrpc": "2.0", "id": "p", "method": "ping"])
      #expect(try await peer.answer(to: "p") == ["jsonrpc": "2.0", "id": "p", "result": [:]])
      _ = try await peer.open(.v2024November)
      peer.send(["jsonrpc": "2.0", "id": "p", "method": "ping", "params": [:]])
      #expect(try await peer.answer(to: "p") == ["jsonrpc": "2.0", "id": "p", "result": [:]])
    }
  }

  @Test(arguments: Wire.allCases)
  func `initialize is legacy even inside a modern envelope`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      var request = Client.initialize("2025-06-18").objectValue ?? [:]
      var params = request["params"]?.objectValue ?? [:]
      params["_meta"] = .object(Client.envelope())
      request["params"] = .object(params)
      peer.send(.object(request))
      let answer = try await peer.answer(to: 1)
      #expect(answer["result"]?["protocolVersion"] == "2025-06-18")
    }
  }

  @Test(arguments: Wire.allCases)
  func `a method of the modern era names its envelope to legacy clients`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let error = try await client.error(ofFaulty: "server/discover", [:])
      #expect(error.code == .methodNotFound)
      #expect(error.message.contains("2026-07-28"))
    }
  }

  static let removed = [
    "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "tasks/list",
    "tasks/result", "no/such", "notifications/initialized",
  ]

  @Test(arguments: Wire.allCases, removed)
  func `methods that the modern era dropped are not found`(
    wire: Wire, method: String
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      #expect(try await client.error(ofFaulty: method, [:]).code == .methodNotFound)
    }
  }
}
