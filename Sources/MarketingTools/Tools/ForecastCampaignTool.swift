import JSONRPC
package import MCP
import Marketing

/// Says what a campaign is to be expected to do if nothing is changed.
package struct ForecastCampaignTool: Tool {
  /// Which campaign, and how far.
  package struct Arguments: Decodable, Sendable {
    var campaignID: CampaignID
    var days: Int?
    var asOf: CalendarDay?
  }

  /// Each figure by day and in all.
  package struct Output: Encodable, Sendable {
    let campaignID: CampaignID
    let currency: String?
    let forecast: CampaignForecastEntry
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("forecast_campaign")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let (desk, now) = (environment.campaigns, environment.now())
    try AskedDay.check(arguments.asOf, now)
    let moment = arguments.asOf.map(\.end) ?? now
    return try await storing(context) { () async throws(StoreError) in
      let id = arguments.campaignID
      let known = try desk.series(
        of: id, days: CampaignForecast.memoryDays, through: CalendarDay(moment) + -1,
        in: context.workspace)
      guard let known else { throw .noSuchCampaign(id) }
      guard let forecast = CampaignForecast(known, days: arguments.days ?? 14, now: moment) else {
        throw StoreError(
          .notFound,
          "Campaign '\(id)' cannot be forecast: \(known.days.count) days are known of it, "
            + "\(CampaignForecast.leastDays) are needed")
      }
      return Output(
        campaignID: id, currency: known.currency, forecast: CampaignForecastEntry(forecast))
    }
  }
}
