import JSONRPC
package import MCP
import Marketing

/// Has a person decide something: at once where the host can ask, else by a ticket.
package struct CreateEscalationTool: Tool {
  /// What is to be decided.
  package struct Arguments: Decodable, Sendable {
    var subject: String
    var reason: String
    var context: JSONObject?
    var leadID: LeadID?
    var campaignID: CampaignID?
    var owner: String?
    var deadline: Timestamp?
    var askUser: Bool?
  }

  /// The escalation as it stands now.
  package struct Output: Encodable, Sendable {
    let escalation: EscalationEntry
  }

  private static let mostContextBytes = 32_768

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("create_escalation")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    try check(arguments, now, context)
    // Asked before anything is stored: where the answer comes with a second call, that one stores it.
    let answer = arguments.askUser == true ? try await answer(arguments, context) : nil
    let isOfCampaign = arguments.campaignID != nil
    let escalation = Escalation(
      id: environment.newName("esc_", at: now), leadID: arguments.leadID,
      subject: arguments.subject, reason: arguments.reason, context: arguments.context ?? [:],
      owner: arguments.owner
        ?? (isOfCampaign
          ? environment.campaigns.settings.owner : environment.handoffSettings.escalationOwner),
      openedAt: now,
      deadline: arguments.deadline ?? now + environment.handoffSettings.escalationLifetime)
    let opened = CampaignDesk.opened(
      escalation, of: arguments.campaignID, by: context.actor(definition.name), at: now)
    let environment = environment
    let id: EventID = environment.newName("evt_", at: now)
    let (actor, person) = (context.actor(definition.name), context.principal.name)
    let stored = try await storing(context) { () async throws(StoreError) -> Escalation in
      try await environment.handoffs.open(escalation, event: opened, in: context.workspace)
      guard let answer else { return escalation }
      return try await environment.handoffs.resolve(
        escalation.id, with: answer, by: person, at: now,
        event: { escalation in
          Event(
            id: id, kind: .escalationResolved, leadID: escalation.leadID,
            campaignID: arguments.campaignID, occurredAt: now, actor: actor,
            facts: HandoffEvents.facts(of: escalation))
        }, in: context.workspace)
    }
    return Output(escalation: EscalationEntry(stored))
  }

  private func check(
    _ arguments: Arguments, _ now: Timestamp, _ context: RequestContext
  ) throws(CallInterruption) {
    var problems: [FieldError] = []
    if let deadline = arguments.deadline, deadline <= now || deadline > now + .days(365) {
      problems.append(
        FieldError(
          field: "/deadline", found: "\(deadline.iso8601)",
          expected: "a time within a year from now"))
    }
    let bytes = JSONWriter.bytes(of: .object(arguments.context ?? [:])).count
    if bytes > Self.mostContextBytes {
      problems.append(
        FieldError(
          field: "/context", found: "\(bytes) bytes",
          expected: "at most \(Self.mostContextBytes)"))
    }
    guard problems.isEmpty else { throw .invalid("Invalid escalation", problems) }
    guard let lead = arguments.leadID else { return }
    let known = try reading(context) { () throws(StoreError) in
      try environment.leads.lead(lead, in: context.workspace)
    }
    if known == nil { throw .noSuchLead(lead) }
  }

  /// What the user at the host says; `nil` when it cannot be asked or does not decide now.
  private func answer(
    _ arguments: Arguments, _ context: RequestContext
  ) async throws(CallInterruption) -> String? {
    let question = InputRequest.form(
      message: "\(arguments.subject): \(arguments.reason)",
      schema: [
        "type": "object",
        "properties": [
          "decision": [
            "type": "string", "title": "Your decision", "minLength": 1, "maxLength": 1000,
            "description": "Decline to leave it open for \(arguments.owner ?? "its owner").",
          ]
        ],
        "required": ["decision"],
      ])
    guard context.canAsk(question),
      case .accepted(let content) = try await context.ask("escalation", question),
      let decision = content["decision"]?.stringValue, !decision.isEmpty
    else { return nil }
    return String(decision.prefix(1000))
  }
}
