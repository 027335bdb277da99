import JSONRPC
import Testing

@Suite struct JSONWriterTests {
  private static let cases: [(value: JSONValue, text: String)] = [
    (nil, "null"), (true, "true"), (false, "false"), (0, "0"), (9, "9"), (-1, "-1"), (10, "10"),
    (.integer(.min), "-9223372036854775808"), (1.5, "1.5"), ("", "\"\""),
    ("\"\\/\u{8}\u{C}\n\r\t", #""\"\\/\u0008\u000c\n\r\t""#),
    ("\0\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""),
    ("é€💡\u{2028}", "\"é€💡\u{2028}\""), ([], "[]"), ([1, [], [:]], "[1,[],{}]"), ([:], "{}"),
    (["a\n": ["b": nil]], #"{"a\n":{"b":null}}"#),
  ]

  @Test(arguments: cases)
  func writes(value: JSONValue, text: String) throws {
    #expect(JSONWriter.text(of: value) == text)
    #expect(try JSONParser().parse(text) == value)
  }

  @Test func escapesEveryControlCharacter() throws {
    for byte in UInt8(0)..<0x20 {
      let value = JSONValue.string(String(Unicode.Scalar(byte)))
      let bytes = JSONWriter.bytes(of: value)
      #expect(bytes.allSatisfy { $0 >= 0x20 })
      #expect(try JSONParser().parse(bytes) == value)
    }
  }

  @Test func writesPartsThatHaveBeenWrittenBefore() {
    var writer = JSONWriter()
    writer.raw("[")
    writer.raw(JSONWriter.bytes(of: ["a": 1]))
    writer.raw(",")
    writer.write(stringOf: Array("x\"y".utf8))
    writer.raw(",")
    writer.write(string: "z")
    writer.raw("]")
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"[{"a":1},"x\"y","z"]"#)
  }
}
