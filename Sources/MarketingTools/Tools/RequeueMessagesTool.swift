import JSONRPC
package import MCP
import Marketing

/// Has messages sent again that were given up.
package struct RequeueMessagesTool: Tool {
  /// Which messages.
  package struct Arguments: Decodable, Sendable {
    var messageIDs: [MessageID]
  }

  /// What has become of each.
  package struct Output: Encodable, Sendable {
    let requeued: [MessageID]
    let notDead: [MessageID]
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("requeue_messages")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let actor = context.actor(definition.name)
    let outbox = environment.engagements.outbox
    let requeued = try await storing(context) { () async throws(StoreError) in
      try await outbox.requeue(
        arguments.messageIDs, at: now,
        events: { entry in
          let message = entry.message
          return [
            Event(
              id: WorkDesk.newName("evt_", at: now), kind: .messageRequeued,
              leadID: message.leadID, campaignID: message.campaignID, occurredAt: now,
              actor: actor,
              facts: [
                "messageID": .string(message.id.rawValue),
                "channel": .string(message.channel.rawValue),
                "purpose": .string(message.purpose.rawValue),
              ])
          ]
        }, in: context.workspace)
    }
    return Output(
      requeued: requeued, notDead: arguments.messageIDs.filter { !requeued.contains($0) })
  }
}
