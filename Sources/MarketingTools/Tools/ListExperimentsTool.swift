import JSONRPC
package import MCP
import Marketing

/// Lists experiments, the one that began last first, page by page.
package struct ListExperimentsTool: Tool {
  /// The conditions; all must hold.
  package struct Arguments: Decodable, Sendable {
    var state: Experiment.State?
    var campaignID: CampaignID?
    var limit: Int?
    var cursor: String?
  }

  /// One page.
  package struct Output: Encodable, Sendable {
    let experiments: [ExperimentEntry]
    let nextCursor: String?
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("list_experiments")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let limit = arguments.limit ?? 20
    var query = ExperimentQuery(limit: limit + 1)
    query.state = arguments.state
    query.campaignID = arguments.campaignID
    let scope = Self.cursorScope(query)
    query.after = try Self.place(arguments.cursor, scope, context)
    let (asked, store) = (query, environment.experiments.store)
    let found = try await storing(context) { () async throws(StoreError) in
      try await store.experiments(asked, in: context.workspace)
    }
    return try Self.output(found, limit, scope, context)
  }

  // Kept out of the asynchronous function for the reason that SearchLeadsTool gives.
  @inline(never)
  private static func place(
    _ cursor: String?, _ scope: String, _ context: RequestContext
  ) throws(CallInterruption) -> HandoffPlace? {
    guard let cursor else { return nil }
    return try context.place(of: cursor, in: scope, paging: "list")
  }

  @inline(never)
  private static func output(
    _ found: [Experiment], _ limit: Int, _ scope: String, _ context: RequestContext
  ) throws(CallInterruption) -> Output {
    var room = ResultRoom(context)
    let entries = try room.leading(Array(found.prefix(limit)), as: { ExperimentEntry($0) })
    let last = entries.count < found.count ? found[entries.count - 1].place : nil
    return Output(experiments: entries, nextCursor: try context.cursor(at: last, in: scope))
  }

  /// A cursor goes on with the same conditions only; the page's size may change.
  private static func cursorScope(_ query: ExperimentQuery) -> String {
    let parts: [String?] = [
      "list_experiments", query.state?.rawValue, query.campaignID?.rawValue,
    ]
    return JSONWriter.text(of: .array(parts.map { $0.map(JSONValue.string) ?? .null }))
  }
}
