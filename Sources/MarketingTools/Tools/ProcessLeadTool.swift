import JSONRPC
package import MCP
import Marketing

/// Takes a lead all the way in one call: checked, stored, triaged, remembered, handed over, engaged.
package struct ProcessLeadTool: Tool {
  /// A known lead, a new lead's fields, or a known lead with fields to change.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID?
    var intent: MessageIntent?
    var values: [String: String]?
    var draft: LeadDraft

    private enum CodingKeys: String, CodingKey {
      case leadID, intent, values
    }

    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      leadID = try container.decodeIfPresent(LeadID.self, forKey: .leadID)
      intent = try container.decodeIfPresent(MessageIntent.self, forKey: .intent)
      values = try container.decodeIfPresent([String: String].self, forKey: .values)
      draft = try LeadDraft(from: decoder)
    }
  }

  /// How it went, and how the lead stands.
  package struct Output: Encodable, Sendable {
    let leadID: LeadID
    let isNew: Bool
    let outcome: ProcessOutcome
    let status: LeadStatus
    let score: Double
    let category: LeadCategory
    let intent: MessageIntent
    let nextAction: NextAction
    let stage: JourneyStage
    let handoff: HandoffEntry?
    let engagement: EngagementEntry?
    let escalationID: EscalationID?
    let stages: [StageReport]
    let warnings: [String]
    let journey: String
    let processingMilliseconds: Double
  }

  package let definition: ToolDefinition
  private let process: LeadProcess

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("process_lead")
    process = LeadProcess(
      triaging: LeadTriaging(environment: environment, tool: definition.name),
      contracts: try HandoffContracts())
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let start = ContinuousClock.now
    let words = try process.triaging.environment.engagements.words(saying: arguments.values ?? [:])
    let processed: LeadProcess.Processed
    do {
      processed = try await process.run(
        arguments.leadID, draft: arguments.draft, intent: arguments.intent, words: words,
        context: context)
    } catch {
      switch error {
      case .interrupted(let interruption): throw interruption
      case .invalid(let errors): throw .invalid("Invalid lead", errors)
      case .unknownLead(let error): throw .invalid("Invalid lead", [error], kind: .notFound)
      }
    }
    let lead = processed.triaged.lead
    let journey = try reading(context) { () throws(StoreError) in
      try process.triaging.environment.work.journeys.journey(of: lead.id, in: context.workspace)
    }
    let result = processed.triaged.result
    return Output(
      leadID: lead.id, isNew: processed.triaged.isNew, outcome: processed.outcome,
      status: lead.status, score: result.record.score, category: result.record.category,
      intent: result.intent, nextAction: result.nextAction, stage: journey?.stage ?? .triaged,
      handoff: processed.handoff.map(HandoffEntry.init), engagement: processed.engagement,
      escalationID: processed.escalationID, stages: processed.stages,
      warnings: result.warnings.map { "\($0.field): \($0.text)" },
      journey: JourneyResource.uri(lead.id),
      processingMilliseconds: (ContinuousClock.now - start).milliseconds)
  }
}
