import Foundation
import Marketing

extension TemplateValue {
  /// The value as the template library takes it; `nil` for one that would leave its place empty.
  func rendered(isHTML: Bool) -> Any? {
    switch self {
    case .text(let text):
      let line = Self.line(text)
      if Self.isBlank(line) { return nil }
      return isHTML ? EscapedHTML.text(line) : line
    case .link(let text):
      guard Self.isLink(text) else { return nil }
      return isHTML ? EscapedHTML.text(text) : text
    case .flag(let flag): return flag
    case .list(let elements):
      return elements.map { $0.compactMapValues { $0.rendered(isHTML: isHTML) } as [String: Any] }
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
}
