package import JSONRPC

/// What a client can do for a server, and what it wants to hear of it. What has no handler is not
/// declared.
package struct ClientHandlers: Sendable {
  /// Answers one of the server's questions: parameters → result.
  package typealias Answer = @Sendable (JSONObject) async throws(RPCError) -> JSONObject

  /// Fills in a form.
  package var elicitForm: Answer?
  /// Opens a web page for the user.
  package var elicitURL: Answer?
  /// Asks the host's model.
  package var sample: Answer?
  /// Lists the root folders.
  package var listRoots: Answer?
  /// Hears every notification that belongs to no request: log messages, changes.
  package var hear: @Sendable (Notification) -> Void
  /// Whether tool calls may become tasks.
  package var acceptsTasks: Bool

  /// Handlers.
  package init(
    elicitForm: Answer? = nil, elicitURL: Answer? = nil, sample: Answer? = nil,
    listRoots: Answer? = nil, acceptsTasks: Bool = false,
    hear: @escaping @Sendable (Notification) -> Void = { _ in }
  ) {
    self.elicitForm = elicitForm
    self.elicitURL = elicitURL
    self.sample = sample
    self.listRoots = listRoots
    self.acceptsTasks = acceptsTasks
    self.hear = hear
  }

  /// What is declared to a server.
  func capabilities(for version: ProtocolVersion) -> JSONObject {
    var declared = JSONObject()
    if elicitForm != nil || elicitURL != nil, version >= .v2025June {
      var modes = JSONObject()
      if elicitForm != nil { modes["form"] = [:] }
      if elicitURL != nil { modes["url"] = [:] }
      declared["elicitation"] = .object(version >= .v2025November ? modes : [:])
    }
    if sample != nil { declared["sampling"] = [:] }
    if listRoots != nil { declared["roots"] = [:] }
    if acceptsTasks, version.era == .modern {
      declared["extensions"] = .object([MetaKey.tasksExtension: [:]])
    }
    return declared
  }

  /// Answers a question of the server.
  /// - Throws: -32601 for a question that nothing was declared for.
  func answer(_ method: String, _ params: JSONObject) async throws(RPCError) -> JSONObject {
    let handler: Answer? =
      switch method {
      case "ping": { (_: JSONObject) throws(RPCError) in [:] }
      case "elicitation/create": params["mode"] == "url" ? elicitURL : elicitForm
      case "sampling/createMessage": sample
      case "roots/list": listRoots
      default: nil
      }
    guard let handler else { throw RPCError.methodNotFound(method) }
    return try await handler(params)
  }
}
