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
    case .notFound: self = .problem(CallProblem(.notFound, error.message))
    case .conflict: self = .problem(CallProblem(.conflict, error.message))
    case .stale:
      self = .problem(
        CallProblem(.stale, "\(error.message). Nothing was changed: read it again and retry."))
    case .unavailable:
      if Task.isCancelled {
        self = .cancelled
        return
      }
      context.warnOperator(error.message, cause: error.cause)
      self = .problem(
        CallProblem(.unavailable, "\(error.message). Nothing was changed: try again later."))
    case .corrupt:
      self = .protocolError(
        RPCError(
          .internalError, "Internal error", cause: "\(error) (\(error.cause ?? "no further cause"))"
        ))
    }
  }

  static func noSuchLead(_ id: LeadID) -> CallInterruption {
    .problem(
      CallProblem(
        .notFound,
        "leadID: there is no lead '\(id)'. Find leads with search_leads, or leave leadID out of "
          + "triage_lead to create one.",
        fields: [.init(pointer: "/leadID", detail: "there is no lead '\(id)'")]))
  }

  /// What is wrong with the fields of a call, in words and in its parts.
  static func invalid(
    _ what: String, _ errors: [FieldError], kind: CallProblem.Kind = .invalid
  ) -> CallInterruption {
    .problem(
      CallProblem(
        kind, "\(what):\n" + errors.map { "- \($0.description)" }.joined(separator: "\n"),
        fields: errors.map {
          .init(pointer: $0.field, detail: "found \($0.found), expected \($0.expected)")
        }))
  }
}
