import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// How messages are cut out of a stream of bytes.
@Suite(.timeLimit(.minutes(2))) struct FramingTests {
  static let framings: [(name: String, before: String, after: String)] = [
    ("plain", "", ""), ("carriage return", "", "\r"), ("blank lines", "\n\r\n  \t\n", "\n\n"),
    ("spaces", "  \t", "  \r"),
  ]

  @Test(arguments: framings)
  func `lines may end and be padded in every usual way`(
    framing: (name: String, before: String, after: String)
  ) async throws {
    try await serving(FixtureServer(), over: .pipes) { peer in
      for id in 1...3 {
        peer.send(
          raw: framing.before + #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"# + framing.after)
        let answer = try await peer.answer(to: JSONValue(id))
        #expect(answer["result"] == [:])
      }
      #expect(peer.all.count == 3)
    }
  }

  @Test func `a byte order mark at the start is skipped and only there`() async throws {
    try await serving(FixtureServer(), over: .pipes) { peer in
      peer.send(raw: "\u{FEFF}" + #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
      #expect(try await peer.answer(to: 1)["result"] == [:])
      let error = try await peer.errorWithoutID(
        to: "\u{FEFF}" + #"{"jsonrpc":"2.0","id":2,"method":"ping"}"#)
      #expect(error["error"]?["code"] == -32700)
    }
  }

  @Test func `the last line needs no newline`() async throws {
    let link = try RawLink()
    try await serving(FixtureServer(), on: link) { link in
      try await link.write(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
      link.closeInput()
      #expect(await link.lines.reaches { $0 == [#"{"jsonrpc":"2.0","id":1,"result":{}}"#] })
    }
  }

  @Test(arguments: 0..<6)
  func `chunks may end anywhere`(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let count = 40
    let text = (1...count).map { id in
      let name = String(repeating: "é😀\\u00e9", count: Int.random(in: 0...200, using: &random))
      return #"{"jsonrpc":"2.0","id":\#(id),"method":"ping","params":{"x":"\#(name)"}}"# + "\n"
    }.joined()
    var chunks: [[UInt8]] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let size = min(rest.count, Int.random(in: 1...3000, using: &random))
      chunks.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    let sent = chunks
    let link = try RawLink()
    try await serving(FixtureServer(), on: link) { link in
      for chunk in sent { try await link.write(chunk) }
      #expect(await link.lines.reaches { $0.count == count })
      let expected = (1...count).map { #"{"jsonrpc":"2.0","id":\#($0),"result":{}}"# }
      #expect(link.lines.values == expected)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a message that is too long is refused and the next is read`(wire: Wire) async throws {
    var limits = DescriptorTransport.Limits()
    limits.line = 1000
    var sessionLimits = FixtureServer.limits
    sessionLimits.maximumMessageBytes = 1000
    let fixture = try FixtureServer(limits: sessionLimits)
    try await serving(fixture, over: wire, limits: limits) { peer in
      let client = try await peer.open(.v2025November)
      for size in [1001, 5000, 200_000] {
        let error = try await peer.errorWithoutID(to: String(repeating: "x", count: size))
        #expect(error["error"]?["code"] == -32600)
        #expect(error["error"]?["message"]?.stringValue?.contains("1000") == true)
        try await client.settle()
      }
      let frame = #"{"jsonrpc":"2.0","id":5,"method":"ping","params":{"x":""}}"#.utf8.count
      let filling = String(repeating: "x", count: 1000 - frame)
      peer.send(raw: #"{"jsonrpc":"2.0","id":5,"method":"ping","params":{"x":"\#(filling)"}}"#)
      #expect(try await peer.answer(to: 5)["result"] == [:])
    }
  }

  @Test(arguments: Wire.allCases)
  func `the session's own limit holds where the transport's is wider`(wire: Wire) async throws {
    var sessionLimits = FixtureServer.limits
    sessionLimits.maximumMessageBytes = 1000
    try await serving(FixtureServer(limits: sessionLimits), over: wire) { peer in
      let long = String(repeating: "x", count: 1000)
      let error = try await peer.errorWithoutID(
        to: #"{"jsonrpc":"2.0","id":5,"method":"ping","params":{"x":"\#(long)"}}"#)
      #expect(error["error"]?["code"] == -32600)
    }
  }

  @Test(arguments: Wire.allCases)
  func `an answer is one line whatever it holds`(wire: Wire) async throws {
    let nasty = "a\nb\r\nc\u{2028}d\u{0}e\"\\f\u{FEFF}é😀"
    let tool = try RegisteredTool.test("nasty") { (_: JSONObject, _: RequestContext) in
      .text(nasty)
    }
    try await serving(FixtureServer(only: tool), over: wire) { peer in
      let client = try await peer.open(.v2025November)
      #expect(try await client.call("nasty").firstText == nasty)
    }
  }
}
