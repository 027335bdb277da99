import JSONRPC
import MCP
import Testing

/// Subscriptions of the legacy era, which a session remembers.
@Suite(.timeLimit(.minutes(5))) struct LegacySubscriptionTests {
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
      #expect(try await client.result("resources/unsubscribe", target).isEmpty)
      #expect(try await client.result("resources/unsubscribe", ["uri": "test://x"]).isEmpty)
      fixture.changes.publish(.resourceUpdated(uri: Self.watched))
      try await client.settle()
      #expect(peer.messages("notifications/resources/updated").count == 1)
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
}
