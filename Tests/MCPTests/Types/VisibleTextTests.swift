import JSONRPC
import MCP
import Testing

/// What text may hide, and what it needs.
@Suite struct VisibleTextTests {
  /// Text, and how it is shown.
  static let shown: [(String, String)] = [
    ("", ""), ("plain ASCII", "plain ASCII"),
    ("Zoë Ångström 北京 مرحبا שלום", "Zoë Ångström 北京 مرحبا שלום"),
    ("a\u{202E}b", "a[U+202E]b"),
    ("\u{202A}\u{202B}\u{202C}\u{202D}", "[U+202A][U+202B][U+202C][U+202D]"),
    ("\u{2066}\u{2067}\u{2068}\u{2069}", "[U+2066][U+2067][U+2068][U+2069]"),
    ("a\u{200E}\u{200F}\u{61C}b", "a[U+200E][U+200F][U+061C]b"),
    ("a\u{200B}b", "a[U+200B]b"), ("a\u{200C}b", "a[U+200C]b"), ("a\u{200D}b", "a[U+200D]b"),
    ("\u{FEFF}x", "[U+FEFF]x"),
    ("a\u{2060}\u{2061}\u{2062}\u{2063}\u{2064}b", "a[U+2060][U+2061][U+2062][U+2063][U+2064]b"),
    ("soft\u{AD}hyphen", "soft[U+00AD]hyphen"), ("a\u{34F}b", "a[U+034F]b"),
    ("\u{E0001}\u{E0048}\u{E0069}\u{E007F}", "[U+E0001][U+E0048][U+E0069][U+E007F]"),
    ("a\u{FE00}b", "a[U+FE00]b"), ("a\u{E0100}b", "a[U+E0100]b"), ("葛\u{E0100}", "葛\u{E0100}"),
    ("\u{FE0F}", "[U+FE0F]"), ("\"\u{FE0F}", "\"[U+FE0F]"),
    ("❤\u{FE0F}\u{FE0F}", "❤\u{FE0F}[U+FE0F]"),
    ("❤\u{FE0F}", "❤\u{FE0F}"), ("1\u{FE0F}\u{20E3}", "1\u{FE0F}\u{20E3}"),
    ("👨\u{200D}👩\u{200D}👧", "👨\u{200D}👩\u{200D}👧"), ("🏳\u{FE0F}\u{200D}🌈", "🏳\u{FE0F}\u{200D}🌈"),
    ("می\u{200C}خواهم", "می\u{200C}خواهم"), ("क्\u{200D}ष", "क्\u{200D}ष"),
    ("👨\u{200D}\u{200D}👩", "👨[U+200D][U+200D]👩"), ("x\u{200D}", "x[U+200D]"),
    ("\u{200D}👩", "[U+200D]👩"),
    ("a\u{2028}b\u{2029}c", "a[U+2028]b[U+2029]c"), ("a\u{85}b\u{9B}c", "a[U+0085]b[U+009B]c"),
    ("\u{115F}\u{3164}\u{FFA0}\u{180E}", "[U+115F][U+3164][U+FFA0][U+180E]"),
    ("a\u{1160}b", "a[U+1160]b"), ("\u{17B4}\u{17B5}", "[U+17B4][U+17B5]"),
    ("a\u{FFF9}b", "a[U+FFF9]b"),
    ("a\u{1BCA0}b\u{1D173}", "a[U+1BCA0]b[U+1D173]"),
    ("日本\u{3000}語", "日本\u{3000}語"), ("a\u{A0}b", "a\u{A0}b"),
  ]

  @Test(arguments: shown) func `what hides is shown, what is needed stays`(
    _ text: String, _ wanted: String
  ) {
    #expect(Array(VisibleText.revealing(text).utf8) == Array(wanted.utf8))
    #expect(VisibleText.revealing(Array(text.utf8)) == Array(wanted.utf8))
    // Nothing is shown twice.
    #expect(Array(VisibleText.revealing(wanted).utf8) == Array(wanted.utf8))
  }

  @Test(arguments: shown) func `JSON stays JSON`(_ text: String, _ wanted: String) throws {
    let value: JSONValue = ["k\(text)": .string(text), "list": [.string("\\\"" + text), 1]]
    let json = VisibleText.revealing(JSONWriter.bytes(of: value))
    let read = try JSONParser().parse(json)
    #expect(read["list"]?[1] == 1 && read["list"]?[0]?.stringValue != nil)
    let plain = read.objectValue?.members.first?.value.stringValue ?? ""
    #expect(Array(plain.utf8) == Array(wanted.utf8))
  }

  /// Escapes in JSON stand for characters too.
  @Test func `an escape hides nothing`() throws {
    let written = Array(#"{"a":"x\u202ey"}"#.utf8)
    let parsed = try JSONParser().parse(written)
    let json = VisibleText.revealing(JSONWriter.bytes(of: parsed))
    #expect(try JSONParser().parse(json)["a"] == "x[U+202E]y")
  }
}
