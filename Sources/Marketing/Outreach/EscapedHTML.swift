/// Text that reads as text in HTML, in an element and between the quotes of an attribute.
package enum EscapedHTML {
  /// The text with `&`, `<`, `>` and both quotation marks as references.
  ///
  /// Goes by Unicode scalar: by character, a quotation mark with a combining mark behind it would be another
  /// character than a quotation mark, and pass.
  package static func text(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": scalars.append(contentsOf: "&amp;".unicodeScalars)
      case "<": scalars.append(contentsOf: "&lt;".unicodeScalars)
      case ">": scalars.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": scalars.append(contentsOf: "&quot;".unicodeScalars)
      case "'": scalars.append(contentsOf: "&#39;".unicodeScalars)
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }
}
