package import MCP
import Marketing

/// Takes back what an engagement has not sent yet; executing it again goes on.
package struct PauseEngagementTool: Tool {
  package typealias Arguments = EndEngagement.Arguments
  package typealias Output = EndEngagement.Output

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("pause_engagement")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    try await EndEngagement.end(
      arguments, .paused(because: arguments.reason), context.actor(definition.name), environment,
      context)
  }
}
