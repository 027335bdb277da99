import Marketing

/// What stands between the braces of a template, each with its line. Templates have variables, sections,
/// inverted sections and comments; what else Mustache has would let a value out of its place, or be looked up
/// where nobody sees that it is missing.
struct TemplateTags {
  /// A name with the line it stands in.
  struct Tag: Hashable {
    let name: String
    let line: Int
  }

  private(set) var tags: [Tag] = []

  /// - Parameter isHTML: whether values in a tag of HTML have to stand between quotation marks.
  init(_ part: TemplateText.Part, isHTML: Bool, template: String) throws(TemplateError) {
    var rest = part.text[...]
    var line = part.line
    var markup = MarkupPlace()
    func fail(_ message: String) -> TemplateError {
      TemplateError(template: template, message: "line \(line): \(message)")
    }
    while let open = rest.firstRange(of: "{{") {
      line += rest[..<open.lowerBound].count(where: \.isNewline)
      markup.read(rest[..<open.lowerBound])
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        throw fail("'{{' without '}}'")
      }
      let tag = rest[open.upperBound..<close.lowerBound]
      let name = tag.drop { "#^/!".contains($0) }.filter { $0 != " " }
      if tag.first != "!" {
        guard Self.isName(name) else { throw fail("'{{\(tag)}}' is no name") }
        let isVariable = !"#^/".contains(tag.first ?? " ")
        if isHTML, isVariable, !markup.takesValues {
          throw fail("'\(name)' stands in a tag and not between quotation marks")
        }
        if tag.first != "/" { tags.append(Tag(name: name, line: line)) }
      }
      line += tag.count(where: \.isNewline)
      rest = rest[close.upperBound...]
    }
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first | 0x20 >= UInt8(ascii: "a") else { return false }
    return text.utf8.allSatisfy {
      ($0 | 0x20) &- UInt8(ascii: "a") < 26 || $0 &- UInt8(ascii: "0") < 10
    }
  }
}

/// Where in HTML a value would stand.
private struct MarkupPlace {
  private var isInTag = false
  private var quote: Character?

  /// Whether text can stand here that is escaped.
  var takesValues: Bool { !isInTag || quote != nil }

  mutating func read(_ text: Substring) {
    for character in text {
      switch (character, isInTag, quote) {
      case ("<", false, _): isInTag = true
      case (">", true, nil): isInTag = false
      case ("\"", true, nil), ("'", true, nil): quote = character
      case (let end, true, let quote?) where end == quote: self.quote = nil
      default: break
      }
    }
  }
}
