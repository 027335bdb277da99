import JSONRPC
package import MCP
import Marketing

/// Notes what a person has decided.
package struct ResolveEscalationTool: Tool {
  /// Which escalation, and what was decided.
  package struct Arguments: Decodable, Sendable {
    var escalationID: EscalationID
    var resolution: String
    var resolvedBy: String?
  }

  /// The escalation as it stands now.
  package struct Output: Encodable, Sendable {
    let escalation: EscalationEntry
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("resolve_escalation")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let id: EventID = environment.newName("evt_", at: now)
    let actor = context.actor("resolve_escalation")
    let escalation = try await storing(context) { () async throws(StoreError) in
      try await environment.handoffs.resolve(
        arguments.escalationID, with: arguments.resolution,
        by: arguments.resolvedBy ?? context.principal.name, at: now,
        event: { escalation in
          Event(
            id: id, kind: .escalationResolved, leadID: escalation.leadID, occurredAt: now,
            actor: actor, facts: HandoffEvents.facts(of: escalation))
        }, in: context.workspace)
    }
    return Output(escalation: EscalationEntry(escalation))
  }
}
