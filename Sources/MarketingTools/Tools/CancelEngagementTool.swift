package import MCP
import Marketing

/// Ends an engagement for good.
package struct CancelEngagementTool: Tool {
  package typealias Arguments = EndEngagement.Arguments
  package typealias Output = EndEngagement.Output

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("cancel_engagement")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    try await EndEngagement.end(
      arguments, .cancelled(because: arguments.reason), context.actor(definition.name), environment,
      context)
  }
}
