import JSONRPC
package import MCP
import Marketing

/// Shows how far a lead has come, by which steps, and what work is open for it.
package struct GetJourneyTool: Tool {
  /// Which lead.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("get_journey")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> JourneyView {
    guard let view = try JourneyView(of: arguments.leadID, environment, context) else {
      throw .noSuchLead(arguments.leadID)
    }
    var room = ResultRoom(context)
    let steps = try room.fitting(view.steps.reversed())
    return view.showing(steps.count)
  }

  package func link(to view: JourneyView) -> ContentBlock? {
    ContentBlock(
      .resourceLink(
        uri: JourneyResource.uri(view.leadID), name: "journey",
        summary: "The lead's journey; subscribe to follow it", mimeType: "application/json"))
  }
}
