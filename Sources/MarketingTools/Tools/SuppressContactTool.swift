import JSONRPC
package import MCP
import Marketing

/// Has a person not contacted any more.
package struct SuppressContactTool: Tool {
  /// Whom, where and why.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID?
    var address: String?
    var channel: SuppressionScope?
    var reason: Suppression.Reason
  }

  /// What holds from now on.
  package struct Output: Encodable, Sendable {
    let leadID: LeadID?
    let channel: SuppressionScope
    let reason: Suppression.Reason
    let since: Timestamp
    let addresses: Int
    let added: Int
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("suppress_contact")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let person = try ContactedPerson(
      leadID: arguments.leadID, address: arguments.address, environment, context)
    guard !person.addresses.isEmpty else {
      throw ContactedPerson.refused(
        "/leadID", "found a lead without e-mail and telephone, expected one that can be reached")
    }
    let scope = arguments.channel ?? .all
    // Of a channel only the address it leads to is closed; what leads to none closes by any of the person's.
    let reached = person.addresses.filter { address in
      scope.channel.map { address.isReached(by: $0) } ?? true
    }
    let closed = reached.isEmpty ? person.addresses : reached
    let actor = context.actor(definition.name)
    let suppression = Suppression(
      channel: scope.channel, reason: arguments.reason, actor: actor, since: now)
    let event = Event(
      id: environment.newName("evt_", at: now), kind: .contactSuppressed, leadID: person.leadID,
      occurredAt: now, actor: actor,
      facts: [
        "channel": .string(scope.rawValue), "reason": .string(arguments.reason.rawValue),
      ])
    let store = environment.consents
    let result = try await storing(context) { () async throws(StoreError) in
      try await store.suppress(
        closed.map { SuppressionEntry(.address($0), suppression) },
        event: { added in
          var event = event
          event.facts["addresses"] = JSONValue(added)
          return event
        }, in: context.workspace)
    }
    if scope.channel == nil {
      let exit: EngagementStrategy.Exit =
        arguments.reason == .complaint ? .complaint : .unsubscribe
      try await storing(context) { () async throws(StoreError) in
        let desk = environment.engagements
        if let lead = person.leadID {
          try await desk.exit(exit, of: lead, by: actor, in: context.workspace)
        }
        for address in closed {
          try await desk.exit(
            exit, ofAllWith: LeadIdentity(address), by: actor, in: context.workspace)
        }
      }
    }
    return Output(
      leadID: person.leadID, channel: scope, reason: arguments.reason, since: now,
      addresses: closed.count, added: result.added)
  }
}
