import JSONRPC
import Testing

/// Text that is compared by its bytes.
@Suite struct ExactTextTests {
  static let equivalents = [
    ("\u{E9}", "e\u{301}"), ("K", "\u{212A}"), (";", "\u{37E}"), ("`", "\u{1FEF}"),
    ("\u{C5}", "\u{212B}"), ("\u{1E69}", "s\u{323}\u{307}"), ("aKb", "a\u{212A}b"),
  ]

  @Test(arguments: equivalents)
  func `equivalent spellings are different texts`(first: String, second: String) throws {
    #expect(first == second, "canonically equivalent")
    for (left, right) in [(first, second), (second, first)] {
      #expect(!left.isSpelled(like: right))
      #expect(ExactText(left) != ExactText(right))
      var object: JSONObject = [left: 1]
      object[right] = 2
      #expect(object.count == 2)
      #expect(object[left] == 1 && object[right] == 2)
    }
    #expect(Set([ExactText(first), ExactText(second)]).count == 2)
  }

  @Test(arguments: equivalents)
  func `the same bytes are the same text`(first: String, second: String) {
    for text in [first, second] {
      let copy = String(decoding: Array(text.utf8), as: UTF8.self)
      #expect(text.isSpelled(like: copy))
      #expect(Set([ExactText(text), ExactText(copy)]).count == 1)
    }
  }
}
