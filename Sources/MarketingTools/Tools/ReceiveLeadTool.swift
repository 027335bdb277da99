import JSONRPC
package import MCP
import Marketing

/// Takes a lead in for agents: it is stored with the work that triages it, and nothing more is waited for.
package struct ReceiveLeadTool: Tool {
  /// A new lead, or a known one with fields to change.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID?
    var mergeFrom: LeadID?
    var draft: LeadDraft

    private enum CodingKeys: String, CodingKey {
      case leadID, mergeFrom
    }

    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      leadID = try container.decodeIfPresent(LeadID.self, forKey: .leadID)
      mergeFrom = try container.decodeIfPresent(LeadID.self, forKey: .mergeFrom)
      draft = try LeadDraft(from: decoder)
    }
  }

  /// What was taken in, and where to follow it.
  package struct Output: Encodable, Sendable {
    let leadID: LeadID
    let isNew: Bool
    let workID: WorkID?
    let dueAt: Timestamp?
    let journey: String
  }

  package let definition: ToolDefinition
  private let intake: LeadIntake

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("receive_lead")
    intake = LeadIntake(
      triaging: LeadTriaging(environment: environment, tool: definition.name))
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let received: LeadIntake.Received
    do {
      received = try await intake.receive(
        arguments.leadID, draft: arguments.draft, taking: arguments.mergeFrom, context: context,
        now: intake.triaging.environment.now())
    } catch {
      switch error {
      case .interrupted(let interruption): throw interruption
      case .invalid(let errors): throw .invalid("Invalid lead", errors)
      case .unknownLead(let error): throw .invalid("Invalid lead", [error], kind: .notFound)
      }
    }
    return Output(
      leadID: received.lead.id, isNew: received.isNew, workID: received.work?.0.workID,
      dueAt: received.work?.dueAt, journey: JourneyResource.uri(received.lead.id))
  }
}
