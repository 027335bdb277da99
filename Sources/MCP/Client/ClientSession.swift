package import JSONRPC

/// A client's connection to a server, in either era.
///
/// `run` must be running, in a task of the caller's, for anything else to work; it returns when the
/// server ends the connection.
package final class ClientSession: Sendable {
  /// How to find out the era.
  package enum Mode: Sendable, Hashable {
    /// Ask with `server/discover` first, then with `initialize`.
    case automatic
    /// `initialize` with this revision.
    case legacy(ProtocolVersion)
    /// No handshake.
    case modern
  }

  /// Called with each progress report of a request: progress, total, message.
  package typealias OnProgress = @Sendable (Double, Double?, String?) -> Void

  struct State {
    var version: ProtocolVersion?
    var serverInfo: Implementation?
    var serverCapabilities: JSONObject = [:]
    var lastID: Int64 = 0
    var pending: [RequestID: OneShot<Result<JSONValue, RPCError>>] = [:]
    var progress: [RequestID: OnProgress] = [:]
    var listeners: [RequestID: @Sendable (Notification) -> Void] = [:]
    /// The server's requests that are being answered; fulfilled with whether they are withdrawn.
    var answering: [RequestID: OneShot<Bool>] = [:]
    var isClosed = false
  }

  let transport: any Transport
  let info: Implementation
  let handlers: ClientHandlers
  private let parser: JSONParser
  let state = Locked(State())

  /// A session over a transport.
  package init(
    transport: any Transport, info: Implementation, handlers: ClientHandlers = ClientHandlers(),
    maximumMessageBytes: Int = 64 << 20
  ) {
    self.transport = transport
    self.info = info
    self.handlers = handlers
    self.parser = JSONParser(maximumBytes: maximumMessageBytes)
  }

  /// The revision that was agreed on; `nil` before `connect`.
  package var version: ProtocolVersion? { state.withLock { $0.version } }

  /// What the server says of itself.
  package var serverInfo: Implementation? { state.withLock { $0.serverInfo } }

  /// What the server declared.
  package var serverCapabilities: JSONObject { state.withLock { $0.serverCapabilities } }

  /// Whether the connection has ended.
  package var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Receives until the server ends the connection.
  package func run() async {
    await withTaskExecutorPreference(transport.executor) {
      await withDiscardingTaskGroup { group in
        while true {
          let frames = await transport.receive()
          if frames.isEmpty { break }
          for frame in frames { handle(frame, in: &group) }
        }
        state.withLock { $0.isClosed = true }
        fail(RPCError(.internalError, "The server closed the connection"))
        group.cancelAll()
      }
      await transport.close()
    }
  }

  /// Ends the connection.
  package func close() { transport.stopReceiving() }

  private func handle(_ frame: Frame, in group: inout DiscardingTaskGroup) {
    guard case .message(let bytes) = frame else {
      // Nobody knows whose answer it was, and one that waits for it would wait for ever.
      return fail(RPCError(.internalError, "The server sent a message that is too long"))
    }
    guard let incoming = try? Incoming(parsing: bytes, with: parser) else { return }
    switch incoming {
    case .single(let value): handle(value, in: &group)
    case .batch(let values): for value in values { handle(value, in: &group) }
    }
  }

  private func handle(_ value: JSONValue, in group: inout DiscardingTaskGroup) {
    guard let message = try? Message(value) else { return }
    switch message {
    case .response(let response): settle(response)
    case .notification(let notification): hear(notification)
    case .request(let request): handle(request, in: &group)
    }
  }

  private func handle(_ request: Request, in group: inout DiscardingTaskGroup) {
    let end = OneShot<Bool>()
    state.withLock { $0.answering[request.id] = end }
    group.addTask { [self] in
      await withDiscardingTaskGroup { inner in
        inner.addTask { [self] in
          let outcome = await answer(request.method, request.params)
          let isWanted = state.withLock { $0.answering.removeValue(forKey: request.id) != nil }
          if isWanted {
            transport.send(Message.response(Response(id: request.id, outcome: outcome)).bytes)
          }
          end.fulfil(false)
        }
        if await end.value() { inner.cancelAll() }
      }
    }
  }

  private func answer(_ method: String, _ params: JSONObject) async -> Result<JSONValue, RPCError> {
    do {
      return .success(.object(try await handlers.answer(method, params)))
    } catch {
      return .failure(error)
    }
  }

  func settle(_ response: Response) {
    guard let id = response.id else { return }
    let waiter = state.withLock { (state: inout State) in
      state.progress[id] = nil
      state.listeners[id] = nil
      return state.pending.removeValue(forKey: id)
    }
    if let waiter {
      waiter.fulfil(response.outcome)
    } else if case .success(let result) = response.outcome {
      abandon(result)
    }
  }

  private func hear(_ notification: Notification) {
    if notification.method == "notifications/progress" {
      guard let id = RequestID(notification.params["progressToken"]),
        let progress = notification.params["progress"]?.doubleValue
      else { return }
      let report = state.withLock { $0.progress[id] }
      report?(
        progress, notification.params["total"]?.doubleValue,
        notification.params["message"]?.stringValue)
      return
    }
    if notification.method == "notifications/cancelled" { return withdraw(notification.params) }
    if let id = RequestID(notification.params["_meta"]?[MetaKey.subscriptionID]),
      let listener = state.withLock({ $0.listeners[id] })
    {
      listener(notification)
    } else {
      handlers.hear(notification)
    }
  }

  /// The server gives up one of its own requests, or a subscription of ours.
  private func withdraw(_ params: JSONObject) {
    guard let id = RequestID(params["requestId"]) else { return }
    if params["_meta"]?[MetaKey.subscriptionID] != nil {
      let reason = params["reason"]?.stringValue ?? "no reason given"
      let error = RPCError(.internalError, "The server ended the subscription: \(reason)")
      settle(Response(id: id, outcome: .failure(error)))
    } else {
      state.withLock { $0.answering.removeValue(forKey: id) }?.fulfil(true)
    }
  }

  private func fail(_ error: RPCError) {
    let waiters = state.withLock { (state: inout State) in
      defer {
        state.pending = [:]
        state.progress = [:]
        state.listeners = [:]
      }
      return Array(state.pending.values)
    }
    for waiter in waiters { waiter.fulfil(.failure(error)) }
  }
}
