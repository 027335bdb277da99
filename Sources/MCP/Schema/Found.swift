import JSONRPC

/// Values and names as messages show them, never more than 40 characters of what a peer sent, and nothing
/// of what looks like an e-mail address: messages are kept in places where personal data are not.
enum Found {
  static let maximumLength = 40

  /// A scalar as JSON, shortened; the type of an array or object.
  static func text(of value: JSONValue) -> String {
    switch value {
    case .string(let text): quoted(text)
    case .array(let elements): elements.isEmpty ? "an empty array" : "an array"
    case .object(let object): object.isEmpty ? "an empty object" : "an object"
    default: shortened(JSONWriter.text(of: value))
    }
  }

  /// The type and, for a scalar, the value: `string "abc"`.
  static func typedText(of value: JSONValue) -> String {
    switch value {
    case .string(let text) where isAddress(text): quoted(text)
    case .integer, .number, .string: "\(value.typeName) \(text(of: value))"
    default: text(of: value)
    }
  }

  /// Text as JSON, shortened; an address by its length.
  static func quoted(_ text: String) -> String {
    if isAddress(text) { return "a text of \(text.unicodeScalars.count) characters with '@'" }
    return JSONWriter.text(of: .string(shortened(text)))
  }

  /// Whether something stands on both sides of an `@`.
  private static func isAddress(_ text: String) -> Bool {
    text.utf8.dropFirst().dropLast().contains(UInt8(ascii: "@"))
  }

  /// Text of at most 40 characters (or as many as asked for), the last one an ellipsis when cut.
  static func shortened(_ text: String, to length: Int = maximumLength) -> String {
    // As many scalars as bytes, or fewer.
    guard text.utf8.count > length else { return text }
    let scalars = text.unicodeScalars
    guard
      let end = scalars.index(scalars.startIndex, offsetBy: length, limitedBy: scalars.endIndex),
      end != scalars.endIndex
    else { return text }
    var result = ""
    result.unicodeScalars.append(contentsOf: scalars.prefix(length - 1))
    return result + "…"
  }

  /// A number with its noun: `1 element`, `3 elements`.
  static func counted(_ count: Int, _ singular: String, _ plural: String) -> String {
    count == 1 ? "1 \(singular)" : "\(count) \(plural)"
  }

  /// At most 20 items with commas between them.
  static func list(_ items: [String]) -> String {
    let shown = items.prefix(20).joined(separator: ", ")
    return items.count > 20 ? "\(shown) and \(items.count - 20) more" : shown
  }
}
