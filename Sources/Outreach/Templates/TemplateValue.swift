import Foundation

/// What a name in a template stands for.
package enum TemplateValue: Sendable, Hashable {
  /// Text from anywhere, for example a lead's: one line of it, which reads as text wherever it stands.
  case text(String)
  /// A link; only `https`, `http` and `mailto` lead anywhere.
  case link(String)
  /// Whether a section is shown.
  case flag(Bool)
  /// What a section is repeated for.
  case list([[String: TemplateValue]])

  /// Longer texts are cut: a name of a thousand words is none.
  package static let mostTextBytes = 1000

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

/// Why a template could not be read or filled in.
package struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The template's name.
  package var template: String
  /// What is the matter, where.
  package var message: String
  /// The names that nobody gave a value for, in the order they stand.
  package var missing: [String]

  /// An error.
  package init(template: String, message: String, missing: [String] = []) {
    self.template = template
    self.message = message
    self.missing = missing
  }

  package var description: String { "template '\(template)': \(message)" }
}
