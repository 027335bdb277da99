import JSONRPC
package import MCP
import Marketing

/// Writes an engagement's messages and puts them into the outbox, or goes on with a paused one.
package struct ExecuteEngagementTool: Tool {
  /// Which engagement, and what is said in it.
  package struct Arguments: Decodable, Sendable {
    var engagementID: EngagementID
    var values: [String: String]?
    var resume: Bool?
  }

  /// The engagement as it is now.
  package struct Output: Encodable, Sendable {
    let engagement: EngagementEntry
    let isNew: Bool
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("execute_engagement")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let desk = environment.engagements
    var words = EngagementDesk.Words()
    words.values = arguments.values ?? [:]
    let executed: (engagement: Engagement, isNew: Bool)
    do {
      executed = try await desk.execute(
        arguments.engagementID, saying: words, resumes: arguments.resume ?? false,
        by: context.actor(definition.name),
        in: context.workspace)
    } catch {
      throw CallInterruption(error, context)
    }
    return try await storing(context) { () async throws(StoreError) in
      Output(
        engagement: try await desk.entry(of: executed.engagement, in: context.workspace),
        isNew: executed.isNew)
    }
  }
}

extension CallInterruption {
  /// Why an engagement could not be executed, for the caller.
  init(_ error: EngagementDesk.ExecutionError, _ context: RequestContext) {
    switch error {
    case .store(let error): self.init(error, context)
    case .template(let error):
      let fields = error.missing.map { name in
        CallProblem.Field(
          pointer: "/values/\(name)",
          detail: "found none, expected a text for template '\(error.template)'")
      }
      self = .problem(CallProblem(.invalid, "\(error)", fields: fields))
    }
  }
}
