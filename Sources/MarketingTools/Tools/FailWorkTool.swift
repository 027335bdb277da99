import JSONRPC
package import MCP
import Marketing

/// Notes that work could not be done, or gives it back.
package struct FailWorkTool: Tool {
  /// Which work, and what is to become of it.
  package struct Arguments: Decodable, Sendable {
    var workID: WorkID
    var claim: Int64
    var error: String
    var retry: Retry?

    /// Whether there is to be another attempt.
    package enum Retry: String, Decodable, Sendable {
      /// After a pause that grows with the attempts.
      case later
      /// At once, by somebody else: this was no attempt.
      case now
      /// No attempt can succeed.
      case never
    }
  }

  /// What has become of it.
  package struct Output: Encodable, Sendable {
    let workID: WorkID
    let state: WorkItem.State
    let attempts: Int
    let maxAttempts: Int
    let notBefore: Timestamp
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("fail_work")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let desk = environment.work
    let actor = context.actor(definition.name)
    let held = HeldWork(arguments.workID, claim: arguments.claim)
    let item = try await storing(context) { () async throws(StoreError) in
      guard arguments.retry == .now else {
        return try await desk.store.fail(
          held, error: arguments.error, isFinal: arguments.retry == .never, delay: desk.delay,
          at: now, events: desk.noting(.workFailed, actor: actor, at: now), in: context.workspace)
      }
      let released = try await desk.store.release(
        [held], because: arguments.error, at: now,
        events: desk.noting(.workReleased, actor: actor, at: now),
        in: context.workspace)
      guard let item = try desk.store.item(held.workID, in: context.workspace) else {
        throw .noSuchWork(held.workID)
      }
      guard !released.isEmpty else { throw .lostWork(held.workID) }
      return item
    }
    return Output(
      workID: item.id, state: item.state, attempts: item.attempts, maxAttempts: item.maxAttempts,
      notBefore: item.notBefore)
  }
}
