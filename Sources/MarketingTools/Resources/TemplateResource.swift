import JSONRPC
import MCP
import Marketing

/// A message's template, as JSON: `template://{name}`.
enum TemplateResource {
  /// The address of a template.
  static func uri(_ name: String) -> String { "template://\(name)" }

  /// Each template, listed by its name, and the family of them.
  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> [RegisteredResource] {
    guard let template = URITemplate("template://{name}") else {
      throw ContractError(message: "template://{name} is no URI template")
    }
    let templates = environment.engagements.means.templates
    let names = templates.names
    var resources: [RegisteredResource] = []
    for name in names {
      let text: String
      let outline: TemplateOutline
      do {
        outline = try templates.outline(of: name)
        text = String(
          decoding: try JSONValueEncoder().bytes(of: Contents(outline)), as: UTF8.self)
      } catch {
        throw ContractError(message: "\(uri(name)) cannot be shown: \(error)")
      }
      resources.append(
        RegisteredResource(
          ResourceDefinition(
            uri: uri(name), name: name, title: outline.description, summary: "Message template",
            mimeType: "application/json", scopes: scopes), cache: cache
        ) { uri, _, _ in
          [ResourceContents(uri: uri, mimeType: "application/json", data: .text(text))]
        })
    }
    // What there is stands above; this completes its names.
    let family = ResourceTemplateDefinition(
      uriTemplate: template, name: "template", title: "Message template",
      summary: "A template: what it is for, its channels, its variables, its text.",
      mimeType: "application/json", scopes: scopes)
    resources.append(
      RegisteredResource(
        family, completions: ["name": { typed, _, _ in Completion.matching(typed, in: names) }]
      ) { _, _, _ in nil })
    return resources
  }

  private static let scopes: Set = ["engagement:read"]
  /// Templates change with the server only.
  private static let cache = CacheHint(milliseconds: 3_600_000, isPublic: false)

  private struct Contents: Encodable {
    let name: String
    let description: String
    let channels: [String]
    let variables: [String]
    let source: String

    init(_ outline: TemplateOutline) {
      name = outline.name
      description = outline.description
      channels = outline.channels.map(\.rawValue)
      variables = outline.variables
      source = outline.source
    }
  }
}
