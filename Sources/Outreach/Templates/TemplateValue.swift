import Foundation
import Marketing

extension TemplateValue {
  /// The value as the template library takes it.
  func rendered(isHTML: Bool) -> Any {
    switch self {
    case .text(let text):
      let line = Self.line(text)
      return isHTML ? EscapedHTML.text(line) : line
    case .link(let text):
      let link = Self.checkedLink(text)
      return isHTML ? EscapedHTML.text(link) : link
    case .flag(let flag): return flag
    case .list(let elements):
      return elements.map { $0.mapValues { $0.rendered(isHTML: isHTML) } as [String: Any] }
    }
  }

  private static func line(_ text: String) -> String {
    // Line ends would let a value look like the lines around it; so would a run of white space.
    let words = HeaderText.oneLine(text).split(whereSeparator: \.isWhitespace)
    let line = words.joined(separator: " ")
    guard line.utf8.count > mostTextBytes else { return line }
    var cut = Substring(line)
    while cut.utf8.count > mostTextBytes { cut = cut.prefix(cut.count / 2) }
    return "\(cut)…"
  }

  private static func checkedLink(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    let isKnown = ["https://", "http://", "mailto:"].contains { text.hasPrefix($0) }
    return isPlain && isKnown && text.utf8.count <= mostTextBytes ? text : "about:blank"
  }
}
