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
    let (environment, actor) = (environment, context.actor(definition.name))
    let forgotten = try await storing(context) { () async throws(StoreError) in
      try await store.forget(
        arguments.memoryIDs, for: .agent(arguments.agentRole),
        events: { Self.events(of: $0, environment, actor: actor, now: now) },
        in: context.workspace)
    }
    return Output(
      forgotten: forgotten, notFound: arguments.memoryIDs.filter { !forgotten.contains($0) })
  }

  /// One event for each lead that something is forgotten of, and one for the rest: they hold numbers only,
  /// since callers choose names, which may be somebody's.
  private static func events(
    of records: [MemoryRecord], _ environment: ToolEnvironment, actor: String, now: Timestamp
  ) -> [Event] {
    let byLead = Dictionary(grouping: records, by: \.leadID)
    return byLead.sorted { ($0.key?.rawValue ?? "") < ($1.key?.rawValue ?? "") }.map {
      lead, records in
      Event(
        id: environment.newName("evt_", at: now), kind: .memoryForgotten, leadID: lead,
        occurredAt: now, actor: actor, facts: ["memories": .integer(Int64(records.count))])
    }
  }
}
