package import JSONRPC

/// What a client declares it can do. Read leniently: unknown members and odd values are no errors.
package struct ClientCapabilities: Sendable, Hashable {
  /// The declaration as it came.
  package let json: JSONObject

  /// A declaration.
  package init(_ json: JSONObject = [:]) { self.json = json }

  /// Whether the client fills in forms. `elicitation: {}` means forms only.
  package var elicitsForms: Bool {
    guard let elicitation = json["elicitation"]?.objectValue else { return false }
    return elicitation["form"]?.objectValue != nil || elicitation["url"] == nil
  }

  /// Whether the client opens web addresses for the user.
  package var elicitsURLs: Bool { json["elicitation"]?["url"]?.objectValue != nil }

  /// Whether the client lets us ask its model.
  package var samples: Bool { json["sampling"]?.objectValue != nil }

  /// Whether the client's model may be given tools.
  package var samplesWithTools: Bool { json["sampling"]?["tools"]?.objectValue != nil }

  /// Whether the client tells its root folders.
  package var listsRoots: Bool { json["roots"]?.objectValue != nil }

  /// Whether the client understands an extension.
  package func hasExtension(_ id: String) -> Bool { json["extensions"]?[id]?.objectValue != nil }
}
