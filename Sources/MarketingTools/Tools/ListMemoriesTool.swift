import JSONRPC
package import MCP
import Marketing

/// Lists what is remembered, the latest first, page by page.
package struct ListMemoriesTool: Tool {
  /// The conditions; all must hold.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID?
    var conversationID: ConversationID?
    var agentRole: AgentRoleID?
    var kinds: [MemoryKind]?
    var words: String?
    var factKey: String?
    var situation: String?
    var asOf: Timestamp?
    var knownAt: Timestamp?
    var includePast: Bool?
    var limit: Int?
    var cursor: String?
  }

  /// One page.
  package struct Output: Encodable, Sendable {
    let memories: [MemoryEntry]
    let nextCursor: String?
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("list_memories")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let scope = Self.cursorScope(arguments)
    var query = query(arguments)
    if arguments.words != nil, query.stems.isEmpty {
      throw .invalid(
        "Nothing was listed",
        [
          FieldError(
            field: "/words", found: "no word that is indexed",
            expected: "words other than 'the', 'of' and the like, or no words to list everything")
        ])
    }
    query.after = try Self.place(arguments.cursor, scope, context)
    let page = try await page(query, context)
    return try Self.output(page, scope, context)
  }

  private func page(
    _ query: MemoryQuery, _ context: RequestContext
  ) async throws(CallInterruption) -> MemoryPage {
    let store = environment.memory.store
    return try await storing(context) { () async throws(StoreError) in
      try await store.list(query, in: context.workspace)
    }
  }

  private func query(_ arguments: Arguments) -> MemoryQuery {
    let now = environment.now()
    var query = MemoryQuery(
      for: .agent(arguments.agentRole),
      at: MemoryMoment(asOf: arguments.asOf ?? now, knownAt: arguments.knownAt ?? now), now: now,
      limit: arguments.limit ?? 20)
    query.leadID = arguments.leadID
    query.conversationID = arguments.conversationID
    query.kinds = Set(arguments.kinds ?? [])
    query.factKey = arguments.factKey
    query.situation = arguments.situation
    query.includesPast = arguments.includePast ?? false
    if let words = arguments.words { query.stems = environment.memory.analyze(words).stems }
    return query
  }

  // Kept out of the asynchronous function for the reason that SearchLeadsTool gives.
  @inline(never)
  private static func place(
    _ cursor: String?, _ scope: String, _ context: RequestContext
  ) throws(CallInterruption) -> MemoryPlace? {
    guard let cursor else { return nil }
    return try context.place(of: cursor, in: scope, paging: "list")
  }

  @inline(never)
  private static func output(
    _ page: MemoryPage, _ scope: String, _ context: RequestContext
  ) throws(CallInterruption) -> Output {
    var room = ResultRoom(context)
    var entries: [MemoryEntry] = []
    for record in page.records {
      let entry = MemoryEntry(record)
      if try room.takes(entry) {
        entries.append(entry)
      } else {
        // What fits on no page by itself is shown by its beginning.
        if entries.isEmpty { entries.append(MemoryEntry(record, isShortened: true)) }
        break
      }
    }
    return Output(
      memories: entries,
      nextCursor: try context.cursor(at: page.next(behind: entries.count), in: scope))
  }

  /// A cursor goes on with the same conditions only; the page's size may change.
  private static func cursorScope(_ arguments: Arguments) -> String {
    let parts: [String?] = [
      "list_memories", arguments.leadID?.rawValue, arguments.conversationID?.rawValue,
      arguments.agentRole?.rawValue,
      arguments.kinds.map { $0.map(\.rawValue).sorted().joined(separator: ",") }, arguments.words,
      arguments.factKey, arguments.situation, arguments.asOf?.iso8601, arguments.knownAt?.iso8601,
      arguments.includePast.map { "\($0)" },
    ]
    return JSONWriter.text(of: .array(parts.map { $0.map(JSONValue.string) ?? .null }))
  }
}
