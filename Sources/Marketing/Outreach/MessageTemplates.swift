/// Messages with names to be filled in.
package protocol MessageTemplates: Sendable {
  /// The templates' names in their order.
  var names: [String] { get }

  /// What a template is for, and the names that stand in it.
  /// - Throws: when there is none of this name.
  func outline(of name: String) throws(TemplateError) -> TemplateOutline

  /// What a template says with its values.
  /// - Throws: when there is none of this name, or names have no value: `missing` tells all of them.
  func content(
    of name: String, with values: [String: TemplateValue]
  ) throws(TemplateError) -> MessageContent
}

/// What is known of a template before it is filled in.
package struct TemplateOutline: Sendable, Hashable {
  /// The template's name.
  package let name: String
  /// What it is for.
  package let description: String
  /// The channels that it is written for.
  package let channels: [OutreachChannel]
  /// Every name that stands in it, in the order they stand.
  package let variables: [String]
  /// The file as it was written.
  package let source: String

  /// An outline.
  package init(
    name: String, description: String, channels: [OutreachChannel], variables: [String],
    source: String
  ) {
    self.name = name
    self.description = description
    self.channels = channels
    self.variables = variables
    self.source = source
  }
}

/// What a name in a template stands for.
package enum TemplateValue: Sendable, Hashable {
  /// Text from anywhere, for example a lead's: one line of it, which reads as text wherever it stands.
  case text(String)
  /// A link; only `https`, `http` and `mailto` lead anywhere (`isLink`).
  case link(String)
  /// Whether a section is shown.
  case flag(Bool)
  /// What a section is repeated for.
  case list([[String: TemplateValue]])

  /// Longer texts are cut: a name of a thousand words is none.
  package static let mostTextBytes = 1000
  private static let schemes = ["https://", "http://", "mailto:"]

  /// Whether a link leads anywhere: one that does not stands for nothing, as if there were none.
  package static func isLink(_ text: String) -> Bool {
    guard text.utf8.count <= mostTextBytes,
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) })
    else { return false }
    return text.utf8.dropFirst(scheme.utf8.count).first.map { UInt8(ascii: "/") != $0 } ?? false
  }

  /// Whether nobody sees anything of a text: it stands for nothing, as if there were none.
  package static func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      let properties = scalar.properties
      // U+2800 is a pattern of Braille without a dot.
      if properties.isWhitespace || properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}" {
        return true
      }
      return switch properties.generalCategory {
      case .control, .format, .surrogate, .unassigned: true
      default: false
      }
    }
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
