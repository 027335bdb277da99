import JSONRPC
package import MCP
import Marketing

/// Lists messages that were given up.
package struct ListDeadMessagesTool: Tool {
  /// How many.
  package struct Arguments: Decodable, Sendable {
    var limit: Int?
    var cursor: String?
  }

  /// One page.
  package struct Output: Encodable, Sendable {
    let deadMessages: [DeadMessage]
    let nextCursor: String?
  }

  /// A message, without what it says and where it goes.
  package struct DeadMessage: Encodable, Sendable {
    let messageID: MessageID
    let leadID: LeadID
    let channel: OutreachChannel
    let purpose: OutreachPurpose
    let engagementID: EngagementID?
    let campaignID: CampaignID?
    let attempts: Int
    let createdAt: Timestamp
    let diedAt: Timestamp?
    let lastError: String?
    let possibleDuplicate: Bool

    init(_ entry: OutboxEntry) {
      messageID = entry.message.id
      leadID = entry.message.leadID
      channel = entry.message.channel
      purpose = entry.message.purpose
      engagementID = entry.message.engagementID
      campaignID = entry.message.campaignID
      attempts = entry.attempts
      createdAt = entry.message.createdAt
      diedAt = entry.settledAt
      // Of the answer only what names nobody.
      lastError = entry.answer?.code
      possibleDuplicate = entry.isPossibleDuplicate
    }
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("list_dead_messages")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    var place: OutboxPage.Place?
    if let cursor = arguments.cursor {
      place = try context.place(of: cursor, in: definition.name, paging: "list")
    }
    let page = try reading(context) { () throws(StoreError) in
      try environment.engagements.outbox.deadLetters(
        limit: arguments.limit ?? 20, after: place, in: context.workspace)
    }
    var room = ResultRoom(context)
    let messages = try room.leading(page.entries, as: { DeadMessage($0) })
    return Output(
      deadMessages: messages,
      nextCursor: try context.cursor(at: page.next(behind: messages.count), in: definition.name))
  }
}
