import ArgumentParser
import JSONRPC
import MCP
import ServerConnections

/// Lists what a server serves.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists tools, resources, templates and prompts.")

  @OptionGroup var options: ServerOptions

  func run() async throws {
    try await options.withSession(as: .testClient) { session in
      let server = session.serverInfo.map { "\($0.name) \($0.version)" } ?? "server"
      print("\(server), protocol \(session.version?.rawValue ?? "?")")
      let lists = [
        ("tools", "tools/list", "tools", "name"),
        ("resources", "resources/list", "resources", "uri"),
        ("resources", "resources/templates/list", "resourceTemplates", "uriTemplate"),
        ("prompts", "prompts/list", "prompts", "name"),
      ]
      for (capability, method, key, name) in lists
      where session.serverCapabilities[capability] != nil {
        var table = Table(columns: [key, "title", "description"])
        for entry in try await Self.all(method, key, session) {
          table.add([
            entry[name]?.stringValue ?? "", entry["title"]?.stringValue ?? "",
            entry["description"]?.stringValue?.shortened(to: 80) ?? "",
          ])
        }
        print("\n\(table.text)")
      }
    }
  }

  /// Every entry of a list, page by page.
  static func all(_ method: String, _ key: String, _ session: ClientSession) async throws
    -> [JSONValue]
  {
    var entries: [JSONValue] = []
    var cursor: JSONValue?
    repeat {
      var params = JSONObject()
      params["cursor"] = cursor
      let page = try await session.request(method, params)
      entries += page[key]?.arrayValue ?? []
      cursor = page["nextCursor"]
    } while cursor != nil
    return entries
  }
}
