import JSONRPC
package import MCP
import Marketing

/// Takes a lead over: one receiver gets it, with the packet.
package struct AcceptHandoffTool: Tool {
  /// Which handoff, and who takes it.
  package struct Arguments: Decodable, Sendable {
    var handoffID: HandoffID
    var receiver: String
    var leaseSeconds: Int?
  }

  /// What was handed over.
  package struct Output: Encodable, Sendable {
    let handoff: HandoffEntry
    let packet: JSONValue?
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("accept_handoff")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let lease =
      arguments.leaseSeconds.map { Duration.seconds($0) } ?? environment.handoffSettings.lease
    let event = environment.handoffEvent(.handoffAccepted, by: context.actor("accept_handoff"), now)
    let accepted = try await storing(context) { () async throws(StoreError) in
      try await environment.handoffs.accept(
        arguments.handoffID, by: arguments.receiver, lease: lease, at: now, event: event,
        in: context.workspace)
    }
    return Output(
      handoff: HandoffEntry(accepted.handoff), packet: HandoffEntry.json(accepted.packet))
  }
}
