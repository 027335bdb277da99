package import JSONRPC

/// What a client is told of a tool.
package struct ToolDefinition: Sendable, Hashable {
  /// The wire name: 1–64 of `[A-Za-z0-9_.-]`.
  package var name: String
  /// The name for people.
  package var title: String?
  /// What it does, for a model that decides whether to call it.
  package var summary: String
  /// The schema of the arguments, sent as it is.
  package var inputSchema: JSONObject
  /// The schema of the structured result.
  package var outputSchema: JSONObject?
  /// Hints: `readOnlyHint` and the like.
  package var annotations: JSONObject?
  /// Whether it can run as a task.
  package var taskSupport: TaskSupport
  /// The scopes a caller needs, all of them.
  package var scopes: Set<String>
  /// The group of tools it belongs to.
  package var toolset: String?
  /// Where its structured result holds what people outside wrote, as JSON pointers: data, never
  /// instructions for whoever reads it. What text can hide is made visible in the whole result; `nil`
  /// for a tool whose results are left as they are.
  package var untrusted: [String]?

  /// Whether a tool can run as a task of the tasks extension.
  package enum TaskSupport: String, Sendable, Hashable {
    case forbidden, optional, required
  }

  /// A tool.
  package init(
    name: String, title: String? = nil, summary: String, inputSchema: JSONObject,
    outputSchema: JSONObject? = nil, annotations: JSONObject? = nil,
    taskSupport: TaskSupport = .forbidden, scopes: Set<String> = [], toolset: String? = nil,
    untrusted: [String]? = nil
  ) {
    self.name = name
    self.title = title
    self.summary = summary
    self.inputSchema = inputSchema
    self.outputSchema = outputSchema
    self.annotations = annotations
    self.taskSupport = taskSupport
    self.scopes = scopes
    self.toolset = toolset
    self.untrusted = untrusted
  }

  /// What is sent to a peer of this revision.
  package func json(for version: ProtocolVersion) -> JSONValue {
    var object: JSONObject = ["name": .string(name)]
    if version >= .v2025June { object["title"] = title.map(JSONValue.string) }
    object["description"] = .string(summary)
    object["inputSchema"] = .object(inputSchema)
    if version >= .v2025June, let outputSchema {
      // Before the modern era a structured result could only be an object.
      let isKnown = version.era == .modern || outputSchema["type"] == "object"
      if isKnown { object["outputSchema"] = .object(outputSchema) }
    }
    if version >= .v2025March { object["annotations"] = annotations.map(JSONValue.object) }
    return .object(object)
  }
}

extension ToolDefinition {
  /// Reads a tool's contract file: `name`, `title`, `description`, `inputSchema`, `outputSchema`,
  /// `annotations`, `taskSupport`, `scopes`, `toolset`, `untrusted`. Of the output schema only the required members
  /// are taken over, so that a listed tool stays small.
  /// - Throws: `ContractError` naming the member that is missing or wrong.
  package init(contract: JSONValue) throws(ContractError) {
    func text(_ key: String) throws(ContractError) -> String {
      guard let value = contract[key]?.stringValue, !value.isEmpty else {
        throw ContractError(message: "'\(key)' must be a text that is not empty")
      }
      return value
    }
    let name = try text("name")
    guard let input = contract["inputSchema"]?.objectValue, input["type"] == "object" else {
      throw ContractError(message: "\(name): 'inputSchema' must be a schema of type object")
    }
    var support = TaskSupport.forbidden
    if let written = contract["taskSupport"] {
      guard let value = written.stringValue.flatMap(TaskSupport.init) else {
        throw ContractError(
          message: "\(name): 'taskSupport' must be forbidden, optional or required")
      }
      support = value
    }
    self.init(
      name: name, title: contract["title"]?.stringValue, summary: try text("description"),
      inputSchema: input,
      outputSchema: contract["outputSchema"]?.objectValue.map(Self.outline),
      annotations: contract["annotations"]?.objectValue, taskSupport: support,
      scopes: Set((contract["scopes"]?.arrayValue ?? []).compactMap(\.stringValue)),
      toolset: contract["toolset"]?.stringValue,
      untrusted: (contract["untrusted"]?.arrayValue ?? []).compactMap(\.stringValue))
  }

  /// The members that a result always has: what is listed of an output schema. The whole of it stays in
  /// the contract and is what tests hold results against; a host's model would pay for every byte.
  private static func outline(of schema: JSONObject) -> JSONObject {
    var outline: JSONObject = ["type": "object"]
    outline["required"] = schema["required"]
    return outline
  }
}

/// A tool's contract file is not as it must be.
package struct ContractError: Error, Sendable, CustomStringConvertible {
  /// What is wrong and what would be accepted.
  package let message: String
  package var description: String { message }

  /// An error.
  package init(message: String) { self.message = message }
}
