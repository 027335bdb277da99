import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Subscriptions of the modern era.
@Suite(.timeLimit(.minutes(2))) struct ListenTests {
  private static let everything: JSONObject = [
    "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
    "resourceSubscriptions": ["test://watched-resource"],
  ]

  /// Subscribes and waits for the acknowledgement.
  private static func listen(
    _ client: Client, _ filter: JSONObject, id: JSONValue
  ) async throws -> JSONObject {
    client.send("subscriptions/listen", ["notifications": .object(filter)], id: id)
    let first = try await client.peer.next("an acknowledgement") {
      $0["params"]?["_meta"]?[MetaKey.subscriptionID] == id
    }
    #expect(first["method"] == "notifications/subscriptions/acknowledged")
    return first["params"]?["notifications"]?.objectValue ?? [:]
  }

  private static func changes(_ client: Client, about id: JSONValue) -> [String] {
    client.peer.messages(about: id).compactMap { $0["method"]?.stringValue }.filter {
      $0 != "notifications/subscriptions/acknowledged"
    }
  }

  static let wishes: [(wish: String, honoured: String)] = [
    ("{}", "{}"), (#"{"toolsListChanged":false}"#, "{}"),
    (#"{"toolsListChanged":true}"#, #"{"toolsListChanged":true}"#),
    (#"{"unknownKind":true,"promptsListChanged":true}"#, #"{"promptsListChanged":true}"#),
    (
      #"{"resourceSubscriptions":["test://static-text","test://none","test://template/5/data"]}"#,
      #"{"resourceSubscriptions":["test://static-text","test://template/5/data"]}"#
    ), (#"{"resourceSubscriptions":["test://none"]}"#, "{}"),
    (#"{"resourceSubscriptions":[]}"#, "{}"), (#"{"taskIds":[]}"#, "{}"),
    (
      #"{"toolsListChanged":true,"promptsListChanged":true,"resourcesListChanged":true}"#,
      #"{"toolsListChanged":true,"promptsListChanged":true,"resourcesListChanged":true}"#
    ),
  ]

  @Test(arguments: Wire.allCases, wishes)
  func `the acknowledgement echoes what is honoured`(
    wire: Wire, wish: (wish: String, honoured: String)
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      let honoured = try await Self.listen(client, object(wish.wish), id: "L")
      #expect(honoured.text == wish.honoured)
      try await client.settle()
      #expect(peer.messages(about: "L").count == 1, "the stream stays open and silent")
      client.cancel("L")
    }
  }

  @Test(arguments: Wire.allCases)
  func `kinds that are not declared are left out`(wire: Wire) async throws {
    let fixture = try FixtureServer(only: .test("t") { (_, _) in .text("t") })
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      let honoured = try await Self.listen(client, Self.everything, id: "L")
      #expect(honoured == ["toolsListChanged": true])
      client.cancel("L")
    }
  }

  static let faulty = [
    #"null"#, #"[]"#, #"{"toolsListChanged":"yes"}"#, #"{"promptsListChanged":1}"#,
    #"{"resourceSubscriptions":"test://static-text"}"#, #"{"resourceSubscriptions":[1]}"#,
    #"{"taskIds":{}}"#,
  ]

  @Test(arguments: Wire.allCases, faulty)
  func `a filter of the wrong shape is refused`(wire: Wire, filter: String) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      let error = try await client.error(
        ofFaulty: "subscriptions/listen", ["notifications": json(filter)])
      #expect(error.code == .invalidParams)
      #expect(fixture.changes.count == 0)
    }
  }

  static let ids: [JSONValue] = [7, "7", "", -1, json("123456789012345678901234567890")]

  @Test(arguments: Wire.allCases, ids)
  func `every frame carries the request's id with its type`(
    wire: Wire, id: JSONValue
  ) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      _ = try await Self.listen(client, Self.everything, id: id)
      let told: [(Change, String)] = [
        (.toolsListChanged, "notifications/tools/list_changed"),
        (.promptsListChanged, "notifications/prompts/list_changed"),
        (.resourcesListChanged, "notifications/resources/list_changed"),
        (.resourceUpdated(uri: "test://watched-resource"), "notifications/resources/updated"),
      ]
      for (change, method) in told {
        fixture.changes.publish(change)
        let heard = try await peer.next(method)
        #expect(heard["params"]?["_meta"]?[MetaKey.subscriptionID] == id)
        #expect(heard["id"] == nil)
      }
      await peer.endInput()
      let end = try await peer.answer(to: id)
      #expect(end["result"]?["resultType"] == "complete")
      #expect(end["result"]?["_meta"]?[MetaKey.subscriptionID] == id)
    }
  }

  @Test(arguments: Wire.allCases)
  func `only what was wished for is delivered`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      _ = try await Self.listen(client, ["promptsListChanged": true], id: "P")
      _ = try await Self.listen(
        client, ["resourceSubscriptions": ["test://template/5/data"]], id: "R")
      for change in [
        Change.toolsListChanged, .resourcesListChanged,
        .resourceUpdated(uri: "test://template/6/data"), .taskChanged(id: "x"),
        .resourcesUpdated(prefix: "test://static"), .promptsListChanged,
        .resourcesUpdated(prefix: "test://template/"),
      ] { fixture.changes.publish(change) }
      _ = try await peer.next("notifications/prompts/list_changed")
      let updated = try await peer.next("notifications/resources/updated")
      #expect(updated["params"]?["uri"] == "test://template/5/data")
      try await client.settle()
      #expect(Self.changes(client, about: "P") == ["notifications/prompts/list_changed"])
      #expect(Self.changes(client, about: "R") == ["notifications/resources/updated"])
      client.cancel("P")
      client.cancel("R")
    }
  }

  @Test(arguments: Wire.allCases)
  func `several subscriptions hear the same change, each under its name`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      for id in [1, "1", 2] as [JSONValue] {
        _ = try await Self.listen(client, ["toolsListChanged": true], id: id)
      }
      #expect(try await client.call("test_trigger_tool_change").firstText == "told")
      for _ in 0..<3 { _ = try await peer.next("notifications/tools/list_changed") }
      client.cancel("1")
      try await client.settle()
      fixture.changes.publish(.toolsListChanged)
      for _ in 0..<2 { _ = try await peer.next("notifications/tools/list_changed") }
      try await client.settle()
      #expect(Self.changes(client, about: 1).count == 2)
      #expect(Self.changes(client, about: "1").count == 1)
      #expect(Self.changes(client, about: 2).count == 2)
      client.cancel(1)
      client.cancel(2)
    }
  }

  @Test(arguments: Wire.allCases)
  func `nothing that changes behind the request is lost`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      _ = try await Self.listen(client, ["promptsListChanged": true], id: "L")
      peer.send([
        client.request("tools/call", ["name": "test_trigger_prompt_change"], id: "C"),
        client.request("tools/call", ["name": "test_trigger_tool_change"], id: "D"),
      ])
      _ = try await peer.next("notifications/prompts/list_changed")
      _ = try await client.result(of: "C")
      _ = try await client.result(of: "D")
      client.cancel("L")
    }
  }

  @Test(arguments: Wire.allCases)
  func `cancelling ends it in silence`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      _ = try await Self.listen(client, ["toolsListChanged": true], id: "L")
      client.cancel("L")
      try await client.settle()
      fixture.changes.publish(.toolsListChanged)
      try await client.settle()
      #expect(peer.messages(about: "L").count == 1)
      _ = try await Self.listen(client, ["toolsListChanged": true], id: "L")
      await peer.endInput()
      _ = try await client.result(of: "L")
    }
    #expect(fixture.changes.count == 0)
  }

  @Test func `cancelled in the same write, it says nothing at all`() async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: .pipes) { peer in
      let client = try await peer.open(.latest)
      peer.send([
        client.request("subscriptions/listen", ["notifications": .object(Self.everything)], id: 5),
        ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 5]],
      ])
      try await client.settle()
      #expect(peer.messages(about: 5).isEmpty)
    }
    #expect(fixture.changes.count == 0)
  }

  @Test(arguments: Wire.allCases)
  func `a refused subscription leaves nothing behind`(wire: Wire) async throws {
    var limits = FixtureServer.limits
    limits.maximumListens = 2
    let fixture = try FixtureServer(limits: limits)
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      for id in ["A", "B"] as [JSONValue] { _ = try await Self.listen(client, [:], id: id) }
      let many = client.send("subscriptions/listen", ["notifications": [:]])
      #expect(try await client.error(of: many).code == .internalError)
      client.send("subscriptions/listen", ["notifications": [:]], id: "A")
      #expect(try await client.error(of: "A").code == .invalidRequest)
      #expect(fixture.changes.count == 2)
      client.cancel("A")
      client.cancel("B")
    }
    #expect(fixture.changes.count == 0)
  }

  @Test func `equal changes that wait count as one`() async throws {
    let tool = try RegisteredTool.test("burst") { (_: JSONObject, context: RequestContext) in
      for _ in 0..<50 { context.changes.publish(.toolsListChanged) }
      return .text("told")
    }
    // On pipes the tool and the subscription share a thread, so none of the fifty can be sent between.
    try await serving(FixtureServer(tools: [tool]), over: .pipes) { peer in
      let client = try await peer.open(.latest)
      _ = try await Self.listen(client, ["toolsListChanged": true], id: "L")
      _ = try await client.call("burst")
      _ = try await peer.next("notifications/tools/list_changed")
      try await client.settle()
      #expect(Self.changes(client, about: "L").count == 1)
      client.cancel("L")
    }
  }

  @Test func `a subscriber that does not keep up is told so`() async throws {
    let uris = (0..<1024).map { "test://template/\($0)/data" }
    let tool = try RegisteredTool.test("flood") { (_: JSONObject, context: RequestContext) in
      for uri in uris { context.changes.publish(.resourceUpdated(uri: uri)) }
      context.changes.publish(.toolsListChanged)
      return .text("told")
    }
    let fixture = try FixtureServer(tools: [tool])
    try await serving(fixture, over: .pipes) { peer in
      let client = try await peer.open(.latest)
      let filter: JSONObject = [
        "toolsListChanged": true, "resourceSubscriptions": .array(uris.map(JSONValue.string)),
      ]
      _ = try await Self.listen(client, filter, id: "L")
      _ = try await client.call("flood")
      let end = try await peer.next("notifications/cancelled")
      #expect(end["params"]?["requestId"] == "L")
      #expect(end["params"]?["_meta"]?[MetaKey.subscriptionID] == "L")
      try await client.settle()
      #expect(!peer.messages(about: "L").contains { $0["result"] != nil })
      #expect(fixture.changes.count == 0)
      _ = try await Self.listen(client, [:], id: "M")
      client.cancel("M")
    }
  }

  @Test(arguments: Wire.allCases)
  func `progress and log messages stay on their own request`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      _ = try await Self.listen(client, Self.everything, id: "L")
      _ = try await client.call(
        "test_tool_with_progress", meta: ["progressToken": "t", MetaKey.logLevel: "debug"])
      _ = try await client.call("test_logging_tool", meta: [MetaKey.logLevel: "debug"])
      #expect(Self.changes(client, about: "L").isEmpty)
      for method in ["notifications/progress", "notifications/message"] {
        #expect(!peer.messages(method).isEmpty)
        #expect(peer.messages(method).allSatisfy { $0["params"]?["_meta"] == nil })
      }
      client.cancel("L")
    }
  }

  @Test(arguments: Wire.allCases)
  func `another spelling of an address hears of the same resource`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.latest)
      let spelled: JSONObject = [
        "resourceSubscriptions": ["test://template/%61%62/data", "test://template/ab/data"]
      ]
      #expect(try await Self.listen(client, spelled, id: "L") == spelled)
      fixture.changes.publish(.resourceUpdated(uri: "test://template/ab/data"))
      let first = try await peer.next("notifications/resources/updated")
      let second = try await peer.next("notifications/resources/updated")
      #expect(
        [first, second].map { $0["params"]?["uri"] }
          == ["test://template/%61%62/data", "test://template/ab/data"])
      client.cancel("L")
    }
  }
}
