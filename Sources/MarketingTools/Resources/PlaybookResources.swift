import MCP
import ServedFiles

/// How to treat leads, for agents and people, as Markdown: `playbook://{name}`.
enum PlaybookResources {
  static func registered() -> [RegisteredResource] {
    ServedFile.playbooks.map { file in
      let text = String(decoding: file.bytes, as: UTF8.self)
      let title = text.prefix { $0 != "\n" }.drop { $0 == "#" || $0 == " " }
      let definition = ResourceDefinition(
        uri: uri(file.name), name: file.name, title: String(title), summary: "Playbook",
        mimeType: "text/markdown", scopes: ["leads:read"])
      return RegisteredResource(
        definition, cache: CacheHint(milliseconds: 3_600_000, isPublic: true)
      ) { uri, _, _ in contents(text, uri: uri) }
    }
  }

  static func uri(_ name: String) -> String { "playbook://\(name)" }

  /// A playbook's contents; `nil` when there is none of this name.
  static func contents(_ name: String) -> ResourceContents? {
    ServedFile.playbooks.first { $0.name == name }.map {
      contents(String(decoding: $0.bytes, as: UTF8.self), uri: uri(name))[0]
    }
  }

  private static func contents(_ text: String, uri: String) -> [ResourceContents] {
    [ResourceContents(uri: uri, mimeType: "text/markdown", data: .text(text))]
  }
}
