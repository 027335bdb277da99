import JSONRPC
import Testing

@Suite struct JSONParserTests {
  private static let accepted: [(text: String, value: JSONValue)] = [
    ("null", nil), ("true", true), ("false", false), (" \t\r\n1 \n", 1), ("-7", -7), ("0", 0),
    ("\"\"", ""), ("[]", []), ("{}", [:]), ("[ ]", []), ("{ }", [:]),
    ("[1,[2,[]],{}]", [1, [2, []], [:]]), ("{\"a\":{\"b\":[null]}}", ["a": ["b": [nil]]]),
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
    (#""\ud83d\udca1 \uD83D\uDCA1""#, "💡 💡"), (#""\u0000\u001f""#, "\0\u{1F}"),
    ("\"é€💡\u{7F}\"", "é€💡\u{7F}"), (#"{"":1," ":2}"#, ["": 1, " ": 2]),
    (#"{"a":1,"b":2,"a":3}"#, ["a": 3, "b": 2]), ("\"\u{FEFF}\u{2028}\"", "\u{FEFF}\u{2028}"),
    (#""\uFFFE\uFFFF""#, "\u{FFFE}\u{FFFF}"),
  ]

  @Test(arguments: accepted)
  func reads(text: String, value: JSONValue) throws {
    #expect(try JSONParser().parse(text) == value)
  }

  @Test func readsAnyCollectionOfBytes() throws {
    let bytes = Array(#"{"a":[1,"é"]}"#.utf8)
    let expected: JSONValue = ["a": [1, "é"]]
    #expect(try JSONParser().parse(bytes) == expected)
    #expect(try JSONParser().parse(bytes[...]) == expected)
    #expect(try JSONParser().parse(bytes.reversed().reversed() as [UInt8]) == expected)
    #expect(try JSONParser().parse(bytes.lazy.map { $0 }) == expected)
  }

  struct Refusal: Sendable {
    let text: String
    let offset: Int
    let message: String
    var reason = JSONParseError.Reason.syntax

    init(
      _ text: String, at offset: Int, _ message: String,
      reason: JSONParseError.Reason = .syntax
    ) {
      self.text = text
      self.offset = offset
      self.message = message
      self.reason = reason
    }
  }

  private static let end = "found the end of the text, expected"
  private static let refusals: [Refusal] = [
    Refusal("", at: 0, "\(end) a value"),
    Refusal("  ", at: 2, "\(end) a value"),
    Refusal("nul", at: 3, "\(end) 'null'"),
    Refusal("trub", at: 3, "found 'b', expected 'true'"),
    Refusal("TRUE", at: 0, "found 'T', expected a value"),
    Refusal("1 2", at: 2, "found '2', expected the end of the text"),
    Refusal("[1,]", at: 3, "found ']', expected a value"),
    Refusal("[1 2]", at: 3, "found '2', expected ',' or ']'"),
    Refusal("[1", at: 2, "\(end) ',' or ']'"),
    Refusal("[,1]", at: 1, "found ',', expected a value"),
    Refusal("{a:1}", at: 1, "found 'a', expected a key"),
    Refusal("{'a':1}", at: 1, "found ''', expected a key"),
    Refusal("{1:1}", at: 1, "found '1', expected a key"),
    Refusal(#"{"a" 1}"#, at: 5, "found '1', expected ':' behind the key"),
    Refusal(#"{"a":}"#, at: 5, "found '}', expected a value"),
    Refusal(#"{"a":1,}"#, at: 7, "found '}', expected a key"),
    Refusal(#"{"a":1 "b":2}"#, at: 7, "found '\"', expected ',' or '}'"),
    Refusal("01", at: 1, "found '1', expected no digit behind a leading zero"),
    Refusal("-", at: 1, "\(end) a digit"),
    Refusal("+1", at: 0, "found '+', expected a value"),
    Refusal(".5", at: 0, "found '.', expected a value"),
    Refusal("1.", at: 2, "\(end) a digit"),
    Refusal("1.e5", at: 2, "found 'e', expected a digit"),
    Refusal("1e", at: 2, "\(end) a digit"),
    Refusal("1e+", at: 3, "\(end) a digit"),
    Refusal("0x10", at: 1, "found 'x', expected the end of the text"),
    Refusal("NaN", at: 0, "found 'N', expected a value"),
    Refusal("-Infinity", at: 1, "found 'I', expected a digit"),
    Refusal("\"abc", at: 4, "\(end) '\"' to end the string"),
    Refusal("\"a\nb\"", at: 2, "found byte 0xA, expected no control character in a string"),
    Refusal("\"\\n\u{1}\"", at: 3, "found byte 0x1, expected no control character in a string"),
    Refusal(#""\x""#, at: 2, #"found 'x', expected one of " \ / b f n r t u behind a backslash"#),
    Refusal(#""\u12G4""#, at: 5, "found 'G', expected four hexadecimal digits"),
    Refusal(#""\u12"#, at: 5, "\(end) four hexadecimal digits"),
    Refusal(#""\"#, at: 2, "\(end) an escape"),
    Refusal(#""a\ud800""#, at: 2, "a lone surrogate is no character", reason: .encoding),
    Refusal(#""\udc00""#, at: 1, "a lone surrogate is no character", reason: .encoding),
    Refusal(#""\ud800\ud800""#, at: 1, "a lone surrogate is no character", reason: .encoding),
    Refusal(#""\ud800\n""#, at: 1, "a lone surrogate is no character", reason: .encoding),
    Refusal(#""\ud800\u0041""#, at: 1, "a lone surrogate is no character", reason: .encoding),
    Refusal("\u{FEFF}1", at: 0, "found byte 0xEF, expected a value"),
    Refusal("[1]\0", at: 3, "found byte 0x0, expected the end of the text"),
    Refusal("/*a*/1", at: 0, "found '/', expected a value"),
    Refusal("[1]//", at: 3, "found '/', expected the end of the text"),
  ]

  @Test(arguments: refusals)
  func refuses(_ refusal: Refusal) throws {
    let error = try #require(throws: JSONParseError.self) { try JSONParser().parse(refusal.text) }
    #expect(error.reason == refusal.reason)
    #expect(error.offset == refusal.offset)
    #expect(error.message == refusal.message)
    #expect(error.description == "byte \(refusal.offset): \(refusal.message)")
  }

  /// Bytes that are no UTF-8, with how many of them are fine.
  private static let notUTF8: [(bytes: [UInt8], valid: Int)] = [
    ([0xFF], 0), ([0xC3], 0), ([0xC3, 0x28], 0), ([0xC0, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
    ([0xF4, 0x90, 0x80, 0x80], 0), ([0x80], 0), ([0xE2, 0x82], 0), ([0xC3, 0xA9, 0xFF], 2),
  ]

  /// In a string without escapes and behind one.
  @Test(arguments: notUTF8)
  func refusesWhatIsNotUTF8(bytes: [UInt8], valid: Int) throws {
    for prefix in [Array("[\"a".utf8), Array("[\"\\n".utf8)] {
      let text = prefix + bytes + Array("\"]".utf8)
      let error = try #require(throws: JSONParseError.self) { try JSONParser().parse(text) }
      #expect(error.reason == .encoding)
      #expect(error.offset == prefix.count + valid)
      #expect(error.message == "the string is not UTF-8")
    }
  }

  @Test(arguments: [
    (0, true), (1, true), (128, true), (129, false), (1000, false), (100_000, false),
  ])
  func boundsDepth(depth: Int, isAccepted: Bool) throws {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      let text =
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
      if isAccepted {
        #expect(throws: Never.self) { try JSONParser().parse(text) }
      } else {
        let error = try #require(throws: JSONParseError.self) { try JSONParser().parse(text) }
        #expect(error.reason == .depth)
        #expect(error.offset == 128 * open.utf8.count)
        #expect(error.message == "nested deeper than 128 levels, which is the limit")
      }
    }
  }

  @Test func boundsSize() throws {
    let text =
      "["
      + Array(repeating: #""\#(String(repeating: "x", count: 1 << 20))""#, count: 20)
      .joined(separator: ",") + "]"
    let error = try #require(throws: JSONParseError.self) { try JSONParser().parse(text) }
    #expect(error.reason == .size)
    #expect(error.offset == 4 << 20)
    #expect(
      error.message == "the text is \(text.utf8.count) bytes long, at most 4194304 are accepted")
    let value = try JSONParser(maximumBytes: 32 << 20).parse(text)
    #expect(value.arrayValue?.count == 20)
    #expect(value[19]?.stringValue?.utf8.count == 1 << 20)
  }

  @Test func acceptsExactlyTheSizeAllowed() throws {
    #expect(throws: Never.self) { try JSONParser(maximumBytes: 4).parse("true") }
    #expect(throws: JSONParseError.self) { try JSONParser(maximumBytes: 4).parse("true ") }
  }
}
