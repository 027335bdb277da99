/// A range of media types that a client accepts, such as `text/*` (RFC 9110, section 12.5.1).
struct MediaRange: Sendable, Hashable {
  private let type: Substring
  private let subtype: Substring
  private let isRefused: Bool

  /// The ranges that `Accept` lists; everything when there is no such header.
  static func all(in values: [String]) -> [MediaRange] {
    guard !values.isEmpty else { return [MediaRange(type: "*", subtype: "*", isRefused: false)] }
    return values.flatMap { $0.split(separator: ",") }.compactMap(MediaRange.init)
  }

  private init(type: Substring, subtype: Substring, isRefused: Bool) {
    self.type = type
    self.subtype = subtype
    self.isRefused = isRefused
  }

  private init?(_ text: Substring) {
    let parts = text.split(separator: ";")
    guard let range = parts.first.map(Self.trimmed) else { return nil }
    let names = range.split(separator: "/", omittingEmptySubsequences: false)
    guard names.count == 2 else { return nil }
    let isRefused = parts.dropFirst().contains { parameter in
      let pair = parameter.split(separator: "=").map { Self.trimmed($0) }
      return pair.first == "q" && pair.count == 2 && Double(pair[1]) == 0
    }
    self.init(type: names[0], subtype: names[1], isRefused: isRefused)
  }

  /// Whether a response of this type is accepted.
  func covers(_ type: Substring, _ subtype: Substring) -> Bool {
    !isRefused && (self.type == "*" || self.type == type)
      && (self.subtype == "*" || self.subtype == subtype)
  }

  /// The text in lower case without spaces around it.
  static func trimmed(_ text: some StringProtocol) -> Substring {
    var text = Substring(text.lowercased())
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
