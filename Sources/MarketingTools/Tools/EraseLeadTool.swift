import JSONRPC
package import MCP
import Marketing

/// Erases a person from every store, and proves it.
package struct EraseLeadTool: Tool {
  /// Whom.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID
  }

  /// The proof.
  package struct Output: Encodable, Sendable {
    let leadID: LeadID
    let erasedAt: Timestamp
    let complete: Bool
    let places: [LeadErasure.Place]
    let notes: [String]
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("erase_lead")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let id = arguments.leadID
    let event = Event(
      id: environment.newName("evt_", at: now), kind: .leadErased, leadID: id, occurredAt: now,
      actor: context.actor(definition.name))
    let environment = environment
    let erasure = try await storing(context) { () async throws(StoreError) in
      try await environment.erasures.erase(
        id, identity: { environment.identity(of: $0) }, at: now,
        event: { erasure in
          var event = event
          event.facts = JSONObject(
            erasure.places.filter { $0.erased > 0 }
              .map { ($0.name, .integer(Int64($0.erased))) })
          event.facts["entityIDs"] = .array(erasure.entities.map { .string($0.rawValue) })
          return event
        }, in: context.workspace)
    }
    var notes: [String] = []
    do {
      // What is held in memory follows the store; here it does so before anybody is told.
      try await environment.memory.scrub()
    } catch {
      notes.append(
        "The indexes in memory could not be brought up to date: they follow within seconds, and show nothing "
          + "of what was erased meanwhile.")
    }
    if !erasure.isLogClean {
      notes.append(
        "Another process reads the database's log of changes, which still holds what was erased: this "
          + "server goes on trying to empty it, which succeeds once that has ended."
      )
    }
    return Output(
      leadID: id, erasedAt: now, complete: erasure.isComplete, places: erasure.places, notes: notes)
  }
}
