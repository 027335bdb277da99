package import MCP
package import Marketing

/// Shows a lead with its latest triage, interactions and outcome.
package struct GetLeadTool: Tool {
  /// Which lead, and how much of its past.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID
    var interactions: Int?
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
  ) async throws(CallInterruption) -> LeadProfile {
    let profile = try reading(context) { () throws(StoreError) in
      try environment.leads.profile(
        of: arguments.leadID, interactions: arguments.interactions ?? Self.defaultInteractions,
        in: context.workspace)
    }
    guard let profile else { throw .noSuchLead(arguments.leadID) }
    return profile
  }

  package func link(to profile: LeadProfile) -> ContentBlock? {
    ContentBlock(
      .resourceLink(
        uri: LeadResource.uri(profile.lead.id), name: "lead",
        summary: "The lead with as many of its interactions as fit", mimeType: "application/json"))
  }
}
