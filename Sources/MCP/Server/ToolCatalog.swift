package import JSONRPC

/// A tool with typed arguments and a typed result.
package protocol Tool: Sendable {
  /// What the arguments are read into, after they have passed the input schema.
  associatedtype Arguments: Decodable & Sendable
  /// What the structured result is made from.
  associatedtype Output: Encodable & Sendable

  /// What clients are told of the tool.
  var definition: ToolDefinition { get }

  /// Does the work.
  /// - Throws: `CallInterruption.toolError` for what the caller can mend.
  func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output

  /// A link to the resource that holds what a result does, in whatever length clients accept; `nil` when
  /// there is none. It takes the place of a result that is too long.
  func link(to output: Output) -> ContentBlock?
}

extension Tool {
  package func link(to output: Output) -> ContentBlock? { nil }
}

/// A tool as the server keeps it: typed arguments and results are erased once, here.
package struct RegisteredTool: Sendable {
  /// What clients are told of the tool.
  package let definition: ToolDefinition
  let inputSchema: JSONSchema
  /// The arguments that HTTP headers repeat.
  let mirroredParameters: [MirroredParameter]
  let handle: @Sendable (JSONObject, RequestContext) async throws(CallInterruption) -> ToolResult
  /// What is asked before the call becomes a task.
  let questionsBeforeTask: [NamedInput]

  /// Registers a typed tool.
  /// - Throws: `ContractError` when its input schema is none.
  package init<T: Tool>(_ tool: T) throws(ContractError) {
    try self.init(tool) { try JSONValueEncoder().bytes(of: $0) }
  }

  /// Registers a typed tool whose result writes itself.
  /// - Throws: `ContractError` when its input schema is none.
  package init<T: Tool>(_ tool: T) throws(ContractError) where T.Output: JSONWritable {
    try self.init(tool) { output in
      var writer = JSONWriter(capacity: 2048)
      output.write(to: &writer)
      assert((try? JSONValueEncoder().bytes(of: output)) == writer.bytes)
      return writer.bytes
    }
  }

  private init<T: Tool>(
    _ tool: T, encode: @escaping @Sendable (T.Output) throws -> [UInt8]
  ) throws(ContractError) {
    try self.init(tool.definition) {
      (object: JSONObject, context: RequestContext) async throws(CallInterruption) -> ToolResult in
      let arguments: T.Arguments
      do {
        arguments = try JSONValueDecoder().decode(T.Arguments.self, from: .object(object))
      } catch {
        throw .problem(ArgumentFailure.describe(error))
      }
      let output = try await tool.call(arguments, in: context)
      do {
        let encoded = try encode(output)
        // The text twin takes at least as much again.
        if encoded.count > context.resultBytes / 2, let link = tool.link(to: output) {
          return .linked(link, instead: encoded.count, of: tool.definition.name)
        }
        return ToolResult(encoded: encoded)
      } catch {
        throw .fault(error)
      }
    }
  }

  /// Registers a tool that works on the raw arguments, which have passed its input schema.
  /// - Parameter questionsBeforeTask: what to ask before a call becomes a task; the task finds the
  ///   answers under the same keys.
  package init(
    _ definition: ToolDefinition, questionsBeforeTask: [NamedInput] = [],
    handle:
      @escaping @Sendable (JSONObject, RequestContext) async throws(CallInterruption)
      -> ToolResult
  ) throws(ContractError) {
    self.definition = definition
    self.handle = handle
    self.questionsBeforeTask = questionsBeforeTask
    self.mirroredParameters = MirroredParameter.all(in: definition.inputSchema)
    if let fault = MirroredParameter.fault(in: definition.inputSchema) {
      throw ContractError(message: "\(definition.name): \(fault)")
    }
    do {
      self.inputSchema = try JSONSchema(.object(definition.inputSchema))
    } catch {
      throw ContractError(message: "\(definition.name): the input schema is broken: \(error)")
    }
  }

  /// Checks the arguments and calls the tool. What the caller can mend comes back as a result.
  func call(
    _ arguments: JSONObject, in context: RequestContext
  ) async throws(CallInterruption) -> ToolResult {
    let violations = inputSchema.validate(.object(arguments))
    guard violations.isEmpty else {
      return .failure(ArgumentFailure.describe(violations, tool: definition.name))
    }
    do {
      return reveal(try await handle(arguments, context))
    } catch {
      switch error {
      case .toolError(let message), .unanswered(let message): return reveal(.failure(message))
      case .problem(let problem): return reveal(.failure(problem))
      case .protocolError, .cancelled, .inputRequired: throw error
      }
    }
  }
}

