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
    var room = ResultRoom(context)
    // Nobody hears of what a cancelled call has claimed.
    let entries =
      Task.isCancelled ? [] : try room.leading(items) { WorkEntry($0) }
    await giveBack(Array(items.dropFirst(entries.count)), context)
    try context.checkCancellation()
    return Output(work: entries)
  }

  /// Lets others have work at once that this worker does not hear of.
  private func giveBack(
    _ items: [WorkItem], _ context: RequestContext
  ) async {
    guard !items.isEmpty else { return }
    let (desk, now) = (environment.work, environment.now())
    let held = items.map { HeldWork($0.id, claim: $0.claim) }
    let noting = desk.noting(.workReleased, actor: context.actor(definition.name), at: now)
    let workspace = context.workspace
    // What fails comes back when its lease has run out.
    _ = try? await shielded {
      try await desk.store.release(held, because: nil, at: now, events: noting, in: workspace)
    }
  }
}

/// How long work is its worker's where nothing else is said.
enum WorkLease {
  static let defaultSeconds = 60
}
