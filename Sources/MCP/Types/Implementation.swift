package import JSONRPC

/// Names a client or a server. Display data, never to be trusted.
package struct Implementation: Sendable, Hashable {
  /// The program's name.
  package var name: String
  /// The program's version.
  package var version: String
  /// The name for people.
  package var title: String?
  /// What it is, in a sentence.
  package var summary: String?
  /// Where to read more.
  package var websiteURL: String?

  /// A program.
  package init(
    name: String, version: String, title: String? = nil, summary: String? = nil,
    websiteURL: String? = nil
  ) {
    self.name = name
    self.version = version
    self.title = title
    self.summary = summary
    self.websiteURL = websiteURL
  }

  /// Reads what a peer says of itself; `nil` without name or version.
  package init?(_ json: JSONValue?) {
    guard let name = json?["name"]?.stringValue, let version = json?["version"]?.stringValue
    else { return nil }
    self.init(
      name: name, version: version, title: json?["title"]?.stringValue,
      summary: json?["description"]?.stringValue, websiteURL: json?["websiteUrl"]?.stringValue)
  }

  /// What is sent to a peer of this revision.
  package func json(for version: ProtocolVersion) -> JSONValue {
    var object: JSONObject = ["name": .string(name), "version": .string(self.version)]
    if version >= .v2025June { object["title"] = title.map(JSONValue.string) }
    if version >= .v2025November {
      object["description"] = summary.map(JSONValue.string)
      object["websiteUrl"] = websiteURL.map(JSONValue.string)
    }
    return .object(object)
  }
}
