import MCP
import Marketing

extension RequestContext {
  /// The workspace that everything this request touches belongs to.
  var workspace: WorkspaceID { WorkspaceID(rawValue: principal.workspace) }

  /// Whom the event log names as the one who acted.
  func actor(_ tool: String) -> String { "\(principal.name)/\(tool)" }
}

/// Reads from a store in place.
func reading<Value>(_ step: () throws(StoreError) -> Value) throws(CallInterruption) -> Value {
  do { return try step() } catch { throw CallInterruption(error) }
}

/// Works with a store that may wait.
func storing<Value>(
  _ step: () async throws(StoreError) -> Value
) async throws(CallInterruption) -> Value {
  do { return try await step() } catch { throw CallInterruption(error) }
}

extension CallInterruption {
  /// What a store's refusal means for the caller: what it can mend it is told, faults are ours.
  init(_ error: StoreError) {
    switch error.code {
    case .notFound, .conflict: self = .toolError(error.message)
    case .unavailable:
      self = .toolError("The store is busy or full, nothing was changed: try again later.")
    case .corrupt: self = .fault(error)
    }
  }

  static func noSuchLead(_ id: LeadID) -> CallInterruption {
    .toolError(
      "leadID: there is no lead '\(id)'. Find leads with search_leads, or leave leadID out of "
        + "triage_lead to create one.")
  }
}
