import JSONRPC
package import MCP
import Marketing

/// Lists work that was given up.
package struct ListDeadLettersTool: Tool {
  /// Whose, and how many.
  package struct Arguments: Decodable, Sendable {
    var role: AgentRoleID?
    var limit: Int?
    var cursor: String?
  }

  /// One page.
  package struct Output: Encodable, Sendable {
    let deadLetters: [WorkEntry]
    let nextCursor: String?
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("list_dead_letters")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let scope = "list_dead_letters\n\(arguments.role?.rawValue ?? "")"
    var place: WorkPage.Place?
    if let cursor = arguments.cursor {
      place = try context.place(of: cursor, in: scope, paging: "list")
    }
    let page = try reading(context) { () throws(StoreError) in
      try environment.work.store.deadLetters(
        of: arguments.role, limit: arguments.limit ?? 20, after: place, in: context.workspace)
    }
    var room = ResultRoom(context)
    let entries = try room.leading(page.items, as: { WorkEntry($0) })
    return Output(
      deadLetters: entries,
      nextCursor: try context.cursor(at: page.next(behind: entries.count), in: scope))
  }
}
