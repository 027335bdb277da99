import JSONRPC
import MCP
import Marketing

extension EngagementDesk {
  /// Names that stand within lists of our own: a text would take the list's place.
  private static let namesOfLists: Set<String> = ["resources", "title", "url"]

  /// The names in templates that a text can be said for, in their order.
  var sayableNames: [String] {
    let outlines = means.templates.names.compactMap { try? means.templates.outline(of: $0) }
    return Set(outlines.flatMap(\.variables)).subtracting(Self.namesOfLists).sorted()
  }

  /// Takes what a caller wants said for names in templates.
  /// - Throws: when one is not known, or would say nothing: each of them with what would be accepted.
  func words(saying values: [String: String]) throws(CallInterruption) -> Words {
    var words = Words()
    words.values = values
    guard !values.isEmpty else { return words }
    let names = sayableNames
    let errors = values.sorted { $0.key < $1.key }.compactMap { name, text -> FieldError? in
      let key = name.shortened(to: 64).replacing("~", with: "~0").replacing("/", with: "~1")
      let field = "/values/\(key)"
      if !names.contains(name) {
        return FieldError(
          field: field, found: "a name that no template has",
          expected: "one of \(names.joined(separator: ", "))")
      }
      if TemplateValue.isBlank(text) {
        return FieldError(
          field: field, found: text.isEmpty ? "an empty text" : "nothing but white space",
          expected: "a text, or no such value")
      }
      if name == "link", !TemplateValue.isLink(text) {
        return FieldError(
          field: field, found: "what is no link that leads anywhere",
          expected: "a link of https, http or mailto in ASCII without spaces")
      }
      return nil
    }
    guard errors.isEmpty else { throw .invalid("Invalid values", errors) }
    return words
  }
}
