package import JSONRPC

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
    return try await tool.call(arguments, in: context).body(
      for: context.version, of: tool.definition.name, atMost: server.limits.pageBytes)
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

extension MCPServer {
  /// Calls a tool outside a session, for clients that speak another protocol: nobody is told of progress
  /// or asked anything. Cancelling the task that waits for it cancels the call.
  /// - Parameters:
  ///   - tool: one that the principal may use, from `ToolCatalog.access`.
  ///   - policy: what is asked before the tool is called, and who is told afterwards.
  /// - Throws: `.protocolError` for a call that comes too soon and for a fault of ours; `.cancelled`. What
  ///   the caller can mend comes back as a result, with its `problem` where the parts are known.
  package func call(
    _ tool: RegisteredTool, _ arguments: JSONObject, for principal: Principal,
    policy: SessionPolicy = SessionPolicy()
  ) async throws(CallInterruption) -> ToolResult {
    let request = Request(
      id: .integer(0), method: "tools/call",
      params: ["name": .string(tool.definition.name), "arguments": .object(arguments)])
    try interrupting { () throws(RPCError) in
      try policy.check(request, by: principal, tools: tools)
    }
    let begin = ContinuousClock.now
    func note(_ outcome: ServedRequest.Outcome) {
      policy.audit?(
        ServedRequest(
          request, by: principal, in: self, outcome: outcome, duration: ContinuousClock.now - begin)
      )
    }
    let context = RequestContext(
      principal: principal, version: .latest, client: ClientCapabilities([:]),
      resultBytes: limits.pageBytes, sealer: sealer, changes: changes, logger: logger,
      progress: nil, clientLog: .silent, input: .closed)
    do {
      var result = try await tool.call(arguments, in: context)
      if let structured = result.structured, structured.count > limits.pageBytes {
        result = .tooLong(structured.count, tool: tool.definition.name)
      }
      note(result.isError ? .toolError : .done)
      return result
    } catch {
      note(ServerSession.end(of: error))
      throw error
    }
  }
}
