import JSONRPC
package import MCP
import Marketing

/// Deletes records of memory with all their versions, and nothing else.
package struct ForgetTool: Tool {
  /// Which records.
  package struct Arguments: Decodable, Sendable {
    var memoryIDs: [MemoryID]
    var agentRole: AgentRoleID?
  }

  /// What is not there any more.
  package struct Output: Encodable, Sendable {
    let forgotten: [MemoryID]
    let notFound: [MemoryID]
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("forget")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let store = environment.memory.store
    let event = Event(
      id: environment.newName("evt_", at: now), kind: .memoryForgotten, occurredAt: now,
      actor: context.actor(definition.name))
    let forgotten = try await storing(context) { () async throws(StoreError) in
      try await store.forget(
        arguments.memoryIDs, for: .agent(arguments.agentRole),
        events: { ids in
          var event = event
          // Callers choose names: they may be somebody's.
          event.facts = ["memories": .integer(Int64(ids.count))]
          return [event]
        }, in: context.workspace)
    }
    return Output(
      forgotten: forgotten, notFound: arguments.memoryIDs.filter { !forgotten.contains($0) })
  }
}
