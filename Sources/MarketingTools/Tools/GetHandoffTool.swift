import JSONRPC
package import MCP
import Marketing

/// Shows a handoff with its packet.
package struct GetHandoffTool: Tool {
  /// Which handoff.
  package struct Arguments: Decodable, Sendable {
    var handoffID: HandoffID
    var includePacket: Bool?
  }

  /// The handoff.
  package struct Output: Encodable, Sendable {
    let handoff: HandoffEntry
    let packet: JSONValue?
    let intact: Bool
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("get_handoff")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let found = try reading(context) { () throws(StoreError) in
      try HandoffResource.found(arguments.handoffID, environment, in: context.workspace)
    }
    guard let (stored, isIntact) = found else {
      throw .problem(
        CallProblem(
          .notFound,
          "handoffID: there is no handoff '\(arguments.handoffID)'. Find it with list_handoffs.",
          fields: [.init(pointer: "/handoffID", detail: "there is no such handoff")]))
    }
    return Output(
      handoff: HandoffEntry(stored.handoff),
      packet: arguments.includePacket ?? true ? HandoffEntry.json(stored.packet) : nil,
      intact: isIntact)
  }
}
