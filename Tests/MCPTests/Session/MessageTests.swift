import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Single messages that are no messages, ids, and what is never answered.
@Suite(.timeLimit(.minutes(2))) struct MessageTests {
  struct Broken: Sendable, CustomTestStringConvertible {
    let text: String
    let code: Int64
    var id: JSONValue = .null

    var testDescription: String { String(text.prefix(60)) }
  }

  static let broken = [
    Broken(text: "{", code: -32700), Broken(text: "nul", code: -32700),
    Broken(text: "{} x", code: -32700), Broken(text: "{'a':1}", code: -32700),
    Broken(text: #"{"jsonrpc":"2.0","id":1,"method":"ping",}"#, code: -32700),
    Broken(text: #"{"jsonrpc":"2.0","id":1,"method":"\ud800"}"#, code: -32700),
    Broken(text: #"{"jsonrpc":"2.0","id":"\udc00\ud800","method":"ping"}"#, code: -32700),
    Broken(text: #"{"jsonrpc":"2.0","id":01,"method":"ping"}"#, code: -32700),
    Broken(text: #"{"jsonrpc":"2.0","id":NaN,"method":"ping"}"#, code: -32700),
    Broken(text: deep(129), code: -32700), Broken(text: deep(5000), code: -32700),
    Broken(text: "5", code: -32600), Broken(text: "null", code: -32600),
    Broken(text: #""ping""#, code: -32600), Broken(text: "true", code: -32600),
    Broken(text: "{}", code: -32600), Broken(text: "[]", code: -32600),
    Broken(text: #"{"id":7}"#, code: -32600, id: 7),
    Broken(text: #"{"jsonrpc":"1.0","id":7,"method":"ping"}"#, code: -32600, id: 7),
    Broken(text: #"{"jsonrpc":2.0,"id":"x","method":"ping"}"#, code: -32600, id: "x"),
    Broken(text: #"{"id":7,"method":"ping"}"#, code: -32600, id: 7),
    Broken(text: #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, code: -32600),
    Broken(text: #"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, code: -32600),
    Broken(text: #"{"jsonrpc":"2.0","id":1.0,"method":"ping"}"#, code: -32600),
    Broken(text: #"{"jsonrpc":"2.0","id":1e2,"method":"ping"}"#, code: -32600),
    Broken(text: #"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, code: -32600),
    Broken(text: #"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, code: -32600),
    Broken(text: #"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, code: -32600),
    Broken(text: #"{"jsonrpc":"2.0","id":7,"method":5}"#, code: -32600, id: 7),
    Broken(text: #"{"jsonrpc":"2.0","id":7,"method":"ping","params":[]}"#, code: -32600, id: 7),
    Broken(text: #"{"jsonrpc":"2.0","id":7,"method":"ping","params":1}"#, code: -32600, id: 7),
    Broken(
      text: #"{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":5}}"#, code: -32602,
      id: 7),
    Broken(
      text: #"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":[]}}"#, code: -32602, id: 7),
  ]

  private static func deep(_ levels: Int) -> String {
    String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
  }

  @Test(arguments: Wire.allCases, broken)
  func `a broken message is answered and the connection goes on`(
    wire: Wire, broken: Broken
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      peer.send(raw: broken.text)
      let answer = try await peer.next("an error") { $0["error"] != nil }
      #expect(answer["error"]?["code"]?.integerValue == broken.code)
      #expect(answer["id"] == broken.id)
      try await client.settle()
      #expect(peer.all.filter { $0["error"] != nil }.count == 1)
    }
  }

  @Test(arguments: Wire.allCases)
  func `bytes that are not UTF-8 are answered`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      let start = Array(#"{"jsonrpc":"2.0","id":1,"method":"a"#.utf8)
      for bad in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]] {
        peer.send(bytes: start + bad + Array(#""}"#.utf8))
        let error = try await peer.next("an error") { $0["id"] == .null }
        #expect(error["error"]?["code"] == -32700)
      }
      try await client.settle()
    }
  }

  static let ids = [
    #"1"#, #""1""#, #"0"#, #"-5"#, #"9223372036854775807"#, #"-9223372036854775808"#,
    #"9223372036854775808"#, #"123456789012345678901234567890"#, #""""#, #""é\n\"\\ \u0001😀""#,
    "\"" + String(repeating: "x", count: 10_000) + "\"",
  ]

  @Test(arguments: Wire.allCases, ids)
  func `an id comes back with its exact type`(wire: Wire, id: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      for version in [ProtocolVersion.v2025November, .latest] {
        let client = try await peer.open(version)
        let request = client.request("tools/list", id: json(id))
        peer.send(request)
        #expect(try await peer.answer(to: json(id))["id"] == json(id))
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `of two equal keys the last counts`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      peer.send(raw: #"{"jsonrpc":"2.0","id":1,"method":"no","id":2,"method":"ping"}"#)
      let answer = try await peer.answer(to: 2)
      #expect(answer["result"] == [:])
    }
  }

  static let unanswered = [
    #"{"jsonrpc":"2.0","method":"no/such"}"#, #"{"jsonrpc":"2.0","method":"tools/list"}"#,
    #"{"jsonrpc":"2.0","method":"tools/call","params":{"name":5}}"#,
    #"{"jsonrpc":"2.0","method":"initialize","params":{}}"#,
    #"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, #"{"method":null}"#,
    #"{"jsonrpc":"1.0","method":"notifications/initialized"}"#,
    #"{"method":"notifications/initialized"}"#,
    #"{"jsonrpc":"2.0","method":"notifications/initialized","params":[1]}"#,
    #"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#,
    #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":null}}"#,
    #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}"#,
    #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":999}}"#,
    #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1}}"#,
    #"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#,
    #"{"jsonrpc":"2.0","id":999,"result":{}}"#, #"{"jsonrpc":"2.0","id":1,"error":{"code":1}}"#,
    #"{"jsonrpc":"2.0","id":999,"error":{"code":1,"message":"x"}}"#,
    #"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}"#,
    #"{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}"#,
    #"{"jsonrpc":"2.0","result":{}}"#, #"{"id":4,"result":{}}"#,
  ]

  @Test(arguments: Wire.allCases, unanswered)
  func `notifications and answers are never answered`(wire: Wire, text: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      peer.send(raw: text)
      let client = try await peer.open(.v2025November)
      peer.send(raw: text)
      try await client.settle()
      #expect(peer.all.count == 2, "the handshake and the ping")
    }
  }

  @Test(arguments: Wire.allCases)
  func `unknown members are tolerated everywhere`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.latest)
      var request =
        client.request("tools/call", ["name": "test_simple_text", "x": [1], "task": [:]])
        .objectValue ?? [:]
      request["extra"] = ["deep": [[[[]]]]]
      peer.send(.object(request))
      #expect(try await client.result(of: request["id"] ?? .null).firstText != nil)
    }
  }
}
