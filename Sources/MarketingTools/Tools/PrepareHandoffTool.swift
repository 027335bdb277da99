import JSONRPC
package import MCP
import Marketing

/// Prepares what a receiver needs to take a lead over.
package struct PrepareHandoffTool: Tool {
  /// Who hands what to whom.
  package struct Arguments: Decodable, Sendable {
    var handoffID: HandoffID?
    var leadID: LeadID
    var from: AgentRoleID
    var to: AgentRoleID
    var reason: String
    var conversationID: ConversationID?
    var promises: [String]?
    var constraints: [String]?
    var notes: [String]?
    var settled: [String]?
    var tokenBudget: Int?
    var escalationOwner: String?
  }

  /// What was prepared.
  package struct Output: Encodable, Sendable {
    let handoff: HandoffEntry
    let leftOut: JSONObject
    let escalationID: EscalationID?
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment
  private let contracts: HandoffContracts

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("prepare_handoff")
    self.environment = environment
    contracts = try HandoffContracts()
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let lead = try reading(context) { () throws(StoreError) in
      try environment.leads.lead(arguments.leadID, in: context.workspace)
    }
    guard lead != nil else { throw .noSuchLead(arguments.leadID) }
    var request = HandoffRequest(
      arguments.handoffID ?? environment.newName("hnd_", at: now), of: arguments.leadID,
      by: context.actor("prepare_handoff"), from: arguments.from, to: arguments.to,
      because: arguments.reason)
    request.conversationID = arguments.conversationID
    request.promises = arguments.promises ?? []
    request.constraints = arguments.constraints ?? []
    request.notes = arguments.notes ?? []
    request.settled = arguments.settled ?? []
    request.tokenBudget = arguments.tokenBudget
    request.escalationOwner = arguments.escalationOwner
    let preparation = HandoffPreparation(environment: environment, contracts: contracts)
    let asked = request
    let prepared = try await storing(context) { () async throws(StoreError) in
      try await preparation.prepare(asked, in: context.workspace, now: now)
    }
    let counts = prepared.leftOut.sorted { $0.key.rawValue < $1.key.rawValue }
    return Output(
      handoff: HandoffEntry(prepared.handoff),
      leftOut: JSONObject(counts.map { ($0.key.rawValue, JSONValue($0.value)) }),
      escalationID: prepared.escalationID)
  }
}
