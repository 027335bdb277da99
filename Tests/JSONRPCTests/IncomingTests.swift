import JSONRPC
import Testing

@Suite struct IncomingTests {
  private static let accepted: [(text: String, incoming: Incoming)] = [
    (#"{"a":1}"#, .single(["a": 1])), ("5", .single(5)), ("null", .single(nil)),
    ("[1]", .batch([1])), (#"[{"a":1},[]]"#, .batch([["a": 1], []])),
  ]

  @Test(arguments: accepted)
  func reads(text: String, incoming: Incoming) throws {
    #expect(try Incoming(parsing: text.utf8, with: JSONParser()) == incoming)
  }

  private static let refused: [(text: String, code: RPCError.Code, message: String)] = [
    ("", .parseError, "Parse error: byte 0: found the end of the text, expected a value"),
    ("{", .parseError, "Parse error: byte 1: found the end of the text, expected a key"),
    (#""\ud800""#, .parseError, "Parse error: byte 1: a lone surrogate is no character"),
    (
      "[[[[1]]]]", .parseError,
      "Parse error: byte 3: nested deeper than 3 levels, which is the limit"
    ),
    ("[]", .invalidRequest, "Invalid request: found an empty batch"),
    (" [ ] ", .invalidRequest, "Invalid request: found an empty batch"),
    (
      #""0123456789012345678901234567890123456789""#, .invalidRequest,
      "Invalid request: byte 40: the text is 42 bytes long, at most 40 are accepted"
    ),
  ]

  @Test(arguments: refused)
  func refuses(text: String, code: RPCError.Code, message: String) throws {
    let parser = JSONParser(maximumDepth: 3, maximumBytes: 40)
    let error = try #require(throws: RPCError.self) {
      try Incoming(parsing: text.utf8, with: parser)
    }
    #expect(error.code == code)
    #expect(error.message == message)
  }
}
