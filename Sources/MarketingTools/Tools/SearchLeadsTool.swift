import JSONRPC
package import MCP
import Marketing

/// Finds leads by words and conditions, page by page.
package struct SearchLeadsTool: Tool {
  /// The conditions; all must hold.
  package struct Arguments: Decodable, Sendable {
    var text: String?
    var category: [LeadCategory]?
    var status: [LeadStatus]?
    var source: String?
    var industry: String?
    var companySize: String?
    var persona: String?
    var region: String?
    var campaignID: CampaignID?
    var minimumScore: Double?
    var maximumScore: Double?
    var createdFrom: Timestamp?
    var createdBefore: Timestamp?
    var order: LeadQuery.Order?
    var limit: Int?
    var cursor: String?
  }

  /// One page.
  package struct Output: Encodable, Sendable {
    let leads: [Entry]
    let total: Int
    let nextCursor: String?

    struct Entry: Encodable, Sendable {
      let leadID: LeadID
      let name: String?
      let company: String?
      let email: String?
      let source: String?
      let status: LeadStatus
      let score: Double?
      let category: LeadCategory?
      let createdAt: Timestamp
      let lastActiveAt: Timestamp?
    }
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("search_leads")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    var query = Self.query(arguments)
    let scope = Self.cursorScope(query)
    query.after = try Self.place(arguments.cursor, scope, context)
    let page = try await page(query, context)
    return try Self.output(page, scope, context)
  }

  private func page(
    _ query: LeadQuery, _ context: RequestContext
  ) async throws(CallInterruption) -> LeadPage {
    let leads = environment.leads
    return try await storing(context) { () async throws(StoreError) in
      try await leads.search(query, in: context.workspace)
    }
  }

  // These two are kept out of the asynchronous function: the optimizer of Swift 6.3.1 fails on it when what
  // they call is inlined there.
  @inline(never)
  private static func place(
    _ cursor: String?, _ scope: String, _ context: RequestContext
  ) throws(CallInterruption) -> LeadPage.Key? {
    guard let cursor else { return nil }
    return try context.place(of: cursor, in: scope, paging: "search")
  }

  @inline(never)
  private static func output(
    _ page: LeadPage, _ scope: String, _ context: RequestContext
  ) throws(CallInterruption) -> Output {
    Output(
      leads: page.leads.map(Self.entry), total: page.total,
      nextCursor: try context.cursor(at: page.next, in: scope))
  }

  private static func query(_ arguments: Arguments) -> LeadQuery {
    var query = LeadQuery()
    query.text = arguments.text
    query.categories = arguments.category ?? []
    query.statuses = arguments.status ?? []
    query.fields[.source] = arguments.source
    query.fields[.industry] = arguments.industry
    query.fields[.companySize] = arguments.companySize
    query.fields[.persona] = arguments.persona
    query.fields[.region] = arguments.region
    query.campaignID = arguments.campaignID
    query.minimumScore = arguments.minimumScore
    query.maximumScore = arguments.maximumScore
    query.createdFrom = arguments.createdFrom
    query.createdBefore = arguments.createdBefore
    query.order = arguments.order ?? query.order
    query.limit = arguments.limit ?? query.limit
    return query
  }

  /// A cursor goes on with the same conditions only; the page's size may change.
  private static func cursorScope(_ query: LeadQuery) -> String {
    let fields = query.fields.map { "\($0.key.rawValue)=\($0.value)" }.sorted()
    let parts: [String?] = [
      "search_leads", query.text, query.categories.map(\.rawValue).joined(separator: ","),
      query.statuses.map(\.rawValue).joined(separator: ","), fields.joined(separator: "&"),
      query.campaignID?.rawValue, query.minimumScore.map { "\($0)" },
      query.maximumScore.map { "\($0)" }, query.createdFrom?.iso8601, query.createdBefore?.iso8601,
      query.order.rawValue,
    ]
    return JSONWriter.text(of: .array(parts.map { $0.map(JSONValue.string) ?? .null }))
  }

  private static func entry(_ lead: Lead) -> Output.Entry {
    Output.Entry(
      leadID: lead.id, name: lead.contact.name, company: lead.account.company,
      email: lead.contact.email, source: lead.source, status: lead.status, score: lead.score,
      category: lead.category, createdAt: lead.createdAt, lastActiveAt: lead.lastActiveAt)
  }
}
