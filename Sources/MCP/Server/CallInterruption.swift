package import JSONRPC

/// Why a handler did not come to a result.
package enum CallInterruption: Error, Sendable {
  /// The caller can mend it: the call ends as a tool result with `isError: true` that says how.
  case toolError(String)
  /// The same with its parts, for callers that are programs.
  case problem(CallProblem)
  /// The request cannot be served: the call ends as a JSON-RPC error.
  case protocolError(RPCError)
  /// The client, its user or its model did not answer a question; in words for the caller. A handler
  /// that can do without the answer may go on.
  case unanswered(String)
  /// The request was cancelled: nothing is answered.
  case cancelled
  /// Answers of the user or the host's model are needed first; the handler runs again with them.
  case inputRequired([NamedInput])

  /// A fault of ours: the peer learns only that there was one, the log learns the cause.
  package static func fault(
    _ cause: any Error, file: StaticString = #fileID, line: UInt = #line
  ) -> CallInterruption {
    .protocolError(
      RPCError(.internalError, "Internal error", cause: "\(cause)", file: file, line: line))
  }
}

/// An input request under the name that its answer comes back with.
package struct NamedInput: Sendable, Hashable {
  /// The name, unique in the call.
  package var key: String
  /// What is needed.
  package var request: InputRequest

  /// A named request.
  package init(_ key: String, _ request: InputRequest) {
    self.key = key
    self.request = request
  }
}
