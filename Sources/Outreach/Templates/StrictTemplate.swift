package import Marketing
import Mustache

/// A message with names to be filled in, in Mustache. A name without a value, or with one that nobody would see, is
/// an error that tells all such names and where they stand, never a blank.
package struct StrictTemplate: Sendable {
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

  private let subject: Part
  private let text: Part
  private let html: Part?

  /// What a template says with its values.
  package struct Filled: Sendable, Hashable {
    /// One line.
    package var subject: String
    package var text: String
    package var html: String?

    /// The content of a message.
    package var content: MessageContent {
      MessageContent(subject: subject, text: text, html: html)
    }
  }

  private struct Part: Sendable {
    let label: String
    let template: MustacheTemplate
    let lines: [(name: String, line: Int)]
    let isHTML: Bool
  }

  /// Reads a template.
  /// - Parameter file: a front part with `subject`, `channels` and `description`, the text, and after a line
  ///   `--- html` the same in HTML.
  /// - Throws: when something in it is not as it has to be.
  package init(name: String, _ file: String) throws(TemplateError) {
    let parsed = try TemplateText(name: name, file)
    self.name = name
    source = file
    description = parsed.front["description"] ?? ""
    var channels: [OutreachChannel] = []
    for word in (parsed.front["channels"] ?? "email").split(separator: ",") {
      let word = word.filter { $0 != " " }
      guard let channel = OutreachChannel(rawValue: word) else {
        throw TemplateError(template: name, message: "there is no channel '\(word)'")
      }
      channels.append(channel)
    }
    self.channels = channels
    subject = try Self.part(
      "subject", TemplateText.Part(text: parsed.front["subject"] ?? "", line: 1), of: name)
    text = try Self.part("text", parsed.text, of: name)
    var html: Part?
    if let part = parsed.html { html = try Self.part("html", part, of: name, isHTML: true) }
    self.html = html
    var seen: Set<String> = []
    variables = [subject, text, html].compactMap(\.self).flatMap(\.lines).map(\.name)
      .filter { seen.insert($0).inserted }
  }

  private static func part(
    _ label: String, _ part: TemplateText.Part, of name: String, isHTML: Bool = false
  ) throws(TemplateError) -> Part {
    let tags = try TemplateTags(part, isHTML: isHTML, template: name)
    do {
      // Values come escaped already: the library's own escaping goes by character and lets a quotation mark
      // through that a combining mark follows.
      let template = try MustacheTemplate(string: "{{% CONTENT_TYPE: TEXT}}\n" + part.text)
      return Part(
        label: label, template: template, lines: tags.tags.map { ($0.name, $0.line) },
        isHTML: isHTML)
    } catch {
      throw TemplateError(template: name, message: "\(label): \(error)")
    }
  }

  /// The message with its values.
  /// - Throws: when names have no value: `missing` tells all of them.
  package func filled(
    with values: [String: TemplateValue]
  ) throws(TemplateError) -> Filled {
    var places: [String] = []
    var missing: [String] = []
    func fill(_ part: Part) -> String {
      let root = Root(values, isHTML: part.isHTML)
      let filled = part.template.render(root)
      for name in root.missing {
        if !missing.contains(name) { missing.append(name) }
        let lines = part.lines.filter { $0.name == name }.map { "\($0.line)" }
        let place =
          part.label == "subject" ? "the subject" : "line \(lines.joined(separator: ", "))"
        places.append("'\(name)' in \(place)")
      }
      return filled
    }
    let result = Filled(
      subject: HeaderText.oneLine(fill(subject)), text: fill(text), html: html.map(fill))
    guard missing.isEmpty else {
      throw TemplateError(
        template: name, message: "there is no value for \(places.joined(separator: "; "))",
        missing: missing)
    }
    return result
  }

  /// The outermost values. A name that is in no inner section is looked up here last, so here it is seen that it
  /// is nowhere. A class, because the library copies what it renders; it lives for one render.
  private final class Root: MustacheParent {
    private let values: [String: TemplateValue]
    private let isHTML: Bool
    private(set) var missing: [String] = []

    init(_ values: [String: TemplateValue], isHTML: Bool) {
      self.values = values
      self.isHTML = isHTML
    }

    func child(named name: String) -> Any? {
      if let value = values[name]?.rendered(isHTML: isHTML) { return value }
      if !missing.contains(name) { missing.append(name) }
      return nil
    }
  }
}
