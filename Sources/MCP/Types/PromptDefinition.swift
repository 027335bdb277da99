package import JSONRPC

/// What a client is told of a prompt.
package struct PromptDefinition: Sendable, Hashable {
  /// The programmatic name.
  package var name: String
  /// The name for people.
  package var title: String?
  /// What it is for.
  package var summary: String?
  /// What can be filled in.
  package var arguments: [Argument]
  /// The scopes a caller needs, all of them.
  package var scopes: Set<String>

  /// One thing that can be filled in.
  package struct Argument: Sendable, Hashable {
    /// The argument's name.
    package var name: String
    /// The name for people.
    package var title: String?
    /// What it means.
    package var summary: String?
    /// Whether the prompt cannot do without it.
    package var isRequired: Bool

    /// An argument.
    package init(name: String, title: String? = nil, summary: String? = nil, isRequired: Bool) {
      self.name = name
      self.title = title
      self.summary = summary
      self.isRequired = isRequired
    }
  }

  /// A prompt.
  package init(
    name: String, title: String? = nil, summary: String? = nil, arguments: [Argument] = [],
    scopes: Set<String> = []
  ) {
    self.name = name
    self.title = title
    self.summary = summary
    self.arguments = arguments
    self.scopes = scopes
  }

  /// What is sent to a peer of this revision.
  package func json(for version: ProtocolVersion) -> JSONValue {
    let titled = version >= .v2025June
    var object: JSONObject = ["name": .string(name)]
    if titled { object["title"] = title.map(JSONValue.string) }
    object["description"] = summary.map(JSONValue.string)
    object["arguments"] = .array(
      arguments.map { argument in
        var described: JSONObject = ["name": .string(argument.name)]
        if titled { described["title"] = argument.title.map(JSONValue.string) }
        described["description"] = argument.summary.map(JSONValue.string)
        described["required"] = .bool(argument.isRequired)
        return .object(described)
      })
    return .object(object)
  }
}

/// One message of a prompt.
package struct PromptMessage: Sendable, Hashable {
  /// Who speaks.
  package var role: Role
  /// What is said.
  package var content: ContentBlock

  /// Who speaks.
  package enum Role: String, Sendable, Hashable {
    case user, assistant
  }

  /// A message.
  package init(role: Role, content: ContentBlock) {
    self.role = role
    self.content = content
  }
}

/// A prompt with its arguments filled in.
package struct PromptResult: Sendable, Hashable {
  /// What the prompt is for.
  package var summary: String?
  /// The conversation to start with.
  package var messages: [PromptMessage]

  /// A filled-in prompt.
  package init(summary: String?, messages: [PromptMessage]) {
    self.summary = summary
    self.messages = messages
  }
}
