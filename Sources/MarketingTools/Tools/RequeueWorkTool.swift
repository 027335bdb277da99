import JSONRPC
package import MCP
import Marketing

/// Has work tried again that was given up.
package struct RequeueWorkTool: Tool {
  /// Which work.
  package struct Arguments: Decodable, Sendable {
    var workIDs: [WorkID]
  }

  /// What has become of each.
  package struct Output: Encodable, Sendable {
    let requeued: [WorkID]
    let notDead: [WorkID]
    let duplicates: [WorkID]
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("requeue_work")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let desk = environment.work
    let actor = context.actor(definition.name)
    let outcome = try await storing(context) { () async throws(StoreError) in
      try await desk.store.requeue(
        arguments.workIDs, at: now, events: desk.noting(.workRequeued, actor: actor, at: now),
        in: context.workspace)
    }
    return Output(
      requeued: outcome.requeued, notDead: outcome.notDead, duplicates: outcome.duplicates)
  }
}
