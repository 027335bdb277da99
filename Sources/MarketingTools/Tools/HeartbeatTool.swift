import JSONRPC
package import MCP
import Marketing

/// Says that a worker is still at its work, which stays its own for longer.
package struct HeartbeatTool: Tool {
  /// Who is at what, and for how much longer.
  package struct Arguments: Decodable, Sendable {
    var worker: String
    var work: [HeldWork]
    var leaseSeconds: Int?
  }

  /// What is its own still.
  package struct Output: Encodable, Sendable {
    let held: [WorkID]
    let lost: [WorkID]
    let leaseUntil: Timestamp
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("heartbeat")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let end = now + .seconds(arguments.leaseSeconds ?? WorkLease.defaultSeconds)
    let store = environment.work.store
    let heartbeat = try await storing(context) { () async throws(StoreError) in
      try await store.heartbeat(
        arguments.work, by: arguments.worker, until: end, at: now, in: context.workspace)
    }
    return Output(held: heartbeat.held, lost: heartbeat.lost, leaseUntil: end)
  }
}
