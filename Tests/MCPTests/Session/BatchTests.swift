import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// JSON-RPC batches, which one revision alone has.
@Suite(.timeLimit(.minutes(2))) struct BatchTests {
  static let without = ProtocolVersion.allCases.filter { $0 != .v2025March }

  @Test(arguments: Wire.allCases, without)
  func `other revisions refuse a batch with one error`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(version)
      let error = try await peer.errorWithoutID(
        to: #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]"#)
      #expect(error["error"]?["code"] == -32600)
      try await client.settle()
      #expect(peer.all.filter { $0["error"] != nil }.count == 1)
    }
  }

  private func parts(_ batch: JSONValue) -> [JSONValue: JSONValue] {
    var parts: [JSONValue: JSONValue] = [:]
    for part in batch.arrayValue ?? [] { parts[part["id"] ?? "none"] = part }
    return parts
  }

  private func batch(_ peer: RawPeer, _ text: String) async throws -> [JSONValue: JSONValue] {
    peer.send(raw: text)
    return parts(try await peer.next("a batch") { $0.arrayValue != nil })
  }

  @Test(arguments: Wire.allCases)
  func `every part is answered in one array`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      _ = try await peer.open(.v2025March)
      let text = #"""
        [{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"},
        {"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"test_simple_text"}},
        {"jsonrpc":"2.0","id":2,"method":"no/such"},5,{"jsonrpc":"2.0","id":null,"method":"ping"},
        {"jsonrpc":"2.0","id":9,"result":{}},{"jsonrpc":"2.0","id":3,"method":"initialize",
        "params":{"protocolVersion":"2025-03-26","capabilities":{},
        "clientInfo":{"name":"a","version":"1"}}},{"jsonrpc":"2.0","id":4,"method":"tools/list"}]
        """#.split(separator: "\n").joined()
      peer.send(raw: text)
      let answer = try await peer.next("a batch") { $0.arrayValue != nil }
      let found = parts(answer)
      #expect(answer.arrayValue?.count == 7)
      #expect(found[1]?["result"] == [:])
      #expect(found["a"]?["result"]?["content"]?[0]?["type"] == "text")
      #expect(found[2]?["error"]?["code"] == -32601)
      #expect(found[3]?["error"]?["code"] == -32600)
      #expect(found[4]?["result"]?["tools"] != nil)
      #expect(answer.arrayValue?.filter { $0["id"] == .null }.count == 2)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a batch without requests is not answered, an empty one is`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025March)
      peer.send(
        raw: #"[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","id":1,"result":{}}]"#)
      try await client.settle()
      #expect(peer.all.count == 2)
      let error = try await peer.errorWithoutID(to: "[]")
      #expect(error["error"]?["code"] == -32600)
    }
  }

  @Test(arguments: Wire.allCases)
  func `cancelled parts are left out, and with them the whole answer`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(tools: [try ProbeTools.waiting(probe)], probe: probe)
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(.v2025March)
      let waiting = #"{"jsonrpc":"2.0","id":%,"method":"tools/call","params":{"name":"wait"}}"#
      let first = waiting.replacing("%", with: "1")
      peer.send(raw: "[\(first),\(waiting.replacing("%", with: "2"))]")
      #expect(await probe["started"].arrives())
      client.cancel(1)
      client.cancel(2)
      try await client.settle()
      #expect(!peer.all.contains { $0.arrayValue != nil })
      let found = try await batch(
        peer,
        #"[\#(first),{"jsonrpc":"2.0","method":"notifications/cancelled","params":"#
          + #"{"requestId":1}},{"jsonrpc":"2.0","id":3,"method":"ping"}]"#)
      #expect(found.count == 1 && found[3]?["result"] == [:])
    }
  }

  @Test(arguments: Wire.allCases)
  func `requests of the modern era have no place in a batch`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      _ = try await peer.open(.v2025March)
      let modern = try await peer.open(.latest)
      let enveloped = modern.request(
        "subscriptions/listen", ["notifications": ["toolsListChanged": true]], id: 5)
      let found = try await batch(
        peer, "[\(enveloped.text),{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"ping\"}]")
      #expect(found[5]?["error"]?["code"] == -32600)
      #expect(found[6]?["result"] == [:])
    }
  }

  @Test(arguments: Wire.allCases)
  func `more parts than may be in flight wait for room`(wire: Wire) async throws {
    var limits = FixtureServer.limits
    limits.maximumInFlight = 4
    limits.overloadPatience = testPatience
    let slow = try RegisteredTool.test("slow") { (_: JSONObject, _: RequestContext) in
      for _ in 0..<5 { await Task.yield() }
      return .text("slow")
    }
    try await serving(FixtureServer(tools: [slow], limits: limits), over: wire) { peer in
      _ = try await peer.open(.v2025March)
      let parts = (0..<50).map {
        #"{"jsonrpc":"2.0","id":\#($0),"method":"tools/call","params":{"name":"slow"}}"#
      }
      let found = try await batch(peer, "[" + parts.joined(separator: ",") + "]")
      #expect(found.count == 50)
      #expect(found.values.allSatisfy { $0["result"]?["content"]?[0]?["text"] == "slow" })
    }
  }

  @Test(arguments: Wire.allCases)
  func `answers that are too long together become errors`(wire: Wire) async throws {
    var limits = FixtureServer.limits
    limits.batchBytes = 10_000
    let big = try RegisteredTool.test("big") { (_: JSONObject, _: RequestContext) in
      .text(String(repeating: "x", count: 3000))
    }
    try await serving(FixtureServer(tools: [big], limits: limits), over: wire) { peer in
      _ = try await peer.open(.v2025March)
      let parts = (0..<20).map {
        #"{"jsonrpc":"2.0","id":\#($0),"method":"tools/call","params":{"name":"big"}}"#
      }
      // Twice: what one batch has taken is given back.
      for _ in 0..<2 {
        let found = try await batch(peer, "[" + parts.joined(separator: ",") + "]")
        #expect(found.count == 20)
        let results = found.values.filter { $0["result"] != nil }
        let errors = found.values.compactMap { $0["error"] }
        #expect(results.count == 3)
        #expect(errors.count == 17)
        #expect(errors.allSatisfy { $0["code"] == -32603 })
        #expect(errors.allSatisfy { $0["message"]?.stringValue?.contains("alone") == true })
      }
    }
  }
}
