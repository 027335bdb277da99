package import ServedFiles

/// Text that goes into a page as it is. Everything that comes from outside becomes markup by
/// `init(escaping:)` only.
package struct Markup: Sendable, Hashable {
  /// The text, well-formed as HTML and as XML.
  package private(set) var text: String

  /// Nothing.
  package init() { text = "" }

  /// Our own literal.
  package init(literal: StaticString) { text = literal.description }

  /// A style sheet of ours, which holds none of `<`, `>` and `&`.
  package init(styleSheet file: ServedFile) { text = String(decoding: file.bytes, as: UTF8.self) }

  /// Any text, so that it reads as text: in an element and between the quotes of an attribute.
  ///
  /// Goes by Unicode scalar: by character, a quotation mark with a combining mark behind it would be
  /// another character than a quotation mark, and pass. What XML does not allow becomes U+FFFD.
  package init(escaping text: String) {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": scalars.append(contentsOf: "&amp;".unicodeScalars)
      case "<": scalars.append(contentsOf: "&lt;".unicodeScalars)
      case ">": scalars.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": scalars.append(contentsOf: "&quot;".unicodeScalars)
      case "'": scalars.append(contentsOf: "&#39;".unicodeScalars)
      default: scalars.append(Self.isAllowed(scalar) ? scalar : "\u{FFFD}")
      }
    }
    self.text = String(scalars)
  }

  /// Characters of XML 1.0, without the control characters that HTML calls errors.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA: true
    case 0..<0x20, 0x7F..<0xA0: false
    default: scalar.value & 0xFFFE != 0xFFFE && !(0xFDD0...0xFDEF).contains(scalar.value)
    }
  }

  /// Adds markup behind this.
  package mutating func append(_ other: Markup) { text += other.text }

  /// Adds an element.
  /// - Parameters:
  ///   - content: what is in it; `nil` for one that is empty.
  package mutating func append(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>,
    content: Markup? = nil
  ) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(Markup(escaping: value).text)\"" }
    if let content {
      text += ">\(content.text)</\(name)>"
    } else {
      text += "/>"
    }
  }
}
