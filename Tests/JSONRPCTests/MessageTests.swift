import JSONRPC
import Testing

@Suite struct MessageTests {
  /// What becomes of a message.
  enum Outcome: Sendable, Hashable {
    case request(RequestID, String, JSONObject)
    case notification(String, JSONObject)
    case result(RequestID?, JSONValue)
    case failure(RequestID?, Int64, String)
    /// The answer it gets: code, id and message.
    case answered(Int64, RequestID?, String)
    case ignored
  }

  private static func outcome(of text: String) throws -> Outcome {
    do {
      switch try Message(try JSONParser().parse(text)) {
      case .request(let request): return .request(request.id, request.method, request.params)
      case .notification(let notification):
        return .notification(notification.method, notification.params)
      case .response(let response):
        switch response.outcome {
        case .success(let result): return .result(response.id, result)
        case .failure(let error):
          return .failure(response.id, error.code.rawValue, error.message)
        }
      }
    } catch let invalid as InvalidMessage {
      guard let error = invalid.error else { return .ignored }
      return .answered(error.code.rawValue, invalid.id, error.message)
    }
  }

  private static func refused(_ id: RequestID?, _ message: String) -> Outcome {
    .answered(-32600, id, "Invalid request: \(message)")
  }

  private static let badID = "expected a string or an integer without fraction and exponent"
  private static let requests: [(text: String, outcome: Outcome)] = [
    (#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, .request(.integer(1), "ping", [:])),
    (#"{"jsonrpc":"2.0","id":"1","method":"ping"}"#, .request(.string("1"), "ping", [:])),
    (#"{"jsonrpc":"2.0","id":"","method":"ping"}"#, .request(.string(""), "ping", [:])),
    (#"{"jsonrpc":"2.0","id":0,"method":"ping"}"#, .request(.integer(0), "ping", [:])),
    (
      #"{"jsonrpc":"2.0","id":-9223372036854775808,"method":"m"}"#,
      .request(.integer(.min), "m", [:])
    ),
    (
      #"{"jsonrpc":"2.0","id":9007199254740993,"method":"m"}"#,
      .request(.integer(9_007_199_254_740_993), "m", [:])
    ),
    (
      #"{"jsonrpc":"2.0","id":7,"method":"m","params":{"a":[1]},"extra":true}"#,
      .request(.integer(7), "m", ["a": [1]])
    ),
    (
      #"{"jsonrpc":"2.0","id":7,"method":"m","result":1}"#, .request(.integer(7), "m", [:])
    ),
    (#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, refused(nil, "'id' is null, \(badID)")),
    (#"{"jsonrpc":"2.0","id":1.5,"method":"m"}"#, refused(nil, "'id' is number, \(badID)")),
    (#"{"jsonrpc":"2.0","id":1.0,"method":"m"}"#, refused(nil, "'id' is integer, \(badID)")),
    (#"{"jsonrpc":"2.0","id":1e2,"method":"m"}"#, refused(nil, "'id' is integer, \(badID)")),
    (#"{"jsonrpc":"2.0","id":true,"method":"m"}"#, refused(nil, "'id' is boolean, \(badID)")),
    (#"{"jsonrpc":"2.0","id":[1],"method":"m"}"#, refused(nil, "'id' is array, \(badID)")),
    (#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, refused(nil, "'id' is object, \(badID)")),
    (#"{"id":1,"method":"m"}"#, refused(.integer(1), #"'jsonrpc' must be the string "2.0""#)),
    (
      #"{"jsonrpc":"1.0","id":"x","method":"m"}"#,
      refused(.string("x"), #"'jsonrpc' must be the string "2.0""#)
    ),
    (
      #"{"jsonrpc":2.0,"id":1,"method":"m"}"#,
      refused(.integer(1), #"'jsonrpc' must be the string "2.0""#)
    ),
    (
      #"{"jsonrpc":"2.0","id":1,"method":"m","params":[1]}"#,
      refused(.integer(1), "'params' is array, expected an object")
    ),
    (
      #"{"jsonrpc":"2.0","id":1,"method":"m","params":null}"#,
      refused(.integer(1), "'params' is null, expected an object")
    ),
    (
      #"{"jsonrpc":"2.0","id":1,"method":5}"#,
      refused(.integer(1), "'method' is integer, expected a string")
    ),
    (#"{"jsonrpc":"2.0","id":1}"#, refused(.integer(1), "'method' is missing")),
    ("{}", refused(nil, "'method' is missing")),
    ("5", refused(nil, "found integer, expected a JSON-RPC 2.0 message object")),
    ("null", refused(nil, "found null, expected a JSON-RPC 2.0 message object")),
    ("[]", refused(nil, "found array, expected a JSON-RPC 2.0 message object")),
  ]

  private static let others: [(text: String, outcome: Outcome)] = [
    (#"{"jsonrpc":"2.0","method":"m"}"#, .notification("m", [:])),
    (#"{"jsonrpc":"2.0","method":"m","params":{"a":1}}"#, .notification("m", ["a": 1])),
    (#"{"jsonrpc":"2.0","method":"m","params":[]}"#, .ignored),
    (#"{"jsonrpc":"1.0","method":"m"}"#, .ignored),
    (#"{"method":"m"}"#, .ignored),
    (#"{"jsonrpc":"2.0","method":1}"#, .ignored),
    (#"{"jsonrpc":"2.0","method":null,"params":7}"#, .ignored),
    (#"{"jsonrpc":"2.0","method":{},"params":"bar"}"#, .ignored),
    (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, .result(.integer(1), [:])),
    (#"{"jsonrpc":"2.0","id":"a","result":null}"#, .result(.string("a"), nil)),
    (
      #"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}}"#,
      .failure(.integer(1), -32601, "no")
    ),
    (
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"bad"}}"#,
      .failure(nil, -32700, "bad")
    ),
    (#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"bad"}}"#, .failure(nil, -32700, "bad")),
    (#"{"jsonrpc":"2.0","id":1.5,"error":{"code":-32700,"message":"bad"}}"#, .ignored),
    (#"{"jsonrpc":"2.0","id":true,"error":{"code":1,"message":"bad"}}"#, .ignored),
    (#"{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":"no"}}"#, .ignored),
    (#"{"jsonrpc":"2.0","id":1,"error":{"code":1}}"#, .ignored),
    (#"{"jsonrpc":"2.0","id":1,"error":5}"#, .ignored),
    (#"{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"no"}}"#, .ignored),
    (#"{"jsonrpc":"2.0","id":null,"result":{}}"#, .ignored),
    (#"{"jsonrpc":"2.0","result":{}}"#, .ignored),
    (#"{"id":1,"result":{}}"#, .ignored),
  ]

  @Test(arguments: requests + others)
  func classifies(text: String, expected: Outcome) throws {
    #expect(try Self.outcome(of: text) == expected)
  }

  @Test(arguments: [
    "1", "-1", "\"1\"", "\"\"", "0", "9223372036854775807", "9223372036854775808",
    "18446744073709551615", "-9223372036854775809", "123456789012345678901234567890",
  ])
  func echoesIDsWithTheirType(id: String) throws {
    let value = try JSONParser().parse(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#)
    guard case .request(let request) = try Message(value) else {
      Issue.record("\(id) was not taken for an id")
      return
    }
    let answer = Message.response(Response(id: request.id, outcome: .success([:])))
    #expect(
      String(decoding: answer.bytes, as: UTF8.self) == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#
    )
    #expect(RequestID(request.id.json) == request.id)
  }

  @Test(arguments: [
    ("\u{E9}", "e\u{301}"), ("K", "\u{212A}"), ("\u{1E69}", "s\u{323}\u{307}"),
  ])
  func tellsIDsApartByTheirBytes(first: String, second: String) {
    #expect(first == second, "canonically equivalent")
    #expect(RequestID.string(first) != RequestID.string(second))
    #expect(Set([RequestID.string(first), .string(second)]).count == 2)
    #expect(
      RequestID.string(first)
        == RequestID.string(String(decoding: Array(first.utf8), as: UTF8.self)))
  }

  @Test func tellsIDsApartByTheirType() {
    #expect(RequestID(1) != RequestID("1"))
    #expect(Set([RequestID(1), RequestID("1"), RequestID(1)]).count == 2)
    #expect(RequestID(nil) == nil)
  }

  private static let written: [(message: Message, text: String)] = [
    (
      .request(Request(id: .integer(1), method: "m", params: ["b": 1, "a": 2])),
      #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"b":1,"a":2}}"#
    ),
    (.request(Request(id: .string("x"), method: "m")), #"{"jsonrpc":"2.0","id":"x","method":"m"}"#),
    (.notification(Notification(method: "n")), #"{"jsonrpc":"2.0","method":"n"}"#),
    (
      .response(Response(id: .integer(2), outcome: .success(["ok": true]))),
      #"{"jsonrpc":"2.0","id":2,"result":{"ok":true}}"#
    ),
    (
      .response(
        Response(id: nil, outcome: .failure(RPCError(.parseError, "bad", cause: "secret")))),
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"bad"}}"#
    ),
    (
      .response(
        Response(id: .integer(3), outcome: .failure(RPCError(-32022, "no", data: ["a": 1])))),
      #"{"jsonrpc":"2.0","id":3,"error":{"code":-32022,"message":"no","data":{"a":1}}}"#
    ),
  ]

  @Test(arguments: written)
  func writesWhatItReads(message: Message, text: String) throws {
    #expect(String(decoding: message.bytes, as: UTF8.self) == text)
    #expect(try Message(JSONParser().parse(text)) == message)
  }
}
