import JSONRPC
import MCP
package import Marketing

/// One handoff with its packet, as JSON: `handoff://{handoffID}`.
package enum HandoffResource {
  /// The address of a handoff.
  package static func uri(_ id: HandoffID) -> String { "handoff://\(id.rawValue)" }

  /// The address under which an event changed something; `nil` when it changed no handoff.
  package static func uri(of event: Event) -> String? {
    switch event.kind {
    case .handoffPrepared, .handoffOffered, .handoffAccepted, .handoffRejected, .handoffExpired:
      event.facts["handoffID"]?.stringValue.map { uri(HandoffID(rawValue: $0)) }
    // Once it is resolved, the handoff that it is about may be offered.
    case .escalationResolved:
      event.facts["subject"]?.stringValue.flatMap(HandoffID.init(checking:)).map(uri)
    default: nil
    }
  }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("handoff://{handoffID}") else {
      throw ContractError(message: "handoff://{handoffID} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "handoff", title: "Handoff",
      summary: "A handoff: where it stands, and the packet with what the receiver needs.",
      mimeType: "application/json", scopes: ["handoffs:read"])
    return RegisteredResource(definition) { uri, variables, context throws(CallInterruption) in
      guard let id = variables["handoffID"].flatMap(HandoffID.init(checking:)) else { return nil }
      let found = try reading(context) { () throws(StoreError) in
        try Self.found(id, environment, in: context.workspace)
      }
      guard let (stored, isIntact) = found else { return nil }
      return try context.contents(at: uri, entries: 1) { count in
        Contents(
          handoff: HandoffEntry(stored.handoff),
          packet: count > 0 ? HandoffEntry.json(stored.packet) : nil, intact: isIntact)
      }
    }
  }

  private struct Contents: Encodable {
    let handoff: HandoffEntry
    let packet: JSONValue?
    let intact: Bool
  }

  /// A handoff, and whether its packet is the one that was sealed; `nil` when there is none of this name. A
  /// packet that is not is not shown.
  static func found(
    _ id: HandoffID, _ environment: ToolEnvironment, in workspace: WorkspaceID
  ) throws(StoreError) -> (stored: StoredHandoff, isIntact: Bool)? {
    let store = environment.handoffs
    guard let stored = try store.handoff(id, in: workspace) else { return nil }
    guard try store.isIntact(id, in: workspace) else {
      return (StoredHandoff(stored.handoff, packet: nil), false)
    }
    return (stored, true)
  }
}
