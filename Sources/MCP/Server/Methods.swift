import JSONRPC

/// The requests that both eras have in common, each as a function from parameters to a result.
struct Methods: Sendable {
  let server: MCPServer

  /// Serves one method.
  typealias Handler =
    @Sendable (JSONObject, RequestContext) async throws(CallInterruption) -> ResultBody

  /// The method's handler; `nil` for a method that the eras do not share.
  func handler(for method: String) -> Handler? {
    switch method {
    case "tools/list": listTools
    case "tools/call": callTool
    case "resources/list": listResources
    case "resources/templates/list": listTemplates
    case "resources/read": readResource
    case "prompts/list": listPrompts
    case "prompts/get": getPrompt
    case "completion/complete": complete
    default: nil
    }
  }

  /// Whether the server serves the method at all: what it did not declare is not found.
  func isDeclared(_ method: String) -> Bool {
    if method.hasPrefix("resources/") { return !server.resources.isEmpty }
    if method.hasPrefix("prompts/") { return !server.prompts.isEmpty }
    return true
  }

  // Lists differ by what the principal may use, so no cache may share them.
  private static let listCache = CacheHint(milliseconds: 60_000, isPublic: false)

  func listTools(
    _ params: JSONObject, _ context: RequestContext
  ) throws(CallInterruption) -> ResultBody {
    let tools = server.tools.visible(to: context.principal)
    return try page(
      "tools", tools.map { $0.definition.json(for: context.version) }, params, context)
  }

  func listResources(
    _ params: JSONObject, _ context: RequestContext
  ) throws(CallInterruption) -> ResultBody {
    let resources = server.resources.fixed(visibleTo: context.principal)
    return try page("resources", resources.map { $0.json(for: context.version) }, params, context)
  }

  func listTemplates(
    _ params: JSONObject, _ context: RequestContext
  ) throws(CallInterruption) -> ResultBody {
    let templates = server.resources.templates(visibleTo: context.principal)
    return try page(
      "resourceTemplates", templates.map { $0.json(for: context.version) }, params, context)
  }

  func listPrompts(
    _ params: JSONObject, _ context: RequestContext
  ) throws(CallInterruption) -> ResultBody {
    let prompts = server.prompts.visible(to: context.principal)
    return try page("prompts", prompts.map { $0.json(for: context.version) }, params, context)
  }

  /// One page of a list, bounded by count and by bytes.
  private func page(
    _ key: String, _ entries: [JSONValue], _ params: JSONObject, _ context: RequestContext
  ) throws(CallInterruption) -> ResultBody {
    let start = try interrupting { () throws(RPCError) in
      try self.start(of: key, count: entries.count, params, context)
    }
    var writer = JSONWriter()
    writer.raw("[")
    var next = start
    while next < entries.count, next - start < server.limits.pageSize {
      let entry = JSONWriter.bytes(of: entries[next])
      if next > start, writer.bytes.count + entry.count > server.limits.pageBytes { break }
      if next > start { writer.raw(",") }
      writer.raw(entry)
      next += 1
    }
    writer.raw("]")
    var body = ResultBody()
    body.add(key, encoded: writer.bytes)
    if next < entries.count {
      let cursor = try interrupting { () throws(RPCError) in
        try server.sealer.cursor(
          [JSONValue(next), JSONValue(entries.count)], in: key, for: context.principal)
      }
      body.add("nextCursor", .string(cursor))
    }
    if context.version.era == .modern { Self.listCache.add(to: &body) }
    return body
  }

  private func start(
    of key: String, count: Int, _ params: JSONObject, _ context: RequestContext
  ) throws(RPCError) -> Int {
    switch params["cursor"] {
    case nil: return 0
    case .string(let cursor):
      let position = try server.sealer.position(cursor, in: key, for: context.principal)
      guard let start = position[0]?.integerValue, position[1] == JSONValue(count) else {
        throw RPCError(
          .invalidParams, "Invalid cursor: the list has changed, start again without one")
      }
      return Int(start)
    case .some(let other):
      throw RPCError(.invalidParams, "'cursor' is \(other.typeName), expected a string")
    }
  }

  func readResource(
    _ params: JSONObject, _ context: RequestContext
  ) async throws(CallInterruption) -> ResultBody {
    let uri = try interrupting { () throws(RPCError) in try params.requiredString("uri") }
    let (resource, contents) = try await read(uri, context)
    var body = ResultBody(["contents": .array(contents.map(\.json))])
    try check(
      body, "The contents of \(uri.shortened(to: 200))",
      "read a part of it with a tool that takes a limit")
    if context.version.era == .modern { resource.cache.add(to: &body) }
    return body
  }

  /// Only what can be read can be subscribed to, however long it is.
  func checkIsReadable(_ uri: String, _ context: RequestContext) async throws(CallInterruption) {
    _ = try await read(uri, context)
  }

