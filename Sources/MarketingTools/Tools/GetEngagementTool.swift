import JSONRPC
package import MCP
import Marketing

/// Shows an engagement: where it stands, what became of each step, and what people did about it.
package struct GetEngagementTool: Tool {
  /// Which engagement.
  package struct Arguments: Decodable, Sendable {
    var engagementID: EngagementID?
    var leadID: LeadID?
  }

  /// The engagement with what was reported.
  package struct Output: Encodable, Sendable {
    let engagement: EngagementEntry
    let reports: [Report]
  }

  /// What was reported of a message.
  struct Report: Encodable, Sendable {
    let messageID: MessageID
    let kind: DeliveryReport.Kind
    let at: Timestamp
    let detail: String?
  }

  private static let mostReports = 200

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("get_engagement")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let desk = environment.engagements
    switch (arguments.engagementID, arguments.leadID) {
    case (nil, nil):
      throw ContactedPerson.refused(
        "/engagementID", "found neither engagementID nor leadID, expected one of them")
    case (_?, _?):
      throw ContactedPerson.refused(
        "/leadID", "found engagementID and leadID, expected one of them")
    default: break
    }
    return try await storing(context) { () async throws(StoreError) in
      let found: Engagement? =
        if let id = arguments.engagementID {
          try desk.store.engagement(id, in: context.workspace)
        } else if let lead = arguments.leadID {
          try desk.store.latestEngagement(of: lead, in: context.workspace)
        } else {
          nil
        }
      guard let engagement = found else {
        if let id = arguments.engagementID { throw .noSuchEngagement(id) }
        throw StoreError(
          .notFound,
          "Lead '\(arguments.leadID?.rawValue ?? "")' has no engagement: plan one with plan_engagement"
        )
      }
      let reports = try await desk.store.reports(
        of: engagement.id, limit: Self.mostReports, in: context.workspace)
      return Output(
        engagement: try await desk.entry(of: engagement, in: context.workspace),
        reports: reports.map {
          Report(messageID: $0.messageID, kind: $0.kind, at: $0.at, detail: $0.detail)
        })
    }
  }
}
