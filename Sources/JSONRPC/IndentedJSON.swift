/// JSON with line breaks and two spaces of indentation, for people.
package enum IndentedJSON {
  /// The value as text without a line break at its end.
  package static func text(of value: JSONValue) -> String { text(of: value, depth: 0) }

  private static func text(of value: JSONValue, depth: Int) -> String {
    let inner = String(repeating: "  ", count: depth + 1)
    let outer = String(repeating: "  ", count: depth)
    switch value {
    case .array(let elements) where !elements.isEmpty:
      let lines = elements.map { inner + text(of: $0, depth: depth + 1) }
      return "[\n\(lines.joined(separator: ",\n"))\n\(outer)]"
    case .object(let object) where !object.isEmpty:
      let lines = object.members.map { member in
        "\(inner)\(JSONWriter.text(of: .string(member.key))): "
          + text(of: member.value, depth: depth + 1)
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
    default: return JSONWriter.text(of: value)
    }
  }
}
