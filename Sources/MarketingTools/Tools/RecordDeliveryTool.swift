import JSONRPC
package import MCP
import Marketing

/// Takes in what people and providers did about messages.
package struct RecordDeliveryTool: Tool {
  /// What is reported.
  package struct Arguments: Decodable, Sendable {
    var reports: [Report]

    /// One report.
    struct Report: Decodable, Sendable {
      var id: String
      var messageID: MessageID
      var kind: DeliveryReport.Kind
      var at: Timestamp?
      var isPermanent: Bool?
      var detail: String?
    }
  }

  /// How many were news.
  package struct Output: Encodable, Sendable {
    let accepted: Int
    let known: Int
    let unknown: [MessageID]
    let ignored: [Ignored]

    /// A report that is not believed.
    struct Ignored: Encodable, Sendable {
      let id: String
      let messageID: MessageID
      let reason: String

      init(_ ignored: EngagementDesk.Ignored) {
        id = ignored.id
        messageID = ignored.messageID
        reason = "the message is \(ignored.state.rawValue): nobody can have it"
      }
    }
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("record_delivery")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let reports = arguments.reports.map { report in
      DeliveryReport(
        id: report.id, messageID: report.messageID, kind: report.kind,
        at: report.at ?? now, isPermanent: report.isPermanent ?? true,
        detail: report.detail)
    }
    let desk = environment.engagements
    let reported = try await storing(context) { () async throws(StoreError) in
      try await desk.report(
        reports, by: context.actor(definition.name), in: context.workspace)
    }
    return Output(
      accepted: reported.accepted, known: reported.known, unknown: reported.unknown,
      ignored: reported.ignored.map(Output.Ignored.init))
  }
}
