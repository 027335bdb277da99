import ConformanceFixture
import JSONRPC
import MCP
import Testing
import WireChecks

/// How a session ends.
@Suite(.timeLimit(.minutes(2))) struct DrainTests {
  @Test(arguments: Wire.allCases, [ProtocolVersion.v2025November, .latest])
  func `what was asked before the end is answered`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    var limits = FixtureServer.limits
    limits.drain = testPatience
    let slow = try RegisteredTool.test("slow") {
      (_: JSONObject, _: RequestContext) async throws(CallInterruption) in
      for _ in 0..<100 { await Task.yield() }
      return .text("slow")
    }
    try await serving(FixtureServer(only: slow, limits: limits), over: wire) { peer in
      let client = try await peer.open(version)
      let requests = (0..<50).map { _ in client.request("tools/call", ["name": "slow"]) }
      peer.send(requests)
      if wire == .memory { try await client.settle() }
      await peer.endInput()
      for request in requests {
        #expect(try await client.result(of: request["id"] ?? .null).firstText == "slow")
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `what takes too long is cancelled without an answer`(wire: Wire) async throws {
    let probe = Probe()
    var limits = FixtureServer.limits
    limits.drain = .milliseconds(1)
    let fixture = try FixtureServer(only: ProbeTools.waiting(probe), limits: limits)
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let id = client.start("wait")
      #expect(await probe["started"].arrives())
      await peer.endInput()
      #expect(await probe["cancelled"].arrives())
      await #expect(throws: RawPeer.Silence.self) { try await peer.answer(to: id) }
      #expect(peer.messages(about: id).isEmpty)
    }
  }

  @Test(arguments: Wire.allCases)
  func `shutting down ends like the end of input`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    let link = try Link(wire)
    let session = ServerSession(
      server: fixture.server, transport: link.server, principal: .local)
    let peer = RawPeer(wire, link, session)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await session.run() }
      group.addTask { await peer.run() }
      let client = try? await peer.open(.latest)
      client?.send("subscriptions/listen", ["notifications": ["toolsListChanged": true]], id: "L")
      _ = try? await peer.next("notifications/subscriptions/acknowledged")
      peer.shutDown()
      let end = try? await peer.answer(to: "L")
      #expect(end?["result"]?["resultType"] == "complete")
      await group.waitForAll()
    }
    #expect(peer.log.faults == [])
  }

  @Test(arguments: Wire.allCases)
  func `the end of input is told once, before the drain`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(only: ProbeTools.waiting(probe))
    let link = try Link(wire)
    let ended = Recorder<Bool>()
    let session = ServerSession(
      server: fixture.server, transport: link.server, principal: .local
    ) { ended.append(probe["cancelled"].isSet) }
    let peer = RawPeer(wire, link, session)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await session.run() }
      group.addTask { await peer.run() }
      let client = try? await peer.open(.latest)
      _ = client?.start("wait")
      #expect(await probe["started"].arrives())
      await peer.endInput()
      await group.waitForAll()
    }
    #expect(ended.values == [false])
    #expect(probe["cancelled"].isSet)
  }

  @Test(arguments: Wire.allCases)
  func `subscriptions of both eras leave nothing behind`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let legacy = try await peer.open(.v2025November)
      _ = try await legacy.result("resources/subscribe", ["uri": "test://static-text"])
      let modern = try await peer.open(.latest)
      modern.send("subscriptions/listen", ["notifications": [:]], id: "L")
      _ = try await peer.next("notifications/subscriptions/acknowledged")
      #expect(fixture.changes.count == 2)
      await peer.endInput()
      _ = try await modern.result(of: "L")
    }
    #expect(fixture.changes.count == 0)
  }
}
