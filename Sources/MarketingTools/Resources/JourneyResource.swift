import JSONRPC
import MCP
package import Marketing

/// How far one lead has come, as JSON: `journey://{leadID}`.
package enum JourneyResource {
  /// The address of a lead's journey.
  package static func uri(_ id: LeadID) -> String { "journey://\(id.rawValue)" }

  /// Whether an event of a lead changed what stands at its address: a step, work for it, or what
  /// moves it on.
  package static func isChanged(by event: Event) -> Bool {
    switch event.kind {
    case .leadCreated, .leadUpdated, .leadTriaged, .leadErased, .outcomeRecorded, .journeyAdvanced:
      true
    default:
      event.kind.isOfWork
        || ["handoff.", "engagement.", "message."].contains { event.kind.rawValue.hasPrefix($0) }
    }
  }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("journey://{leadID}") else {
      throw ContractError(message: "journey://{leadID} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "journey", title: "Journey of a lead",
      summary: "The lead's stage, the steps that led there, and the open work for it.",
      mimeType: "application/json", scopes: ["handoffs:read"])
    return RegisteredResource(
      definition, completions: ["leadID": LeadResource.completeID(environment)]
    ) { uri, variables, context throws(CallInterruption) in
      guard let id = variables["leadID"].flatMap(LeadID.init(checking:)),
        let view = try JourneyView(of: id, environment, context)
      else { return nil }
      return try context.contents(at: uri, entries: view.steps.count) { view.showing($0) }
    }
  }
}