extension RegisteredTool {
  private func reveal(_ result: ToolResult) -> ToolResult {
    definition.untrusted.map(result.revealed) ?? result
  }
}

/// Words for arguments that a tool cannot take.
private enum ArgumentFailure {
  static func describe(_ violations: [SchemaViolation], tool: String) -> CallProblem {
    let lines = violations.map { "- \($0.description)" }
    return CallProblem(
      .invalid, "Invalid arguments for \(tool):\n" + lines.joined(separator: "\n"),
      fields: violations.map { .init(pointer: $0.instanceLocation, detail: $0.description) })
  }

  static func describe(_ error: any Error) -> CallProblem {
    guard let error = error as? DecodingError else {
      return CallProblem(.invalid, "Invalid arguments")
    }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context), .dataCorrupted(let context):
      let path = context.codingPath.map { "/\($0.stringValue)" }.joined()
      return CallProblem(
        .invalid,
        "Invalid arguments:\n- \(path.isEmpty ? "/" : path): \(context.debugDescription)",
        fields: [.init(pointer: path, detail: context.debugDescription)])
    @unknown default: return CallProblem(.invalid, "Invalid arguments")
    }
  }
}

/// Whether a principal may call a tool.
package enum ToolAccess: Sendable {
  /// There is none, or none that it is offered.
  case absent
  /// It lacks one of these scopes.
  case needsScopes(Set<String>)
  /// It may.
  case allowed(RegisteredTool)
}

/// The tools of a server in the order they are listed.
package struct ToolCatalog: Sendable {
  /// The tools in their order.
  package let tools: [RegisteredTool]
  private let byName: [String: RegisteredTool]

  /// A catalogue.
  /// - Throws: `ContractError` for a name that is taken or not 1–64 of `[A-Za-z0-9_.-]`.
  package init(_ tools: [RegisteredTool]) throws(ContractError) {
    var byName: [String: RegisteredTool] = [:]
    for tool in tools {
      let name = tool.definition.name
      guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isAllowed) else {
        throw ContractError(message: "'\(name)' is no tool name: 1 to 64 of A–Z a–z 0–9 _ . -")
      }
      guard byName.updateValue(tool, forKey: name) == nil else {
        throw ContractError(message: "two tools are named '\(name)'")
      }
    }
    self.tools = tools
    self.byName = byName
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// The tool of this name, when the principal may use it: one it may not use looks absent.
  package func tool(_ name: String, for principal: Principal) -> RegisteredTool? {
    guard let tool = byName[name], principal.mayUse(tool.definition) else { return nil }
    return tool
  }

  /// Whether there is such a tool for the principal, and if not, what it may know of the reason.
  package func access(to name: String, for principal: Principal) -> ToolAccess {
    guard let tool = byName[name],
      principal.selections.allSatisfy({ $0.allows(tool.definition) })
    else { return .absent }
    guard principal.mayUse(tool.definition.scopes) else {
      return .needsScopes(tool.definition.scopes)
    }
    return .allowed(tool)
  }

  /// The tools the principal may use.
  package func visible(to principal: Principal) -> [RegisteredTool] {
    tools.filter { principal.mayUse($0.definition) }
  }
}
