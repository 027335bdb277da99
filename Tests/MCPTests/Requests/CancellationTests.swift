import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Requests that the client cancels.
@Suite(.timeLimit(.minutes(2))) struct CancellationTests {
  static let versions: [ProtocolVersion] = [.v2024November, .v2025November, .latest]

  @Test(arguments: Wire.allCases, versions)
  func `a running handler is cancelled and nothing is answered`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(only: ProbeTools.waiting(probe))
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(version)
      let id = client.start("wait", meta: ["progressToken": 1])
      #expect(await probe["started"].arrives())
      client.cancel(id)
      #expect(await probe["cancelled"].arrives())
      try await client.settle()
      #expect(peer.messages(about: id).isEmpty)
      probe["release"].set()
      let reused = client.request("tools/call", ["name": "wait"], id: id)
      peer.send(reused)
      #expect(try await client.result(of: id).firstText == "released")
    }
  }

  @Test func `work that keeps making work does not hold up a cancellation`() async throws {
    let probe = Probe()
    let busy = try RegisteredTool.test("busy") {
      (_: JSONObject, _: RequestContext) async throws(CallInterruption) in
      probe["started"].set()
      // Each yield makes the connection's thread another job before this one has ended.
      while !Task.isCancelled { await Task.yield() }
      probe["cancelled"].set()
      throw .cancelled
    }
    try await serving(FixtureServer(only: busy), over: .pipes) { peer in
      let client = try await peer.open(.latest)
      let id = client.start("busy")
      #expect(await probe["started"].arrives())
      client.cancel(id)
      #expect(await probe["cancelled"].arrives())
      try await client.settle()
    }
  }

  @Test(arguments: versions)
  func `a cancellation in the same write is not too early`(version: ProtocolVersion) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(only: ProbeTools.waiting(probe))
    try await serving(fixture, over: .pipes) { peer in
      let client = try await peer.open(version)
      for _ in 0..<20 {
        let request = client.request("tools/call", ["name": "wait"])
        let id = request["id"] ?? .null
        peer.send([
          request,
          ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": id]],
        ])
        try await client.settle()
        #expect(peer.messages(about: id).isEmpty)
      }
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `before and after the request it is ignored`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      client.cancel(50)
      peer.send(client.request("tools/call", ["name": "test_simple_text"], id: 50))
      #expect(try await client.result(of: 50).firstText != nil)
      client.cancel(50)
      try await client.settle()
      #expect(peer.messages(about: 50).count == 1)
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `an id of another type is another request`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(only: ProbeTools.waiting(probe))
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(version)
      peer.send(client.request("tools/call", ["name": "wait"], id: 50))
      #expect(await probe["started"].arrives())
      client.cancel("50")
      try await client.settle()
      probe["release"].set()
      #expect(try await client.result(of: 50).firstText == "released")
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `a deaf handler is not heard any more`(wire: Wire, version: ProtocolVersion) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(only: ProbeTools.stubborn(probe))
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(version)
      let meta: JSONObject =
        version.era == .modern
        ? ["progressToken": 50, MetaKey.logLevel: "debug"] : ["progressToken": 50]
      peer.send(client.request("tools/call", ["name": "stubborn"], meta: meta, id: 50))
      #expect(await probe["started"].arrives())
      client.cancel(50)
      try await client.settle()
      peer.send(client.request("tools/list", id: 50))
      #expect(try await client.result(of: 50)["tools"] != nil)
      probe["release"].set()
      #expect(await probe["done"].arrives())
      try await client.settle()
      #expect(peer.messages(about: 50).count == 1)
      #expect(peer.messages("notifications/message").isEmpty)
    }
  }

  @Test(arguments: Wire.allCases, versions)
  func `an id in flight cannot be used again`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(only: ProbeTools.waiting(probe))
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(version)
      peer.send(client.request("tools/call", ["name": "wait"], id: 50))
      #expect(await probe["started"].arrives())
      var methods = ["tools/list", "tools/call"]
      if version.era == .legacy { methods += ["ping", "logging/setLevel", "initialize"] }
      for method in methods {
        peer.send(raw: client.request(method, ["name": "wait"], id: 50).text)
        #expect(try await client.error(of: 50).code == .invalidRequest, "\(method)")
      }
      probe["release"].set()
      #expect(try await client.result(of: 50).firstText == "released")
      #expect(peer.messages(about: 50).filter { $0["result"] != nil }.count == 1)
    }
  }

  @Test(arguments: Wire.allCases)
  func `many at once are answered or silent, each as it was asked`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(tools: [ProbeTools.waiting(probe)], probe: probe)
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      let ids = (0..<100).map { _ in client.start("wait") }
      let cancelled = ids.enumerated().filter { $0.offset.isMultiple(of: 3) }.map(\.element)
      for id in cancelled { client.cancel(id) }
      try await client.settle()
      probe["release"].set()
      for id in ids where !cancelled.contains(id) {
        #expect(try await client.result(of: id).firstText == "released")
      }
      try await client.settle()
      #expect(cancelled.allSatisfy { peer.messages(about: $0).isEmpty })
    }
  }
}
