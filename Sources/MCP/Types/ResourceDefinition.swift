package import JSONRPC

/// What a client is told of a resource with a fixed address.
package struct ResourceDefinition: Sendable, Hashable {
  /// The address.
  package var uri: String
  /// The programmatic name.
  package var name: String
  /// The name for people.
  package var title: String?
  /// What it holds.
  package var summary: String?
  /// The media type.
  package var mimeType: String?
  /// The scopes a caller needs, all of them.
  package var scopes: Set<String>

  /// A resource.
  package init(
    uri: String, name: String, title: String? = nil, summary: String? = nil,
    mimeType: String? = nil, scopes: Set<String> = []
  ) {
    self.uri = uri
    self.name = name
    self.title = title
    self.summary = summary
    self.mimeType = mimeType
    self.scopes = scopes
  }

  /// What is sent to a peer of this revision.
  package func json(for version: ProtocolVersion) -> JSONValue {
    describedJSON(["uri": .string(uri)], name, title, summary, mimeType, version)
  }
}

/// What a client is told of a family of resources.
package struct ResourceTemplateDefinition: Sendable, Hashable {
  /// The pattern of the addresses.
  package var uriTemplate: URITemplate
  /// The programmatic name.
  package var name: String
  /// The name for people.
  package var title: String?
  /// What the resources hold.
  package var summary: String?
  /// The media type.
  package var mimeType: String?
  /// The scopes a caller needs, all of them.
  package var scopes: Set<String>

  /// A family of resources.
  package init(
    uriTemplate: URITemplate, name: String, title: String? = nil, summary: String? = nil,
    mimeType: String? = nil, scopes: Set<String> = []
  ) {
    self.uriTemplate = uriTemplate
    self.name = name
    self.title = title
    self.summary = summary
    self.mimeType = mimeType
    self.scopes = scopes
  }

  /// What is sent to a peer of this revision.
  package func json(for version: ProtocolVersion) -> JSONValue {
    describedJSON(
      ["uriTemplate": .string(uriTemplate.text)], name, title, summary, mimeType, version)
  }
}

private func describedJSON(
  _ start: JSONObject, _ name: String, _ title: String?, _ summary: String?, _ mimeType: String?,
  _ version: ProtocolVersion
) -> JSONValue {
  var object = start
  object["name"] = .string(name)
  if version >= .v2025June { object["title"] = title.map(JSONValue.string) }
  object["description"] = summary.map(JSONValue.string)
  object["mimeType"] = mimeType.map(JSONValue.string)
  return .object(object)
}
