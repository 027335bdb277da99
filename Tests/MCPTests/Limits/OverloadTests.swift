import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// How many requests may be in flight.
@Suite(.timeLimit(.minutes(2))) struct OverloadTests {
  private static func fixture(
    _ probe: Probe, inFlight: Int, patience: Duration
  ) throws -> FixtureServer {
    var limits = FixtureServer.limits
    limits.maximumInFlight = inFlight
    limits.overloadPatience = patience
    return try FixtureServer(tools: [ProbeTools.waiting(probe)], limits: limits, probe: probe)
  }

  @Test(arguments: Wire.allCases)
  func `one too many is refused with our own code and the rest goes on`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe, inFlight: 2, patience: .milliseconds(1))
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let first = client.start("wait")
      let second = client.start("wait")
      #expect(await probe["started"].arrives())
      let third = try await client.error("tools/list")
      #expect(third.code.rawValue == -31001)
      #expect(third.data == ["limit": 2])
      #expect(try await client.result("ping").isEmpty)
      client.cancel(first)
      #expect(try await client.result("tools/list")["tools"] != nil)
      probe["release"].set()
      #expect(try await client.result(of: second).firstText == "released")
    }
  }

  @Test(arguments: Wire.allCases)
  func `one too many waits for a place`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe, inFlight: 1, patience: testPatience)
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      let ids = [client.start("wait")] + (0..<20).map { _ in client.send("tools/list") }
      #expect(await probe["started"].arrives())
      probe["release"].set()
      for id in ids { _ = try await client.result(of: id) }
    }
  }

  @Test(arguments: Wire.allCases)
  func `patience is lost once, not with each request`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe, inFlight: 1, patience: .milliseconds(500))
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      let first = client.start("wait")
      #expect(await probe["started"].arrives())
      let ids = (0..<100).map { _ in client.send("tools/list") }
      client.cancel(first)
      for id in ids { #expect(try await client.error(of: id).code == .overloaded) }
      #expect(await probe["cancelled"].arrives())
      #expect(try await client.result("tools/list")["tools"] != nil)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a session that shuts down does not wait for a place`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe, inFlight: 1, patience: .seconds(3600))
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      _ = client.start("wait")
      let late = client.send("tools/list")
      #expect(await probe["started"].arrives())
      peer.shutDown()
      #expect(await probe["cancelled"].arrives())
      await #expect(throws: (any Error).self) { try await client.result(of: late) }
    }
  }

  @Test(arguments: Wire.allCases)
  func `pipelining more than the limit is no overload`(wire: Wire) async throws {
    var limits = FixtureServer.limits
    limits.maximumInFlight = 8
    let echo = try RegisteredTool.test("echo") { (arguments: JSONObject, _: RequestContext) in
      .text(arguments["n"]?.text ?? "")
    }
    try await serving(FixtureServer(only: echo, limits: limits), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let requests = (0..<1000).map {
        client.request("tools/call", ["name": "echo", "arguments": ["n": JSONValue($0)]])
      }
      peer.send(requests)
      for (n, request) in requests.enumerated() {
        #expect(try await client.result(of: request["id"] ?? .null).firstText == "\(n)")
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `subscriptions take no place`(wire: Wire) async throws {
    let fixture = try Self.fixture(Probe(), inFlight: 1, patience: .milliseconds(1))
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      for id in ["a", "b", "c"] as [JSONValue] {
        client.send("subscriptions/listen", ["notifications": [:]], id: id)
      }
      for _ in 0..<3 { _ = try await peer.next("notifications/subscriptions/acknowledged") }
      #expect(try await client.result("tools/list")["tools"] != nil)
      for id in ["a", "b", "c"] as [JSONValue] { client.cancel(id) }
    }
  }

  @Test(arguments: Wire.allCases)
  func `answers to our own requests get in while all places are taken`(wire: Wire) async throws {
    let fixture = try Self.fixture(Probe(), inFlight: 1, patience: .milliseconds(1))
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: ["elicitation": [:]])
      let id = client.start("test_streaming_elicitation")
      client.answer(try await peer.next("elicitation/create"), ["action": "decline"])
      #expect(try await client.result(of: id).firstText == "declined")
    }
  }
}
