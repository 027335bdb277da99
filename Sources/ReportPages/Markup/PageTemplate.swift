import Mustache
package import ServedFiles

/// What a template's names stand for.
package enum TemplateValue: Sendable {
  /// Text from anywhere, which is escaped.
  case text(String)
  /// Markup of ours.
  case markup(Markup)
  /// Whether a section is shown.
  case flag(Bool)
  /// What a section is repeated for.
  case list([[String: TemplateValue]])

  /// The value as the template library takes it.
  fileprivate var rendered: Any {
    switch self {
    case .text(let text): Markup(escaping: text).text
    case .markup(let markup): markup.text
    case .flag(let flag): flag
    case .list(let elements): elements.map { $0.mapValues(\.rendered) as [String: Any] }
    }
  }
}

/// A page that could not be made from its template. It is our fault, never that of the values.
package struct PageTemplateError: Error, Sendable, CustomStringConvertible {
  /// The template's file name.
  package var template: String
  /// What is the matter.
  package var message: String

  package var description: String { "\(template): \(message)" }
}

/// A page with names to be filled in, in Mustache, from `resources/pages/`.
package struct PageTemplate: Sendable {
  private let name: String
  private let template: MustacheTemplate

  /// Reads a template that is built in.
  package init(_ file: ServedFile) throws(PageTemplateError) {
    try self.init(name: file.name, text: String(decoding: file.bytes, as: UTF8.self))
  }

  /// Reads a template.
  package init(name: String, text: String) throws(PageTemplateError) {
    self.name = name
    do {
      // Values come escaped already, by `Markup`: the library's own escaping goes by character and
      // lets a quotation mark through that a combining mark follows.
      template = try MustacheTemplate(string: "{{% CONTENT_TYPE: TEXT}}\n" + text)
    } catch {
      throw PageTemplateError(template: name, message: "\(error)")
    }
  }

  /// The page with its values.
  /// - Throws: when the template names a value that is not there; the library would leave it blank.
  package func filled(
    with values: [String: TemplateValue]
  ) throws(PageTemplateError) -> String {
    let root = Root(values)
    let page = template.render(root)
    if let missing = root.missing {
      throw PageTemplateError(template: name, message: "there is no value '\(missing)'")
    }
    return page
  }

  /// The outermost values. A name that is in no inner section is looked up here last, so here it is seen
  /// that it is nowhere. A class, because the library copies what it renders; it lives for one render.
  private final class Root: MustacheParent {
    private let values: [String: TemplateValue]
    private(set) var missing: String?

    init(_ values: [String: TemplateValue]) { self.values = values }

    func child(named name: String) -> Any? {
      if let value = values[name] { return value.rendered }
      missing = missing ?? name
      return nil
    }
  }
}
