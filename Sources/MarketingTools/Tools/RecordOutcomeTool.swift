import JSONRPC
package import MCP
import Marketing

/// Records whether a lead was won or lost. A different disposition replaces the stored one only when
/// the caller says so or the user agrees.
package struct RecordOutcomeTool: Tool {
  /// What became of the lead.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID
    var disposition: Disposition
    var conversionType: ConversionType?
    var value: Money?
    var occurredAt: Timestamp?
    var campaignID: CampaignID?
    var reason: String?
    var replace: Bool?
  }

  /// What was recorded.
  package struct Output: Encodable, Sendable {
    let leadID: LeadID
    let disposition: Disposition
    let recorded: Bool
    let status: LeadStatus
    let occurredAt: Timestamp
    let replaced: Bool
  }

  private static let reasonLimit = 2000

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("record_outcome")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let occurredAt = arguments.occurredAt ?? now
    try check(arguments, occurredAt, now)
    let stores = environment.leads
    let workspace = context.workspace
    let (lead, contradicted) = try reading(context) { () throws(StoreError) in
      (
        try stores.lead(arguments.leadID, in: workspace),
        try stores.latestOutcome(
          of: arguments.leadID, otherThan: arguments.disposition, in: workspace)
      )
    }
    guard let lead else { throw .noSuchLead(arguments.leadID) }
    if let contradicted, arguments.replace != true {
      try await confirm(arguments, replacing: contradicted, context)
    }
    // Agreed to, by the caller or the user, or nothing to agree to as far as is known.
    let replacing = arguments.replace == true || contradicted != nil
    let outcome = Outcome(
      leadID: lead.id, disposition: arguments.disposition, occurredAt: occurredAt,
      campaignID: arguments.campaignID ?? lead.campaignID,
      conversionType: arguments.conversionType, value: arguments.value, reason: arguments.reason)
    let event = event(outcome, replacing: contradicted != nil, context, now)
    let recorded = try await storing(context) { () async throws(StoreError) in
      try await stores.record(
        outcome, isTimeAssumed: arguments.occurredAt == nil, replacing: replacing,
        lesson: lesson(of: lead),
        event: event, in: workspace)
    }
    try await storing(context) { () async throws(StoreError) in
      try await environment.engagements.exit(
        .conversion, of: lead.id, by: context.actor(definition.name), in: workspace)
    }
    let status = try reading(context) { () throws(StoreError) in
      try stores.lead(lead.id, in: workspace)?.status
    }
    return Output(
      leadID: lead.id, disposition: outcome.disposition, recorded: recorded.isNew,
      status: status ?? lead.status, occurredAt: recorded.occurredAt,
      replaced: recorded.isNew && contradicted != nil)
  }

  private func check(
    _ arguments: Arguments, _ occurredAt: Timestamp, _ now: Timestamp
  ) throws(CallInterruption) {
    var problems: [FieldError] = []
    if arguments.disposition == .lost {
      if arguments.conversionType != nil {
        problems.append(
          FieldError(
            field: "/conversionType", found: "a conversion of a lost lead",
            expected: "none, or the disposition converted"))
      }
      if arguments.value != nil {
        problems.append(
          FieldError(
            field: "/value", found: "the value of a lost lead",
            expected: "none, or the disposition converted"))
      }
    }
    if let reason = arguments.reason, reason.count > Self.reasonLimit {
      problems.append(
        FieldError(
          field: "/reason", found: "\(reason.count) characters",
          expected: "at most \(Self.reasonLimit)"))
    }
    if occurredAt > now + .days(1) {
      problems.append(
        FieldError(field: "/occurredAt", found: "a time in the future", expected: "one up to now"))
    }
    guard problems.isEmpty else { throw .invalid("Invalid outcome", problems) }
  }

  private func confirm(
    _ arguments: Arguments, replacing stored: Outcome, _ context: RequestContext
  ) async throws(CallInterruption) {
    let before = stored.disposition.rawValue
    let question = InputRequest.form(
      message: "Lead \(arguments.leadID) is recorded as \(before). Replace that by "
        + "\(arguments.disposition.rawValue)?",
      schema: [
        "type": "object",
        "properties": [
          "replace": [
            "type": "boolean", "title": "Replace the outcome",
            "description": "The stored outcome stays in the event log.", "default": false,
          ]
        ],
        "required": ["replace"],
      ])
    guard context.canAsk(question) else {
      throw .problem(
        CallProblem(
          .conflict,
          "Lead \(arguments.leadID) is already recorded as \(before). Pass replace: true to replace "
            + "that by \(arguments.disposition.rawValue)."))
    }
    guard case .accepted(let content) = try await context.ask("replace_outcome", question),
      content["replace"] == true
    else {
      throw .toolError(
        "Nothing was changed: the user did not agree to replace \(before) by "
          + "\(arguments.disposition.rawValue).")
    }
  }

  /// What the incremental model learns: counted in the same transaction as the outcome.
  private func lesson(of lead: Lead) -> Lesson {
    Lesson(
      lead, identity: environment.identity(of: lead),
      intent: environment.scorecard.intent(of: lead.message))
  }

  private func event(
    _ outcome: Outcome, replacing: Bool, _ context: RequestContext, _ now: Timestamp
  ) -> Event {
    var facts: JSONObject = [
      "disposition": .string(outcome.disposition.rawValue), "replacing": .bool(replacing),
    ]
    facts["conversionType"] = (outcome.conversionType?.rawValue).map(JSONValue.string)
    if let value = outcome.value {
      facts["amount"] = JSONValue(value.amount)
      facts["currency"] = .string(value.currency)
    }
    return Event(
      id: environment.newName("evt_", at: now), kind: .outcomeRecorded, leadID: outcome.leadID,
      campaignID: outcome.campaignID, occurredAt: now, actor: context.actor(definition.name),
      facts: facts, personal: outcome.reason.map { ["reason": .string($0)] })
  }
}
