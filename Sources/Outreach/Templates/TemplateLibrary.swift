package import Marketing
package import ServedFiles

/// The templates by name.
package struct TemplateLibrary: MessageTemplates {
  private let templates: [String: StrictTemplate]

  /// Reads templates that are built in.
  /// - Throws: for the first that is not as it has to be.
  package init(_ files: [ServedFile] = ServedFile.templates) throws(TemplateError) {
    var templates: [String: StrictTemplate] = [:]
    for file in files {
      templates[file.name] = try StrictTemplate(
        name: file.name, String(decoding: file.bytes, as: UTF8.self))
    }
    self.templates = templates
  }

  /// The names in their order.
  package var names: [String] { templates.keys.sorted() }

  /// The template of a name.
  /// - Throws: when there is none, telling which there are.
  package func template(_ name: String) throws(TemplateError) -> StrictTemplate {
    guard let template = templates[name] else {
      throw TemplateError(
        template: name,
        message: "there is none of this name; found \(names.joined(separator: ", "))")
    }
    return template
  }

  package func outline(of name: String) throws(TemplateError) -> TemplateOutline {
    let template = try template(name)
    return TemplateOutline(
      name: name, description: template.description, channels: template.channels,
      variables: template.variables, source: template.source)
  }

  package func content(
    of name: String, with values: [String: TemplateValue]
  ) throws(TemplateError) -> MessageContent {
    try template(name).filled(with: values).content
  }
}
