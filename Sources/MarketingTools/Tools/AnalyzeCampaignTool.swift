import JSONRPC
package import MCP
import Marketing

/// Says how a campaign does.
package struct AnalyzeCampaignTool: Tool {
  /// Which campaign, over which days.
  package struct Arguments: Decodable, Sendable {
    var campaignID: CampaignID
    var days: Int?
    var asOf: CalendarDay?
  }

  /// Its measures with intervals, and what they are compared with.
  package struct Output: Encodable, Sendable {
    let campaignID: CampaignID
    let name: String
    let currency: String?
    let first: CalendarDay
    let last: CalendarDay
    let analysis: CampaignAnalysisEntry
    let findings: [JSONObject]
    let controls: JSONObject
    let page: String
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("analyze_campaign")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let (desk, now) = (environment.campaigns, environment.now())
    try AskedDay.check(arguments.asOf, now)
    return try await storing(context) { () async throws(StoreError) in
      try await CampaignView(
        of: arguments.campaignID, days: arguments.days, asOf: arguments.asOf, desk, at: now,
        in: context.workspace
      ).output()
    }
  }
}
