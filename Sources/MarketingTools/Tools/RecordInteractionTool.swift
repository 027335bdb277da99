import JSONRPC
package import MCP
import Marketing

/// Records that something happened between us and a lead. Recording it again changes nothing.
package struct RecordInteractionTool: Tool {
  /// What happened.
  package struct Arguments: Decodable, Sendable {
    var interactionID: InteractionID?
    var leadID: LeadID
    var channel: Channel
    var kind: InteractionKind
    var outcome: InteractionOutcome?
    var occurredAt: Timestamp?
    var campaignID: CampaignID?
    var variantID: String?
    var conversationID: String?
    var agentID: String?
    var metadata: JSONObject?
  }

  /// What was recorded.
  package struct Output: Encodable, Sendable {
    let interactionID: InteractionID
    let leadID: LeadID
    let recorded: Bool
    let occurredAt: Timestamp
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("record_interaction")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let occurredAt = arguments.occurredAt ?? now
    guard occurredAt <= now + .days(1) else {
      throw .problem(
        CallProblem(
          .invalid, "occurredAt: found a time in the future, expected one up to now",
          fields: [
            .init(
              pointer: "/occurredAt", detail: "found a time in the future, expected one up to now")
          ]))
    }
    let metadataBytes = JSONWriter.bytes(of: .object(arguments.metadata ?? [:])).count
    guard metadataBytes <= LeadLimits.attributeBytes else {
      let detail =
        "found \(metadataBytes) bytes of JSON, expected at most \(LeadLimits.attributeBytes)"
      throw .problem(
        CallProblem(
          .invalid, "metadata: \(detail)", fields: [.init(pointer: "/metadata", detail: detail)]))
    }
    var interaction = Interaction(
      id: arguments.interactionID ?? environment.newName("int_", at: now),
      leadID: arguments.leadID, occurredAt: occurredAt, channel: arguments.channel,
      kind: arguments.kind, outcome: arguments.outcome ?? .none)
    interaction.campaignID = arguments.campaignID
    interaction.variantID = arguments.variantID
    interaction.conversationID = arguments.conversationID
    interaction.agentID = arguments.agentID
    interaction.metadata = arguments.metadata ?? [:]
    let stores = environment.leads
    var campaignID = interaction.campaignID
    if campaignID == nil {
      // Who follows a campaign wants to hear of its leads, whatever made them act.
      campaignID = try reading(context) { () throws(StoreError) in
        try stores.lead(arguments.leadID, in: context.workspace)?.campaignID
      }
    }
    let event = Event(
      id: environment.newName("evt_", at: now), kind: .interactionRecorded,
      leadID: interaction.leadID, campaignID: campaignID, occurredAt: now,
      actor: context.actor(definition.name),
      facts: [
        "interactionID": .string(interaction.id.rawValue),
        "kind": .string(interaction.kind.rawValue),
        "channel": .string(interaction.channel.rawValue),
        "outcome": .string(interaction.outcome.rawValue),
      ])
    let stored = interaction
    let memories = await environment.memory.analyzed([
      InteractionMemory.record(of: interaction, recordedAt: now)
    ])
    let recorded = try await storing(context) { () async throws(StoreError) in
      try await stores.record(
        stored, isTimeAssumed: arguments.occurredAt == nil, memory: memories.first, event: event,
        in: context.workspace)
    }
    try await react(to: stored, at: recorded.occurredAt, context)
    return Output(
      interactionID: interaction.id, leadID: interaction.leadID, recorded: recorded.isNew,
      occurredAt: recorded.occurredAt)
  }
}

extension RecordInteractionTool {
  /// Ends what the interaction ends; also when it was recorded before, as the process may have ended in between.
  private func react(
    to interaction: Interaction, at moment: Timestamp, _ context: RequestContext
  ) async throws(CallInterruption) {
    guard let exit = interaction.exit else { return }
    let (desk, actor) = (environment.engagements, context.actor(definition.name))
    try await storing(context) { () async throws(StoreError) in
      if exit == .unsubscribe || exit == .complaint,
        let lead = try environment.leads.lead(interaction.leadID, in: context.workspace)
      {
        try await desk.optOut(
          lead, because: exit == .complaint ? .complaint : .unsubscribed, by: actor,
          in: context.workspace)
      } else {
        try await desk.exit(
          exit, of: interaction.leadID, at: moment, by: actor, in: context.workspace)
      }
    }
  }
}

extension Interaction {
  /// What it ends, where an engagement's strategy has it end it.
  fileprivate var exit: EngagementStrategy.Exit? {
    if outcome == .unsubscribe { return .unsubscribe }
    return switch kind {
    case .reply, .smsReply, .callAnswered: .reply
    case .meeting: .meeting
    case .complaint: .complaint
    default: nil
    }
  }
}
