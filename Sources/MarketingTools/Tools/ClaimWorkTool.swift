import JSONRPC
package import MCP
import Marketing

/// Hands work out to an agent, and waits for some where there is none.
package struct ClaimWorkTool: Tool {
  /// Who wants how much for how long.
  package struct Arguments: Decodable, Sendable {
    var role: AgentRoleID
    var worker: String
    var capacity: Int?
    var leaseSeconds: Int?
    var waitSeconds: Int?
  }

  /// The work.
  package struct Output: Encodable, Sendable {
    let work: [WorkEntry]
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("claim_work")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let environment = environment
    let items = try await storing(context) { () async throws(StoreError) in
      try await environment.work.claim(
        within: .seconds(arguments.waitSeconds ?? 0), actor: context.actor(definition.name),
        in: context.workspace, now: environment.now
      ) { time in
        WorkRequest(
          role: arguments.role, worker: arguments.worker, limit: arguments.capacity ?? 1,
          lease: .seconds(arguments.leaseSeconds ?? WorkLease.defaultSeconds), time: time)
      }
    }
    // Nobody hears of it any more: what was claimed comes back when its lease has run out.
    try context.checkCancellation()
    return Output(work: items.map(WorkEntry.init))
  }
}

/// How long work is its worker's where nothing else is said.
enum WorkLease {
  static let defaultSeconds = 60
}