  private func read(
    _ uri: String, _ context: RequestContext
  ) async throws(CallInterruption) -> (RegisteredResource, [ResourceContents]) {
    guard let (resource, variables) = server.resources.find(uri, for: context.principal),
      let contents = try await resource.read(uri, variables, context), !contents.isEmpty
    else { throw .protocolError(Self.resourceNotFound(uri, context.version)) }
    return (resource, contents)
  }

  /// - Throws: -32603 for a result that is longer than clients accept, saying what to do instead.
  private func check(
    _ body: ResultBody, _ what: String, _ instead: String
  ) throws(CallInterruption) {
    let limit = server.limits.pageBytes
    guard body.members.count > limit else { return }
    throw .protocolError(
      RPCError(
        .internalError,
        "\(what) would be \(body.members.count) bytes long, more than the \(limit) that clients "
          + "accept: \(instead)",
        data: ["bytes": JSONValue(body.members.count), "limit": JSONValue(limit)]))
  }

  /// The error for a resource that is not there, which each era numbers differently.
  static func resourceNotFound(_ uri: String, _ version: ProtocolVersion) -> RPCError {
    RPCError(
      version.era == .legacy ? .resourceNotFound : .invalidParams,
      "Resource not found: \(uri.shortened(to: 200))", data: ["uri": .string(uri)])
  }

  func getPrompt(
    _ params: JSONObject, _ context: RequestContext
  ) async throws(CallInterruption) -> ResultBody {
    let (prompt, arguments) = try interrupting {
      () throws(RPCError) -> (RegisteredPrompt, [String: String]) in
      let name = try params.requiredString("name")
      guard let prompt = server.prompts.prompt(name, for: context.principal) else {
        throw RPCError(.invalidParams, "Unknown prompt: \(name.shortened(to: 80))")
      }
      return (prompt, try prompt.arguments(params["arguments"]))
    }
    let result = try await prompt.fill(arguments, context)
    var body = ResultBody()
    if let summary = result.summary { body.add("description", .string(summary)) }
    body.add(
      "messages",
      .array(
        result.messages.map {
          [
            "role": .string($0.role.rawValue), "content": $0.content.json(for: context.version),
          ]
        }))
    try check(
      body, "The messages of \(prompt.definition.name)",
      "use arguments that bring in less, or tools that take a limit")
    return body
  }

  func complete(
    _ params: JSONObject, _ context: RequestContext
  ) async throws(CallInterruption) -> ResultBody {
    let (provider, value, filled) = try interrupting {
      () throws(RPCError) -> (CompletionProvider?, String, [String: String]) in
      guard let argument = params["argument"]?.objectValue else {
        throw RPCError(.invalidParams, "'argument' must be an object with name and value")
      }
      let name = try argument.requiredString("name")
      let value = try argument.requiredString("value")
      var filled: [String: String] = [:]
      for member in params["context"]?["arguments"]?.objectValue ?? [:] {
        filled[member.key] = member.value.stringValue
      }
      return (try self.provider(for: params["ref"], argument: name, context), value, filled)
    }
    let completion = try await provider?(value, filled, context) ?? Completion(values: [])
    return ResultBody(["completion": completion.json])
  }

  /// The provider of an argument's values; `nil` for an argument that takes any text.
  private func provider(
    for ref: JSONValue?, argument: String, _ context: RequestContext
  ) throws(RPCError) -> CompletionProvider? {
    guard let ref = ref?.objectValue else {
      throw RPCError(.invalidParams, "'ref' must be an object of type ref/prompt or ref/resource")
    }
    let (names, completions): ([String], [String: CompletionProvider])
    switch ref["type"] {
    case "ref/prompt":
      let name = try ref.requiredString("name")
      guard let prompt = server.prompts.prompt(name, for: context.principal) else {
        throw RPCError(.invalidParams, "Unknown prompt: \(name.shortened(to: 80))")
      }
      names = prompt.definition.arguments.map(\.name)
      completions = prompt.completions
    case "ref/resource":
      let uri = try ref.requiredString("uri")
      guard let resource = server.resources.template(uri, for: context.principal),
        case .template(let definition) = resource.location
      else {
        throw RPCError(.invalidParams, "Unknown resource template: \(uri.shortened(to: 200))")
      }
      names = definition.uriTemplate.variables
      completions = resource.completions
    default: throw RPCError(.invalidParams, "'ref.type' must be ref/prompt or ref/resource")
    }
    guard names.contains(argument) else {
      throw RPCError(
        .invalidParams,
        "Unknown argument '\(argument.shortened(to: 60))': one of \(names.joined(separator: ", "))")
    }
    return completions[argument]
  }
}

extension JSONObject {
  /// A member that must be a string.
  func requiredString(_ key: String) throws(RPCError) -> String {
    guard case .string(let value)? = self[key] else {
      let found = self[key].map { "is \($0.typeName)" } ?? "is missing"
      throw RPCError(.invalidParams, "'\(key)' \(found), expected a string")
    }
    return value
  }
}

/// Runs a step whose failure is a JSON-RPC error.
func interrupting<Value>(
  _ step: () throws(RPCError) -> Value
) throws(CallInterruption) -> Value {
  do { return try step() } catch { throw .protocolError(error) }
}
