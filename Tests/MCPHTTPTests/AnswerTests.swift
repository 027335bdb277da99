import ConformanceFixture
import HTTPTypes
import JSONRPC
import MCP
import MCPHTTP
import Testing

/// What comes back for a request, whatever the server answers.
@Suite(.timeLimit(.minutes(1))) struct AnswerTests {
  typealias Reply = ScriptedServer.Reply

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let reply: Reply
    /// The messages that arrive; of an error, its code and a part of its message.
    let wanted: [String]
    var testDescription: String { name }
  }

  private static let result = #"{"jsonrpc":"2.0","id":1,"result":{}}"#
  private static let told = #"{"jsonrpc":"2.0","method":"notifications/message","params":{}}"#
  private static let other = #"{"jsonrpc":"2.0","id":2,"result":{}}"#

  static let cases = [
    Case(name: "JSON", reply: .json(result), wanted: ["result"]),
    Case(
      name: "JSON with a charset",
      reply: Reply(type: "application/json; charset=utf-8", pieces: [result]), wanted: ["result"]),
    Case(name: "an event", reply: .events("data: \(result)\n\n"), wanted: ["result"]),
    Case(
      name: "type in other letters",
      reply: Reply(type: "Text/Event-Stream; charset=utf-8", pieces: ["data: \(result)\n\n"]),
      wanted: ["result"]),
    Case(
      name: "a notification first", reply: .events("data: \(told)\n\nda", "ta: \(result)\n\n"),
      wanted: ["notifications/message", "result"]),
    Case(
      name: "an event of another type",
      reply: .events("event: x\ndata: \(told)\n\n", "data: \(result)\n\n"),
      wanted: ["result"]),
    Case(
      name: "a stream that stays open",
      reply: .events("data: \(result)\n\n", end: .whenClientLeaves),
      wanted: ["result"]),
    Case(
      name: "error of the request",
      reply: .json(#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}}"#, .notFound),
      wanted: ["-32601 no"]),
    Case(
      name: "error without an id",
      reply: .json(
        #"{"jsonrpc":"2.0","id":null,"error":{"code":-32020,"message":"no"}}"#, .badRequest),
      wanted: ["-32020 no"]),
    Case(
      name: "error of another request",
      reply: .json(
        #"{"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"no"}}"#, .badRequest),
      wanted: ["-32603 HTTP status 400"]),
    Case(
      name: "a page", reply: .json("<html>", .badGateway),
      wanted: ["-32603 HTTP status 502 Bad Gateway: <html>"]),
    Case(name: "nothing", reply: Reply(status: .unauthorized), wanted: ["-32603 HTTP status 401"]),
    Case(name: "a redirect", reply: Reply(status: .found), wanted: ["-32603 HTTP status 302"]),
    Case(
      name: "accepted only", reply: .accepted, wanted: ["-32603 HTTP status 202 without an answer"]),
    Case(
      name: "another's answer", reply: .json(other),
      wanted: ["-32603 HTTP status 200 without an answer"]),
    Case(name: "no JSON", reply: .json("{"), wanted: ["-32603 HTTP status 200 without an answer"]),
    Case(name: "an empty stream", reply: .events(), wanted: ["-32603 The server's stream ended"]),
    Case(
      name: "a dropped stream", reply: .events("data: \(told)\n\n", end: .dropped),
      wanted: ["notifications/message", "-32603 The request to the server failed"]),
    Case(
      name: "an event too long",
      reply: .events("data: \(String(repeating: "x", count: 5000))\n\n", end: .whenClientLeaves),
      wanted: ["-32603 The server sent an event longer than 4096 bytes"]),
    Case(
      name: "an answer too long", reply: .json(String(repeating: "x", count: 9000)),
      wanted: ["-32603 The server's answer is longer than 8192 bytes"]),
  ]

  @Test(arguments: cases)
  func isAnswered(_ one: Case) async throws {
    var limits = HTTPTransport.Limits.quick
    limits.event = 4096
    limits.message = 8192
    let server = ScriptedServer { _, _ in one.reply }
    try await server.serving(limits: limits) { transport in
      transport.send(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
      let found = await transport.messages(one.wanted.count)
      try #require(found.count == one.wanted.count)
      for (message, wanted) in zip(found, one.wanted) {
        #expect(Self.describe(message).hasPrefix(wanted))
        if message["method"] == nil { #expect(message["id"] == 1) }
      }
      #expect(!transport.isPeerGone)
    }
  }

  private static func describe(_ message: JSONValue) -> String {
    if let error = message["error"].flatMap(RPCError.init(json:)) {
      return "\(error.code.rawValue) \(error.message)"
    }
    return message["method"]?.stringValue ?? (message["result"] == nil ? "?" : "result")
  }

  @Test func unreachable() async throws {
    // Nothing listens on the port of discarding.
    let transport = try HTTPTransport.open("http://127.0.0.1:9/mcp")
    transport.send(#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#)
    let found = await transport.messages(1)
    #expect(found.first?["id"] == "a")
    #expect(
      found.first.map(Self.describe)?.hasPrefix("-32603 The request to the server failed") == true)
    await transport.close()
    #expect(await transport.receive().isEmpty)
  }

  @Test(arguments: ["", "ftp://x/", "127.0.0.1:80", "http://", "http:///mcp", "ws://127.0.0.1/"])
  func addresses(text: String) {
    #expect(throws: HTTPTransport.AddressError.self) { try HTTPTransport.open(text) }
  }
}
