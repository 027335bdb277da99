import JSONRPC
package import MCP
import Marketing

/// Takes an applied optimization back.
package struct RevertOptimizationTool: Tool {
  /// Which one, and why.
  package struct Arguments: Decodable, Sendable {
    var optimizationID: OptimizationID
    var reason: String
  }

  /// What the campaign is set to now.
  package struct Output: Encodable, Sendable {
    let optimizationID: OptimizationID
    let campaignID: CampaignID
    let isNew: Bool
    let leftAlone: [String]
    let controls: JSONObject
    let told: Bool
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("revert_optimization")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let (desk, now) = (environment.campaigns, environment.now())
    let actor = context.actor(definition.name)
    let reverted = try await storing(context) { () async throws(StoreError) in
      try await desk.revert(
        arguments.optimizationID, because: arguments.reason, by: actor, at: now,
        in: context.workspace)
    }
    return Output(
      optimizationID: reverted.optimization.id, campaignID: reverted.optimization.campaignID,
      isNew: reverted.isNew, leftAlone: reverted.left.map(\.text),
      controls: reverted.controls.json, told: reverted.isNew && desk.settings.tellsPlatforms)
  }
}
