import JSONRPC
import MCP
import Marketing

extension RequestContext {
  /// The workspace that everything this request touches belongs to.
  var workspace: WorkspaceID { WorkspaceID(rawValue: principal.workspace) }

  /// Whom the event log names as the one who acted.
  func actor(_ tool: String) -> String { "\(principal.name)/\(tool)" }
}

/// Reads from a store in place.
func reading<Value>(
  _ context: RequestContext, _ step: () throws(StoreError) -> Value
) throws(CallInterruption) -> Value {
  do { return try step() } catch { throw CallInterruption(error, context) }
}

/// Works with a store that may wait.
func storing<Value>(
  _ context: RequestContext, _ step: () async throws(StoreError) -> Value
) async throws(CallInterruption) -> Value {
  do { return try await step() } catch { throw CallInterruption(error, context) }
}

extension CallInterruption {
  /// What a store's refusal means for the caller: what it can mend it is told, faults are ours. What an
  /// operator has to mend, a full disk or a file that cannot be written, is in the log with its cause.
  init(_ error: StoreError, _ context: RequestContext) {
    switch error.code {
    case .notFound, .conflict: self = .toolError(error.message)
    case .stale:
      self = .toolError("\(error.message). Nothing was changed: read it again and retry.")
    case .unavailable:
      if Task.isCancelled {
        self = .cancelled
        return
      }
      context.warnOperator(error.message, cause: error.cause)
      self = .toolError("\(error.message). Nothing was changed: try again later.")
    case .corrupt:
      self = .protocolError(
        RPCError(
          .internalError, "Internal error", cause: "\(error) (\(error.cause ?? "no further cause"))"
        ))
    }
  }

  static func noSuchLead(_ id: LeadID) -> CallInterruption {
    .toolError(
      "leadID: there is no lead '\(id)'. Find leads with search_leads, or leave leadID out of "
        + "triage_lead to create one.")
  }
}
