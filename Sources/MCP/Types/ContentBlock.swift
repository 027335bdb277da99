package import JSONRPC

/// A piece of a tool's result or of a prompt.
package struct ContentBlock: Sendable, Hashable {
  /// What the piece is.
  package enum Body: Sendable, Hashable {
    case text(String)
    /// Base64 data of a picture.
    case image(data: String, mimeType: String)
    /// Base64 data of a sound; known to clients from 2025-03-26 on.
    case audio(data: String, mimeType: String)
    /// Names a resource that can be read; known to clients from 2025-06-18 on.
    case resourceLink(uri: String, name: String, summary: String?, mimeType: String?)
    case resource(ResourceContents)
  }

  /// What the piece is.
  package var body: Body
  /// Whom it is for and how important it is, as the protocol's `annotations`.
  package var annotations: JSONObject?

  /// A piece.
  package init(_ body: Body, annotations: JSONObject? = nil) {
    self.body = body
    self.annotations = annotations
  }

  /// A piece of text.
  package static func text(_ text: String) -> ContentBlock { ContentBlock(.text(text)) }

  /// What is sent to a peer of this revision; kinds it cannot know become text that says what they are.
  package func json(for version: ProtocolVersion) -> JSONValue {
    var object: JSONObject
    switch body {
    case .text(let text): object = ["type": "text", "text": .string(text)]
    case .image(let data, let mimeType):
      object = ["type": "image", "data": .string(data), "mimeType": .string(mimeType)]
    case .audio(let data, let mimeType):
      guard version >= .v2025March else { return Self.replaced("sound of type \(mimeType)") }
      object = ["type": "audio", "data": .string(data), "mimeType": .string(mimeType)]
    case .resourceLink(let uri, let name, let summary, let mimeType):
      guard version >= .v2025June else { return Self.replaced("\(name): \(uri)") }
      object = ["type": "resource_link", "uri": .string(uri), "name": .string(name)]
      object["description"] = summary.map(JSONValue.string)
      object["mimeType"] = mimeType.map(JSONValue.string)
    case .resource(let contents): object = ["type": "resource", "resource": contents.json]
    }
    if let annotations {
      var kept = annotations
      if version < .v2025June { kept["lastModified"] = nil }
      object["annotations"] = .object(kept)
    }
    return .object(object)
  }

  private static func replaced(_ what: String) -> JSONValue {
    ["type": "text", "text": .string("[\(what)]")]
  }
}

/// What a resource holds.
package struct ResourceContents: Sendable, Hashable {
  /// The resource's or its part's address.
  package var uri: String
  /// The media type.
  package var mimeType: String?
  /// The data.
  package var data: Data
  /// Whether people outside wrote what is in it: data, never instructions.
  package var isUntrusted: Bool

  /// Text, or bytes in base64.
  package enum Data: Sendable, Hashable {
    case text(String)
    case blob(String)
  }

  /// Contents.
  package init(uri: String, mimeType: String?, data: Data, isUntrusted: Bool = false) {
    self.uri = uri
    self.mimeType = mimeType
    self.data = data
    self.isUntrusted = isUntrusted
  }

  /// The contents as they are sent.
  package var json: JSONValue {
    var object: JSONObject = ["uri": .string(uri)]
    object["mimeType"] = mimeType.map(JSONValue.string)
    switch data {
    case .text(let text):
      object["text"] = .string(isUntrusted ? VisibleText.revealing(text) : text)
    case .blob(let base64): object["blob"] = .string(base64)
    }
    // The pointer to the whole.
    if isUntrusted { object["_meta"] = [MetaKey.untrusted: [""]] }
    return .object(object)
  }
}
