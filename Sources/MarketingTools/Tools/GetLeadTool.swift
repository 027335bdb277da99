import JSONRPC
package import MCP
import Marketing

/// Shows a lead with its latest triage, interactions and outcome.
package struct GetLeadTool: Tool {
  /// Which lead, and how much of its past.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID
    var interactions: Int?
  }

  /// The lead.
  package struct Output: Encodable, Sendable {
    let lead: Lead
    let triage: TriageRecord?
    let interactions: [Interaction]
    let outcome: Outcome?
  }

  private static let defaultInteractions = 10

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("get_lead")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let limit = arguments.interactions ?? Self.defaultInteractions
    guard
      let output = try Self.read(
        arguments.leadID, interactions: limit, environment.leads, context.workspace)
    else { throw .noSuchLead(arguments.leadID) }
    return output
  }

  /// The lead with its past; `nil` when there is none of this name.
  static func read(
    _ id: LeadID, interactions limit: Int, _ leads: any LeadStore, _ workspace: WorkspaceID
  ) throws(CallInterruption) -> Output? {
    try reading { () throws(StoreError) -> Output? in
      guard let lead = try leads.lead(id, in: workspace) else { return nil }
      return Output(
        lead: lead, triage: try leads.latestTriage(of: id, in: workspace),
        interactions: limit > 0
          ? try leads.interactions(of: id, limit: limit, in: workspace) : [],
        outcome: try leads.latestOutcome(of: id, in: workspace))
    }
  }
}
