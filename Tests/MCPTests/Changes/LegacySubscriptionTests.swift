import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Subscriptions of the legacy era, which a session remembers.
@Suite(.timeLimit(.minutes(2))) struct LegacySubscriptionTests {
  static let versions = ProtocolVersion.allCases.filter { $0.era == .legacy }
  static let watched = "test://watched-resource"

  @Test(arguments: Wire.allCases, versions)
  func `a watched resource is told until it is not watched`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(version)
      let target: JSONObject = ["uri": .string(Self.watched)]
      #expect(try await client.result("resources/subscribe", target).isEmpty)
      #expect(try await client.result("resources/subscribe", target).isEmpty)
      fixture.changes.publish(.resourceUpdated(uri: Self.watched))
      fixture.changes.publish(.resourceUpdated(uri: "test://static-text"))
      let updated = try await peer.next("notifications/resources/updated")
      #expect(updated["params"] == ["uri": .string(Self.watched)])
      // Whatever begins so may have changed.
      fixture.changes.publish(.resourcesUpdated(prefix: "test://static"))
      fixture.changes.publish(.resourcesUpdated(prefix: "test://watched"))
      let begun = try await peer.next("notifications/resources/updated")
      #expect(begun["params"] == ["uri": .string(Self.watched)])
      #expect(try await client.result("resources/unsubscribe", target).isEmpty)
      #expect(try await client.result("resources/unsubscribe", ["uri": "test://x"]).isEmpty)
      fixture.changes.publish(.resourceUpdated(uri: Self.watched))
      try await client.settle()
      #expect(peer.messages("notifications/resources/updated").count == 2)
    }
    #expect(fixture.changes.count == 0)
  }

  @Test(arguments: Wire.allCases)
  func `an unknown resource cannot be watched`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let error = try await client.error("resources/subscribe", ["uri": "test://none"])
      #expect(error.code == .resourceNotFound)
      #expect(error.data == ["uri": "test://none"])
      for params in ["{}", #"{"uri":5}"#] {
        let faulty = try await client.error(ofFaulty: "resources/subscribe", object(params))
        #expect(faulty.code == .invalidParams)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `the number of watched resources is bounded`(wire: Wire) async throws {
    var limits = FixtureServer.limits
    limits.maximumSubscriptions = 2
    try await serving(FixtureServer(limits: limits), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      for id in 1...2 {
        _ = try await client.result(
          "resources/subscribe", ["uri": .string("test://template/\(id)/data")])
      }
      let error = try await client.error("resources/subscribe", ["uri": .string(Self.watched)])
      #expect(error.code == .internalError)
      _ = try await client.result("resources/unsubscribe", ["uri": "test://template/1/data"])
      _ = try await client.result("resources/subscribe", ["uri": .string(Self.watched)])
    }
  }

  @Test(arguments: Wire.allCases)
  func `lists that change are told once the client is ready`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      peer.send(Client.initialize("2025-06-18"))
      _ = try await peer.answer(to: 1)
      let client = Client(peer: peer, version: .v2025June, capabilities: [:])
      try await client.settle()
      fixture.changes.publish(.toolsListChanged)
      try await client.settle()
      client.notify("notifications/initialized")
      try await client.settle()
      #expect(peer.messages("notifications/tools/list_changed").isEmpty)
      let told: [(Change, String)] = [
        (.toolsListChanged, "notifications/tools/list_changed"),
        (.promptsListChanged, "notifications/prompts/list_changed"),
        (.resourcesListChanged, "notifications/resources/list_changed"),
      ]
      for (change, method) in told {
        fixture.changes.publish(change)
        let heard = try await peer.next(method)
        #expect(heard["params"]?["_meta"] == nil)
      }
      fixture.changes.publish(.taskChanged(id: "x"))
      try await client.settle()
      #expect(peer.all.filter { $0["method"] != nil }.count == 3)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a session without handshake hears nothing`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      try await client.settle()
      #expect(fixture.changes.count == 0)
      for change in [Change.toolsListChanged, .resourceUpdated(uri: Self.watched)] {
        fixture.changes.publish(change)
      }
      try await client.settle()
      #expect(peer.all.allSatisfy { $0["method"] == nil })
    }
  }

  @Test(arguments: Wire.allCases)
  func `watching and not watching count in the order they were sent`(wire: Wire) async throws {
    let probe = Probe()
    let slow = RegisteredResource(ResourceDefinition(uri: "test://slow", name: "slow")) {
      (uri: String, _: [String: String], _: RequestContext) async throws(CallInterruption) in
      await probe["release"].wait()
      return [ResourceContents(uri: uri, mimeType: "text/plain", data: .text("slow"))]
    }
    let fixture = try FixtureServer(resources: [slow])
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let target: JSONObject = ["uri": "test://slow"]
      // The last word is "no", although the first takes longer to be answered.
      let first = client.send("resources/subscribe", target)
      _ = try await client.result("resources/unsubscribe", target)
      probe["release"].set()
      #expect(try await client.result(of: first).isEmpty)
      fixture.changes.publish(.resourceUpdated(uri: "test://slow"))
      try await client.settle()
      #expect(peer.messages("notifications/resources/updated").isEmpty)
      // And "yes" when it came last.
      _ = try await client.result("resources/unsubscribe", target)
      _ = try await client.result("resources/subscribe", target)
      fixture.changes.publish(.resourceUpdated(uri: "test://slow"))
      _ = try await peer.next("notifications/resources/updated")
    }
  }

  @Test(arguments: Wire.allCases)
  func `what cannot be read is not watched after all`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let missing = "test://template/missing/data"
      let error = try await client.error("resources/subscribe", ["uri": .string(missing)])
      #expect(error.code == .resourceNotFound)
      fixture.changes.publish(.resourceUpdated(uri: missing))
      try await client.settle()
      #expect(peer.messages("notifications/resources/updated").isEmpty)
    }
  }

  @Test(arguments: Wire.allCases)
  func `another spelling of an address watches the same resource`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let spelled: JSONObject = ["uri": "test://template/%61%62/data"]
      let address = "test://template/ab/data"
      _ = try await client.result("resources/subscribe", spelled)
      fixture.changes.publish(.resourceUpdated(uri: address))
      let updated = try await peer.next("notifications/resources/updated")
      #expect(updated["params"] == .object(spelled), "in the client's own words")
      _ = try await client.result("resources/unsubscribe", ["uri": .string(address)])
      fixture.changes.publish(.resourceUpdated(uri: address))
      try await client.settle()
      #expect(peer.messages("notifications/resources/updated").count == 1)
    }
  }
}
