package import JSONRPC
package import Logging

/// What a handler knows of the request it serves, and its ways to talk to the client meanwhile. The
/// same handler serves both eras.
package struct RequestContext: Sendable {
  /// Who asks.
  package let principal: Principal
  /// The revision of the protocol the request is served in.
  package let version: ProtocolVersion
  /// What the client can do, as far as this request may know.
  package let client: ClientCapabilities
  /// How many bytes the result may hold; a longer one is not sent.
  package let resultBytes: Int
  /// Seals cursors and states.
  package let sealer: Sealer
  /// Tells resources' subscribers of changes.
  package let changes: ChangeHub
  /// The server's log. No personal data.
  package let logger: Logger
  /// Reports progress; `nil` when the client did not ask for it.
  package let progress: ProgressReporter?
  /// Sends log messages to the client.
  let clientLog: ClientLog
  /// Asks the client.
  let input: InputChannel
  /// Ends the stream that the answer would come on, for a while.
  var pauseStream: @Sendable (Duration) -> Bool = { _ in false }

  /// Sends a log message to the client, if it wants messages of this level. No personal data.
  package func log(_ level: LogLevel, _ data: JSONValue, logger name: String? = nil) {
    clientLog.send(level, data, name)
  }

  /// Tells the operator, in the server's own log, of something that only an operator can mend. No personal
  /// data.
  package func warnOperator(_ message: String, cause: String?) {
    logger.warning("\(message)", metadata: ["cause": "\(cause ?? "-")"])
  }

  /// Lets go of the connection that waits for the answer, where the client can come back for it: a call
  /// that takes long need not keep one open.
  /// - Returns: whether there is such a connection.
  @discardableResult
  package func releaseStream(for time: Duration) -> Bool { pauseStream(time) }

  /// Whether the client can answer such a question now.
  package func canAsk(_ request: InputRequest) -> Bool {
    input.isOpen && request.isSupported(by: client, in: version)
  }

  /// Asks the user or the host's model, several things at once, and returns all the answers.
  ///
  /// In the modern era this ends the call: the client repeats it with the answers, and the handler
  /// runs again from the top. So a handler does nothing that lasts before its last question.
  /// - Throws: `.protocolError` when the client cannot answer one of the questions.
  package func ask(
    _ questions: [NamedInput]
  ) async throws(CallInterruption) -> [String: InputResponse] {
    for question in questions where !question.request.isSupported(by: client, in: version) {
      throw .protocolError(.missingCapability(question.request.requiredCapability))
    }
    return try await input.ask(questions)
  }

  /// Asks one thing.
  package func ask(
    _ key: String, _ request: InputRequest
  ) async throws(CallInterruption) -> InputResponse {
    let answers = try await ask([NamedInput(key, request)])
    guard let answer = answers[key] else {
      throw .protocolError(RPCError(.internalError, "Internal error", cause: "no answer to \(key)"))
    }
    return answer
  }

  /// Ends a cancelled handler.
  package func checkCancellation() throws(CallInterruption) {
    if Task.isCancelled { throw .cancelled }
  }

  /// The same request for work that goes on when it has been answered: asked and told of in another way,
  /// and without log messages, which belong before an answer.
  func detached(input: InputChannel, progress: ProgressReporter?) -> RequestContext {
    RequestContext(
      principal: principal, version: version, client: client, resultBytes: resultBytes,
      sealer: sealer, changes: changes, logger: logger, progress: progress, clientLog: .silent,
      input: input)
  }
}

/// How questions reach the client and answers come back.
struct InputChannel: Sendable {
  /// Whether there is anybody to ask.
  let isOpen: Bool
  private let askAll:
    @Sendable ([NamedInput]) async throws(CallInterruption) -> [String:
      InputResponse]

  init(
    isOpen: Bool = true,
    askAll:
      @escaping @Sendable ([NamedInput]) async throws(CallInterruption) -> [String:
      InputResponse]
  ) {
    self.isOpen = isOpen
    self.askAll = askAll
  }

  func ask(_ questions: [NamedInput]) async throws(CallInterruption) -> [String: InputResponse] {
    try await askAll(questions)
  }

  /// Nobody to ask.
  static let closed = InputChannel(isOpen: false) {
    (questions: [NamedInput]) async throws(CallInterruption) in
    throw .protocolError(
      .missingCapability(questions.first?.request.requiredCapability ?? [:]))
  }
}

/// Sends log messages that belong to one request.
struct ClientLog: Sendable {
  /// The least severe level that the client wants now; `nil` for none at all.
  let threshold: @Sendable () -> LogLevel?
  let write: @Sendable ([UInt8]) -> Void

  /// Nobody to tell.
  static let silent = ClientLog(threshold: { nil }, write: { _ in })

  func send(_ level: LogLevel, _ data: JSONValue, _ name: String?) {
    guard let least = threshold(), level >= least else { return }
    var params: JSONObject = ["level": .string(level.rawValue)]
    params["logger"] = name.map(JSONValue.string)
    params["data"] = data
    write(Message.notification(Notification(method: "notifications/message", params: params)).bytes)
  }
}
