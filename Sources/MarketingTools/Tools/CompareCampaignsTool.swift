import JSONRPC
package import MCP
import Marketing

/// Compares campaigns by their measures over the same days.
package struct CompareCampaignsTool: Tool {
  /// Which campaigns, over which days.
  package struct Arguments: Decodable, Sendable {
    var campaignIDs: [CampaignID]
    var measures: [CampaignMeasure]?
    var days: Int?
    var asOf: CalendarDay?
  }

  /// A ranking by each measure.
  package struct Output: Encodable, Sendable {
    let first: CalendarDay
    let last: CalendarDay
    let comparisons: [CampaignComparisonEntry]
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("compare_campaigns")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let (desk, now) = (environment.campaigns, environment.now())
    try AskedDay.check(arguments.asOf, now)
    guard Set(arguments.campaignIDs).count == arguments.campaignIDs.count else {
      throw .invalid(
        "Invalid comparison",
        [
          FieldError(
            field: "/campaignIDs", found: "a campaign twice", expected: "each campaign once")
        ])
    }
    let last = CalendarDay(arguments.asOf.map(\.end) ?? now) + -1
    let window = CampaignWindow(days: arguments.days ?? CampaignAnalysis.usualDays, through: last)
    let all = try reading(context) { () throws(StoreError) in
      try arguments.campaignIDs.map { (id) throws(StoreError) in
        let series = try desk.series(
          of: id, days: window.length, through: last, in: context.workspace)
        guard let series else { throw StoreError.noSuchCampaign(id) }
        return series
      }
    }
    let measures = arguments.measures ?? [.ctr, .cpl, .roas]
    let comparisons = try await computing {
      var generator = SplitMix64(state: UInt64(bitPattern: Int64(last.rawValue)))
      return measures.map { measure in
        CampaignComparisonEntry(
          CampaignComparison(measure, of: all, over: window, using: &generator))
      }
    }
    return Output(first: window.first, last: window.last, comparisons: comparisons)
  }
}
