import JSONRPC
package import MCP
import Marketing

/// Gives a handoff back with a reason.
package struct RejectHandoffTool: Tool {
  /// Which handoff, and why.
  package struct Arguments: Decodable, Sendable {
    var handoffID: HandoffID
    var receiver: String
    var reason: String
  }

  /// The handoff as it stands now.
  package struct Output: Encodable, Sendable {
    let handoff: HandoffEntry
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("reject_handoff")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let event = environment.handoffEvent(.handoffRejected, by: context.actor("reject_handoff"), now)
    let settings = environment.work.settings
    let handoff = try await storing(context) { () async throws(StoreError) in
      try await environment.handoffs.reject(
        arguments.handoffID, by: arguments.receiver, because: arguments.reason, at: now,
        work: { HandoffWork.toHandOver($0, at: now, settings) }, event: event, in: context.workspace
      )
    }
    return Output(handoff: HandoffEntry(handoff))
  }
}
