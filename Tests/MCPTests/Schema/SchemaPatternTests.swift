import JSONRPC
import MCP
import Testing

/// The regular expressions of `pattern`.
@Suite struct SchemaPatternTests {
  struct Case: Sendable {
    let pattern: String
    let matching: [String]
    let other: [String]

    init(_ pattern: String, matches matching: [String], not other: [String]) {
      self.pattern = pattern
      self.matching = matching
      self.other = other
    }
  }

  private static let cases: [Case] = [
    Case("", matches: ["", "a"], not: []),
    Case("b", matches: ["b", "abc"], not: ["", "ac"]),
    Case("^abc$", matches: ["abc"], not: ["abc\n", "xabc", "abcx", ""]),
    Case("^a|b$", matches: ["ax", "xb", "a", "b"], not: ["xa", "bx"]),
    Case("^(a|b|)c$", matches: ["ac", "bc", "c"], not: ["abc", ""]),
    Case("^a*b+c?$", matches: ["b", "aabbc"], not: ["a", "ac", "bcc"]),
    Case("^a{2}$", matches: ["aa"], not: ["a", "aaa"]),
    Case("^a{2,}$", matches: ["aa", "aaaa"], not: ["a"]),
    Case("^(ab){1,2}$", matches: ["ab", "abab"], not: ["", "ababab", "aba"]),
    Case("^a{0}$", matches: [""], not: ["a"]),
    Case("^(a?){3}$", matches: ["", "a", "aaa"], not: ["aaaa"]),
    Case("^(a*)*$", matches: ["", "aaa"], not: ["b"]),
    Case("^a+?b*?$", matches: ["a", "aab"], not: ["b"]),
    Case("^[a-c_-]+$", matches: ["abc_-"], not: ["d", ""]),
    Case("^[^a-c]$", matches: ["d", "é", "\n", "💡"], not: ["a", "dd"]),
    Case("^[]$", matches: [], not: ["", "a"]),
    Case("^[^]$", matches: ["a", "\n"], not: [""]),
    Case("^[\\d.]+$", matches: ["1.5"], not: ["a"]),
    Case("^[\\]\\\\^]$", matches: ["]", "\\", "^"], not: ["a"]),
    Case("^[\\b]$", matches: ["\u{8}"], not: ["b"]),
    Case("^.$", matches: ["a", "💡", "\u{85}"], not: ["", "\n", "\r", "\u{2028}", "ab"]),
    Case("^\\d\\D\\w\\W\\s\\S$", matches: ["1aa- b"], not: ["aaa- b", "1aa-bb", "٣aa- b"]),
    Case("^\\s$", matches: [" ", "\t", "\u{A0}", "\u{FEFF}", "\u{2003}"], not: ["\u{180E}", "a"]),
    Case("^\\t\\n\\v\\f\\r\\0$", matches: ["\t\n\u{B}\u{C}\r\0"], not: ["tnvfr0"]),
    Case("^\\x41\\u0042\\u{1F4A1}\\ud83d\\udca1\\cA$", matches: ["AB💡💡\u{1}"], not: ["AB"]),
    Case(
      "^\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/$", matches: ["^$\\.*+?()[]{}|/"], not: [""]),
    Case("^\\@\\-\\_$", matches: ["@-_"], not: ["\\@"]),
    Case("\\bcat\\b", matches: ["cat", "a cat.", "cat-flap"], not: ["concat", "cats", "cat_"]),
    Case("a\\Bb", matches: ["ab"], not: ["a b"]),
    Case("^\\p{Lu}\\p{Letter}+\\P{L}$", matches: ["Ürün1"], not: ["ürün1", "Ürünx"]),
    Case("^\\p{gc=Nd}[\\p{Ll}\\d]$", matches: ["٣a", "1é", "11"], not: ["aa", "1A"]),
    Case("^\\p{Alphabetic}+$", matches: ["Größe"], not: ["a1"]),
    Case("^(?:a(?<name>b)c)+$", matches: ["abcabc"], not: ["ab"]),
    Case("^é$", matches: ["\u{e9}"], not: ["e\u{301}"]),
    Case("(^|,)x(,|$)", matches: ["x", "a,x", "x,b", "a,x,b"], not: ["ax", "xb"]),
    Case("^\\S+@\\S+\\.\\S+$", matches: ["a@b.c"], not: ["a@b", "a b@c.d"]),
    Case("$^", matches: [""], not: ["a"]),
  ]

