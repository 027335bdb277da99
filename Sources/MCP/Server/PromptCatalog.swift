import JSONRPC

/// Completes a value that a user is typing: what is typed so far and the arguments already filled in →
/// values, best first, and how many there are in all when that is known.
package typealias CompletionProvider =
  @Sendable (String, [String: String], RequestContext) async throws(CallInterruption)
  -> Completion

/// Proposals for a value.
package struct Completion: Sendable, Hashable {
  /// The proposals, best first.
  package var values: [String]
  /// How many there are in all; `nil` when that is not known.
  package var total: Int?

  /// The protocol's limit of proposals in one answer.
  static let limit = 100

  /// Proposals.
  package init(values: [String], total: Int? = nil) {
    self.values = values
    self.total = total
  }

  /// Of fixed values, the ones that start with what is typed, without regard to case.
  package static func matching(_ typed: String, in values: [String]) -> Completion {
    let start = typed.lowercased()
    let matches = values.filter { $0.lowercased().hasPrefix(start) }
    return Completion(values: matches, total: matches.count)
  }

  var json: JSONValue {
    let shown = values.prefix(Self.limit)
    var object: JSONObject = ["values": .array(shown.map(JSONValue.string))]
    object["total"] = total.map { JSONValue($0) }
    object["hasMore"] = .bool(values.count > shown.count || (total ?? 0) > shown.count)
    return .object(object)
  }
}

/// A prompt as the server keeps it.
package struct RegisteredPrompt: Sendable {
  /// What clients are told of it.
  package let definition: PromptDefinition
  let completions: [String: CompletionProvider]
  let fill:
    @Sendable ([String: String], RequestContext) async throws(CallInterruption) -> PromptResult

  /// Registers a prompt.
  package init(
    _ definition: PromptDefinition, completions: [String: CompletionProvider] = [:],
    fill:
      @escaping @Sendable ([String: String], RequestContext) async throws(CallInterruption)
      -> PromptResult
  ) {
    self.definition = definition
    self.completions = completions
    self.fill = fill
  }

  /// Reads the arguments of `prompts/get`.
  /// - Throws: -32602 for a value that is no string and for a required argument that is missing.
  func arguments(_ json: JSONValue?) throws(RPCError) -> [String: String] {
    var arguments: [String: String] = [:]
    switch json {
    case nil, .null: break
    case .object(let object):
      for member in object {
        guard case .string(let value) = member.value else {
          throw RPCError(
            .invalidParams,
            "Argument '\(member.key.shortened(to: 60))' is \(member.value.typeName), expected a string"
          )
        }
        arguments[member.key] = value
      }
    case .some(let other):
      throw RPCError(.invalidParams, "'arguments' is \(other.typeName), expected an object")
    }
    let missing = definition.arguments.filter { $0.isRequired && arguments[$0.name] == nil }
    guard missing.isEmpty else {
      let names = missing.map { "'\($0.name)'" }.joined(separator: ", ")
      throw RPCError(
        .invalidParams, "Prompt \(definition.name): required arguments are missing: \(names)")
    }
    return arguments
  }
}

/// The prompts of a server in the order they are listed.
package struct PromptCatalog: Sendable {
  private let prompts: [RegisteredPrompt]

  /// A catalogue.
  package init(_ prompts: [RegisteredPrompt] = []) { self.prompts = prompts }

  var isEmpty: Bool { prompts.isEmpty }

  func prompt(_ name: String, for principal: Principal) -> RegisteredPrompt? {
    prompts.first { $0.definition.name == name && principal.mayUse($0.definition.scopes) }
  }

  func visible(to principal: Principal) -> [PromptDefinition] {
    prompts.map(\.definition).filter { principal.mayUse($0.scopes) }
  }
}
