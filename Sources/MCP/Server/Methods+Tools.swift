import JSONRPC

extension Methods {
  func callTool(
    _ params: JSONObject, _ context: RequestContext
  ) async throws(CallInterruption) -> ResultBody {
    let (tool, arguments) = try interrupting { () throws(RPCError) in
      try self.call(params, context)
    }
    let support = tool.definition.taskSupport
    if support != .forbidden, let engine = server.tasks, context.version.era == .modern {
      if context.client.hasExtension(MetaKey.tasksExtension) {
        return try await engine.start(tool, arguments, context)
      }
      if support == .required {
        throw .protocolError(
          .missingCapability(["extensions": .object([MetaKey.tasksExtension: [:]])]))
      }
    }
    let body = try await tool.call(arguments, in: context).body(for: context.version)
    guard body.members.count > server.limits.pageBytes else { return body }
    return ToolResult.failure(
      "The result of \(tool.definition.name) would be \(body.members.count) bytes long, more than "
        + "clients accept. Ask for less: use 'limit' or narrower conditions."
    ).body(for: context.version)
  }

  /// The tool and its arguments; -32602 for a tool that is not there or parameters of the wrong shape.
  private func call(
    _ params: JSONObject, _ context: RequestContext
  ) throws(RPCError) -> (RegisteredTool, JSONObject) {
    let name = try params.requiredString("name")
    guard let tool = server.tools.tool(name, for: context.principal) else {
      throw RPCError(.invalidParams, "Unknown tool: \(name.shortened(to: 80))")
    }
    switch params["arguments"] {
    case nil: return (tool, [:])
    case .object(let arguments): return (tool, arguments)
    case .some(let other):
      throw RPCError(.invalidParams, "'arguments' is \(other.typeName), expected an object")
    }
  }
}