  @Test(arguments: cases)
  func finds(_ testCase: Case) throws {
    let schema = try JSONSchema(["pattern": .string(testCase.pattern)])
    for text in testCase.matching { #expect(schema.accepts(.string(text)), "\(text)") }
    for text in testCase.other { #expect(!schema.accepts(.string(text)), "\(text)") }
  }

  /// Automata of several words of bits, and the place where one begins.
  @Test(arguments: [1, 62, 63, 64, 65, 127, 128, 500, 1000])
  func countsLongRepetitions(count: Int) throws {
    let schema = try JSONSchema(["pattern": .string("^[ab]{\(count)}$")])
    #expect(schema.accepts(.string(String(repeating: "a", count: count))))
    #expect(!schema.accepts(.string(String(repeating: "a", count: count + 1))))
    #expect(!schema.accepts(.string(String(repeating: "a", count: count - 1))))
  }

  /// Patterns that make backtracking engines take exponential time.
  @Test(arguments: [
    "^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$",
    "^(a?){50}a{50}$",
  ])
  func takesLinearTime(pattern: String) throws {
    let schema = try JSONSchema(["pattern": .string(pattern)])
    let text = String(repeating: "a", count: 10_000) + String(repeating: "x", count: 10_000) + "!"
    let violations = schema.validate(.string(text))
    #expect(violations.map(\.keyword) == ["pattern"])
  }

  @Test(arguments: [
    ("(a", "found '(' without ')' at character 3"),
    ("a)", "found ')' without '(' at character 2"),
    ("[a", "found '[' without ']' at character 3"),
    ("a**", "found '*' with nothing before it to repeat at character 3"),
    ("+a", "found '+' with nothing before it to repeat at character 1"),
    ("^*", "found a quantifier behind an assertion at character 3"),
    ("a{2,1}", "found a count whose maximum is below its minimum at character 7"),
    ("a{", "found '{' without a count, or to be '\\{' at character 3"),
    ("a{1", "found a count without '}' at character 4"),
    ("{}", "found '{', which must be written '\\{' at character 1"),
    ("a]", "found ']', which must be written '\\]' at character 2"),
    ("\\a", "found the unknown escape '\\a' at character 3"),
    ("\\", "found a backslash at the end at character 2"),
    ("\\01", "found an octal escape at character 3"),
    ("[b-a]", "found a range whose end is below its start at character 5"),
    ("[a-\\d]", "found a range in '[a…]' whose end is a class at character 6"),
    (
      "\\p{Script=Latin}",
      "found '\\p{Script=Latin}', expected a general category such as 'L' or 'Letter' at character 4"
    ),
    ("\\x4", "found an escape with fewer than 2 hexadecimal digits at character 4"),
    ("\\u{110000}", "found a code point beyond 10FFFF at character 9"),
    ("(?i)a", "found '(?' without ':', '=', '!' or '<' behind it at character 4"),
    ("(?<1a>b)", "found a group's name that is not an identifier at character 5"),
    ("(?!a)", "found a lookahead, which is not supported"),
    ("(?<=a)", "found a lookbehind, which is not supported"),
    ("(a)\\1", "found a backreference, which is not supported"),
    ("(?<n>a)\\k<n>", "found a backreference, which is not supported"),
    (
      "((a{100}){100}){100}",
      "found a pattern over 4096 steps long; limit lengths with maxLength instead of counted repetitions"
    ),
    (
      "a{1500}",
      "found a pattern that is 1500 characters long, at most 1024 are supported; limit lengths with maxLength instead of counted repetitions"
    ),
  ])
  func refusesWithReason(pattern: String, reason: String) throws {
    let error = try #require(throws: SchemaError.self) {
      try JSONSchema(["pattern": .string(pattern)])
    }
    #expect(error.location == "#/pattern")
    #expect(error.message.hasSuffix("cannot be used: \(reason)"), "\(error.message)")
  }

  @Test func refusesGroupsNestedTooDeeply() {
    let pattern = String(repeating: "(", count: 5000) + String(repeating: ")", count: 5000)
    #expect(throws: SchemaError.self) { try JSONSchema(["pattern": .string(pattern)]) }
  }

  @Test func endsCountsOfNothing() throws {
    let schema = try JSONSchema(["pattern": "^(){2000000000}(|){0,9}a$"])
    #expect(schema.accepts("a"))
  }
}
