import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Log messages for the client.
@Suite(.timeLimit(.minutes(2))) struct LoggingTests {
  private static func levels(_ peer: RawPeer) -> [String] {
    peer.messages("notifications/message").compactMap { $0["params"]?["level"]?.stringValue }
  }

  private static func from(_ level: LogLevel?) -> [String] {
    guard let level else { return [] }
    return LogLevel.allCases.filter { $0 >= level }.map(\.rawValue)
  }

  @Test(arguments: Wire.allCases, LogLevel.allCases)
  func `a legacy session sets its threshold`(wire: Wire, level: LogLevel) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      #expect(
        try await client.result("logging/setLevel", ["level": .string(level.rawValue)]).isEmpty)
      _ = try await client.call("test_logging_tool")
      #expect(Self.levels(peer) == Self.from(level))
    }
  }

  @Test(arguments: Wire.allCases)
  func `without a threshold a legacy session hears info and above`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2024November)
      _ = try await client.call("test_logging_tool")
      #expect(Self.levels(peer) == Self.from(.info))
    }
  }

  @Test(arguments: Wire.allCases, [LogLevel?.none] + LogLevel.allCases)
  func `a modern request says what it wants to hear`(wire: Wire, level: LogLevel?) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      var meta = JSONObject()
      meta[MetaKey.logLevel] = level.map { .string($0.rawValue) }
      let id = client.start("test_logging_tool", meta: meta)
      _ = try await client.result(of: id)
      #expect(Self.levels(peer) == Self.from(level))
      let last = peer.all.last
      #expect(last?["id"] == id, "all messages come before the response")
    }
  }

  @Test(arguments: Wire.allCases)
  func `the levels of two requests do not mix`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      let legacy = try await peer.open(.v2025November)
      _ = try await legacy.result("logging/setLevel", ["level": "debug"])
      _ = try await client.call("test_logging_tool", meta: [MetaKey.logLevel: "emergency"])
      _ = try await client.call("test_logging_tool")
      #expect(Self.levels(peer) == ["emergency"])
    }
  }

  @Test(arguments: Wire.allCases)
  func `messages carry their logger and their data`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      _ = try await client.call("test_tool_with_logging")
      let heard = peer.messages("notifications/message")
      #expect(heard.count == 3)
      #expect(
        heard.first?["params"]
          == ["level": "info", "logger": "fixture", "data": "Tool execution started"])
    }
  }

  static let bad = [
    #"{}"#, #"{"level":"loud"}"#, #"{"level":3}"#, #"{"level":null}"#, #"{"level":"INFO"}"#,
    #"{"level":""}"#,
  ]

  @Test(arguments: Wire.allCases, bad)
  func `an unknown level is refused with the known ones`(wire: Wire, params: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let error = try await client.error(ofFaulty: "logging/setLevel", object(params))
      #expect(error.code == .invalidParams)
      #expect(error.message.contains("warning"))
      _ = try await client.call("test_logging_tool")
      #expect(Self.levels(peer) == Self.from(.info))
    }
  }

  @Test(arguments: Wire.allCases)
  func `a fault of ours is logged here and not told there`(wire: Wire) async throws {
    struct Secret: Error, CustomStringConvertible {
      let description = "the password is swordfish"
    }
    let tool = try RegisteredTool.test("broken") {
      (_: JSONObject, _: RequestContext) throws(CallInterruption) in throw .fault(Secret())
    }
    let fixture = try FixtureServer(only: tool)
    try await serving(fixture, over: wire) { peer in
      for version in [ProtocolVersion.v2025November, .latest] {
        let client = try await peer.open(version)
        let error = try await client.error("tools/call", ["name": "broken"])
        #expect(error.code == .internalError)
        #expect(error.data == nil)
      }
      #expect(peer.all.allSatisfy { !$0.text.contains("swordfish") })
    }
    #expect(fixture.lines.values.filter { $0.contains("swordfish") }.count == 2)
  }
}
