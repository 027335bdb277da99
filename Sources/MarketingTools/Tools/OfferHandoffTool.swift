import JSONRPC
package import MCP
import Marketing

/// Lets receivers accept a prepared handoff.
package struct OfferHandoffTool: Tool {
  /// Which handoff, and for how long.
  package struct Arguments: Decodable, Sendable {
    var handoffID: HandoffID
    var expiresInSeconds: Int?
  }

  /// The offer.
  package struct Output: Encodable, Sendable {
    let handoff: HandoffEntry
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("offer_handoff")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let lifetime =
      arguments.expiresInSeconds.map { Duration.seconds($0) }
      ?? environment.handoffSettings.offerLifetime
    let event = environment.handoffEvent(.handoffOffered, by: context.actor("offer_handoff"), now)
    let dueAt = try reading(context) { () throws(StoreError) -> Timestamp in
      try self.dueAt(arguments.handoffID, now, in: context.workspace)
    }
    let workID: WorkID = environment.newName("work_", at: now)
    let attempts = environment.work.settings.attempts
    let handoff = try await storing(context) { () async throws(StoreError) in
      try await environment.handoffs.offer(
        arguments.handoffID, at: now, until: now + lifetime,
        work: { handoff in
          HandoffWork.toTakeOver(handoff, id: workID, dueAt: dueAt, attempts: attempts)
        }, event: event, in: context.workspace)
    }
    return Output(handoff: HandoffEntry(handoff))
  }

  /// When the receiver should take over; of a handoff that is not there any time will do.
  private func dueAt(
    _ id: HandoffID, _ now: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> Timestamp {
    guard let handoff = try environment.handoffs.handoff(id, in: workspace)?.handoff else {
      return now
    }
    let (leads, lead) = (environment.leads, handoff.leadID)
    return try environment.work.dueAt(
      .toTakeOver(handoff.receiverRole), for: try leads.lead(lead, in: workspace),
      triagedAt: try leads.latestTriage(of: lead, in: workspace)?.triagedAt, queuedAt: now,
      in: workspace)
  }
}

extension ToolEnvironment {
  /// Makes the event of a handoff's change.
  func handoffEvent(
    _ kind: Event.Kind, by actor: String, _ now: Timestamp
  ) -> @Sendable (Handoff) -> Event {
    let id: EventID = newName("evt_", at: now)
    return { handoff in
      Event(
        id: id, kind: kind, leadID: handoff.leadID, occurredAt: now, actor: actor,
        facts: HandoffEvents.facts(of: handoff))
    }
  }
}
