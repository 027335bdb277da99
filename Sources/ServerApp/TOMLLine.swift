/// A line of TOML as far as one has to read it to see which tables and keys a file holds.
enum TOMLLine {
  /// Whether a byte may stand in a key without quotes.
  static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Whether a text may hold the member of this name of a table, in any of the ways to write one. A line
  /// within a text of several lines is taken for what it looks like, and `table = …` for the member.
  static func defines(_ table: String, _ member: String, in text: String) -> Bool {
    var current: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      var rest = line.drop(while: \.isWhitespace)
      if rest.first == "[" {
        rest = rest.drop { $0 == "[" }
        guard let keys = keys(rest) else { continue }
        current = keys.path
        if current.starts(with: [table, member]) { return true }
      } else if let keys = keys(rest), keys.rest.first == "=" {
        let path = current + keys.path
        if path == [table] || path.starts(with: [table, member]) { return true }
      }
    }
    return false
  }

  /// The dotted keys at the start of a text and what follows them; `nil` when there are none.
  private static func keys(_ text: Substring) -> (path: [String], rest: Substring)? {
    var rest = text
    var path: [String] = []
    while true {
      rest = rest.drop(while: \.isWhitespace)
      guard let first = rest.first else { return nil }
      if first == "\"" || first == "'" {
        rest = rest.dropFirst()
        guard let end = rest.firstIndex(of: first) else { return nil }
        path.append(String(rest[..<end]))
        rest = rest[rest.index(after: end)...]
      } else {
        let key = rest.prefix { $0.utf8.allSatisfy(isBare) }
        guard !key.isEmpty else { return nil }
        path.append(String(key))
        rest = rest[key.endIndex...]
      }
      rest = rest.drop(while: \.isWhitespace)
      guard rest.first == "." else { return (path, rest) }
      rest = rest.dropFirst()
    }
  }
}
