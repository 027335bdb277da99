import JSONRPC
package import MCP
import Marketing

/// Lists what people have to decide, the latest opened first, page by page.
package struct ListEscalationsTool: Tool {
  /// The conditions; all must hold.
  package struct Arguments: Decodable, Sendable {
    var state: Escalation.State?
    var owner: String?
    var subject: String?
    var leadID: LeadID?
    var limit: Int?
    var cursor: String?
  }

  /// One page.
  package struct Output: Encodable, Sendable {
    let escalations: [EscalationEntry]
    let nextCursor: String?
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("list_escalations")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    var query = EscalationQuery(limit: arguments.limit ?? 20)
    query.state = arguments.state
    query.owner = arguments.owner
    query.subject = arguments.subject
    query.leadID = arguments.leadID
    let scope = Self.cursorScope(query)
    query.after = try Self.place(arguments.cursor, scope, context)
    let (asked, handoffs) = (query, environment.handoffs)
    let page = try await storing(context) { () async throws(StoreError) in
      try await handoffs.escalations(asked, in: context.workspace)
    }
    return try Self.output(page, scope, context)
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
    _ page: HandoffPage<Escalation>, _ scope: String, _ context: RequestContext
  ) throws(CallInterruption) -> Output {
    var room = ResultRoom(context)
    let entries = try room.leading(page.items, as: { EscalationEntry($0) })
    return Output(
      escalations: entries,
      nextCursor: try context.cursor(at: page.next(behind: entries.count), in: scope))
  }

  /// A cursor goes on with the same conditions only; the page's size may change.
  private static func cursorScope(_ query: EscalationQuery) -> String {
    let parts: [String?] = [
      "list_escalations", query.state?.rawValue, query.owner, query.leadID?.rawValue,
      query.subject,
    ]
    return JSONWriter.text(of: .array(parts.map { $0.map(JSONValue.string) ?? .null }))
  }
}
