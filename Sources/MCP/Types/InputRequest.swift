package import JSONRPC

/// Something a handler needs from the user or the host's model before it can go on.
package enum InputRequest: Sendable, Hashable {
  /// A form for the user: a flat object schema of primitive fields.
  case form(message: String, schema: JSONObject)
  /// A web page for the user.
  case url(message: String, url: String)
  /// A question to the host's model.
  case sampling(SamplingRequest)
  /// The client's root folders.
  case roots

  /// The protocol's name of the request.
  package var method: String {
    switch self {
    case .form, .url: "elicitation/create"
    case .sampling: "sampling/createMessage"
    case .roots: "roots/list"
    }
  }

  /// The request's parameters for a peer of this revision.
  package func params(for version: ProtocolVersion, elicitationID: String? = nil) -> JSONObject {
    switch self {
    case .form(let message, let schema):
      var params: JSONObject = [:]
      if version >= .v2025November { params["mode"] = "form" }
      params["message"] = .string(message)
      params["requestedSchema"] = .object(schema)
      return params
    case .url(let message, let url):
      var params: JSONObject = ["mode": "url", "message": .string(message), "url": .string(url)]
      // Only the last revision with a handshake names the elicitation.
      if version == .v2025November { params["elicitationId"] = elicitationID.map(JSONValue.string) }
      return params
    case .sampling(let request): return request.params
    case .roots: return [:]
    }
  }

  /// The capability the client must have declared, as a `ClientCapabilities` object.
  package var requiredCapability: JSONObject {
    switch self {
    case .form: ["elicitation": ["form": [:]]]
    case .url: ["elicitation": ["url": [:]]]
    case .sampling(let request) where !request.tools.isEmpty: ["sampling": ["tools": [:]]]
    case .sampling: ["sampling": [:]]
    case .roots: ["roots": [:]]
    }
  }

  /// Whether a client with these capabilities, in this revision, can answer.
  package func isSupported(by client: ClientCapabilities, in version: ProtocolVersion) -> Bool {
    switch self {
    case .form: version >= .v2025June && client.elicitsForms
    case .url: version >= .v2025November && client.elicitsURLs
    case .sampling(let request): request.tools.isEmpty ? client.samples : client.samplesWithTools
    case .roots: client.listsRoots
    }
  }
}

/// A question to the host's model.
package struct SamplingRequest: Sendable, Hashable {
  /// The conversation so far.
  package var messages: [PromptMessage]
  /// How long the answer may be, in tokens.
  package var maximumTokens: Int
  /// What the model should be told first.
  package var systemPrompt: String?
  /// How much chance the answer may hold, as the model's own scale has it.
  package var temperature: Double?
  /// Tools the model may call, as the protocol's `Tool` objects.
  package var tools: [JSONObject]

  /// A question.
  package init(
    messages: [PromptMessage], maximumTokens: Int, systemPrompt: String? = nil,
    temperature: Double? = nil, tools: [JSONObject] = []
  ) {
    self.messages = messages
    self.maximumTokens = maximumTokens
    self.systemPrompt = systemPrompt
    self.temperature = temperature
    self.tools = tools
  }

  var params: JSONObject {
    var params: JSONObject = [
      "messages": .array(
        messages.map {
          ["role": .string($0.role.rawValue), "content": $0.content.json(for: .v2025June)]
        }),
      "maxTokens": JSONValue(maximumTokens),
    ]
    params["systemPrompt"] = systemPrompt.map(JSONValue.string)
    params["temperature"] = temperature.map { JSONValue($0) }
    if !tools.isEmpty { params["tools"] = .array(tools.map(JSONValue.object)) }
    return params
  }
}

/// The answer to an `InputRequest`.
package enum InputResponse: Sendable, Hashable {
  /// The user filled in the form; the content fits its schema. For a page: the user agreed to open it.
  case accepted(JSONObject)
  /// The user said no.
  case declined
  /// The user closed the question.
  case cancelled
  /// The model answered. `json` is the whole result.
  case sampled(text: String, json: JSONObject)
  /// The client's root folders as `file://` addresses.
  case roots([String])

  /// Reads and checks a peer's answer.
  /// - Throws: `MalformedInput` saying what is wrong; such an answer must not be used.
  package init(_ json: JSONValue, to request: InputRequest) throws(MalformedInput) {
    switch request {
    case .form(_, let schema): self = try Self.elicited(json, schema: schema)
    case .url: self = try Self.elicited(json, schema: nil)
    case .sampling(let request):
      self = try Self.sampled(json, mayCallTools: !request.tools.isEmpty)
    case .roots:
      guard let roots = json["roots"]?.arrayValue else {
        throw MalformedInput(message: "expected an object with an array 'roots'")
      }
      let addresses = roots.compactMap { $0["uri"]?.stringValue }
      guard addresses.count == roots.count else {
        throw MalformedInput(message: "each of 'roots' must be an object with a string 'uri'")
      }
      self = .roots(addresses)
    }
  }

  private static func sampled(
    _ json: JSONValue, mayCallTools: Bool
  ) throws(MalformedInput) -> InputResponse {
    guard let object = json.objectValue, object["model"]?.stringValue != nil,
      let content = object["content"]
    else { throw MalformedInput(message: "expected a message with role, content and model") }
    guard let role = object["role"]?.stringValue, PromptMessage.Role(rawValue: role) != nil else {
      throw MalformedInput(message: "'role' must be user or assistant")
    }
    if let reason = object["stopReason"], reason.stringValue == nil {
      throw MalformedInput(message: "'stopReason' must be a string")
    }
    let blocks = content.arrayValue ?? [content]
    guard !blocks.isEmpty, blocks.allSatisfy({ isBlock($0, mayCallTools: mayCallTools) }) else {
      throw MalformedInput(message: "'content' must be one or more text, image or audio blocks")
    }
    let text = blocks.compactMap { $0["type"] == "text" ? $0["text"]?.stringValue : nil }
    return .sampled(text: text.joined(separator: "\n"), json: object)
  }

  /// Whether a value is a block that a model's message may hold, with all that its kind needs.
  private static func isBlock(_ json: JSONValue, mayCallTools: Bool) -> Bool {
    func hasText(_ key: String) -> Bool { json[key]?.stringValue != nil }
    switch json["type"] {
    case "text": return hasText("text")
    case "image", "audio": return hasText("data") && hasText("mimeType")
    case "tool_use":
      return mayCallTools && hasText("id") && hasText("name") && json["input"]?.objectValue != nil
    default: return false
    }
  }

  private static func elicited(
    _ json: JSONValue, schema: JSONObject?
  ) throws(MalformedInput) -> InputResponse {
    switch json["action"] {
    case "decline": return .declined
    case "cancel": return .cancelled
    case "accept":
      guard let schema else { return .accepted([:]) }
      guard let content = json["content"]?.objectValue else {
        throw MalformedInput(message: "'content' is missing")
      }
      let violations: [SchemaViolation]
      do {
        violations = try JSONSchema(.object(schema)).validate(.object(content))
      } catch {
        throw MalformedInput(message: "the form's schema is broken: \(error)")
      }
      guard violations.isEmpty else {
        throw MalformedInput(message: violations.map(\.description).joined(separator: "; "))
      }
      return .accepted(content)
    default: throw MalformedInput(message: "'action' must be accept, decline or cancel")
    }
  }
}

/// An answer that does not fit the question.
package struct MalformedInput: Error, Sendable {
  /// What is wrong.
  package let message: String
}
