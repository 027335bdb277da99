import JSONRPC
import MCP
package import Marketing

/// One lead with its past, as JSON: `lead://{leadID}`.
package enum LeadResource {
  /// The address of a lead.
  package static func uri(_ id: LeadID) -> String { "lead://\(id.rawValue)" }

  /// Whether an event of a lead changed what stands at its address: memory stands elsewhere, and of what is
  /// private there nobody else hears.
  package static func isChanged(by event: Event) -> Bool {
    switch event.kind {
    case .memoryRemembered, .memoryForgotten, .memoryConsolidated, .knowledgeRelated,
      .knowledgeForgotten, .handoffPrepared, .handoffOffered, .handoffAccepted, .handoffRejected,
      .handoffExpired, .escalationOpened, .escalationResolved:
      false
    // Work for a lead stands at its journey.
    default: !event.kind.isOfWork && event.kind != .journeyAdvanced
    }
  }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("lead://{leadID}") else {
      throw ContractError(message: "lead://{leadID} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "lead", title: "Lead",
      summary: "A lead with its latest triage, interactions and outcome.",
      mimeType: "application/json", scopes: ["leads:read"])
    return RegisteredResource(
      definition, completions: ["leadID": completeID(environment)]
    ) { uri, variables, context throws(CallInterruption) in
      guard let id = variables["leadID"].flatMap(LeadID.init(checking:)) else { return nil }
      return try contents(of: id, uri: uri, environment, context)
    }
  }

  /// The lead as contents, with fewer of its interactions when they take more than half of what a
  /// result may hold; `nil` when there is none of this name.
  static func contents(
    of id: LeadID, uri: String, _ environment: ToolEnvironment, _ context: RequestContext
  ) throws(CallInterruption) -> [ResourceContents]? {
    let profile = try reading(context) { () throws(StoreError) in
      try environment.leads.profile(of: id, interactions: 20, in: context.workspace)
    }
    guard var profile else { return nil }
    let room = context.resultBytes / 2
    var text = ""
    for interactions in [20, 5, 1, 0] {
      profile.interactions = Array(profile.interactions.prefix(interactions))
      var writer = JSONWriter(capacity: 4096)
      profile.write(to: &writer)
      text = String(decoding: writer.bytes, as: UTF8.self)
      // As it is sent: text within text takes more room.
      if writer.bytes.count <= room, JSONWriter.bytes(of: .string(text)).count <= room { break }
    }
    return [
      ResourceContents(
        uri: uri, mimeType: "application/json", data: .text(text), isUntrusted: true)
    ]
  }

  static func completeID(_ environment: ToolEnvironment) -> CompletionProvider {
    { typed, _, context throws(CallInterruption) in
      let leads = environment.leads
      let values = try await storing(context) { () async throws(StoreError) in
        // One more than is shown tells whether there are more.
        try await leads.values(of: .id, prefix: typed, limit: 101, in: context.workspace)
      }
      return Completion(values: values)
    }
  }
}
