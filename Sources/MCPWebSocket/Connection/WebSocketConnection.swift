import JSONRPC
package import NIOCore

/// One WebSocket, of either role, once the HTTP handshake is over.
///
/// Any thread may use it; all that touches the channel happens on its event loop, in `WebSocketHandler`.
/// One task receives at a time. What it holds is bounded: it reads while the inbox has room, and ends
/// the connection of a peer that does not read.
package final class WebSocketConnection: Sendable {
  /// Where it runs; tasks on it need no change of thread. Paused while the peer of a server's connection
  /// leaves too much unread.
  package let executor: EventLoopExecutor
  let state: Locked<ConnectionState>
  private let handler: NIOLoopBound<WebSocketHandler>
  private let channel: any Channel
  private let limits: WebSocketLimits
  private let role: WebSocketRole

  /// Takes over a channel whose pipeline ends with the frame encoder and decoder. To be called on its
  /// event loop, before it hands on any bytes.
  package init(
    on channel: any Channel, role: WebSocketRole, limits: WebSocketLimits = WebSocketLimits()
  ) throws {
    let executor = EventLoopExecutor(channel.eventLoop)
    let state = Locked(ConnectionState())
    let handler = WebSocketHandler(role: role, limits: limits, state: state, executor: executor)
    self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    self.executor = executor
    self.state = state
    self.channel = channel
    self.limits = limits
    self.role = role
    try channel.pipeline.syncOperations.addHandler(handler)
  }

  /// Waits for messages; returns all that are there, and nothing once there will be no more.
  package func receive() async -> [WebSocketMessage] {
    await withCheckedContinuation { continuation in
      let (ready, releasesReads) = state.withLock {
        (state: inout ConnectionState) -> ([WebSocketMessage]?, Bool) in
        if state.inbox.isEmpty, !state.isInputOver {
          state.receiver = continuation
          return (nil, false)
        }
        let ready = state.takeInbox()
        return (ready, state.releasesReads(limits, role))
      }
      guard let ready else { return }
      if ready.isEmpty { onLoop { $0.inboxIsDone() } }
      if releasesReads { onLoop { $0.readOn() } }
      continuation.resume(returning: ready)
    }
  }

  /// Queues a text message, which must be UTF-8. Never waits; does nothing once the connection is closed.
  package func send(text: [UInt8]) { send(.text(text)) }

  /// Queues a message. Never waits; does nothing once the connection is closed.
  package func send(_ message: WebSocketMessage) {
    enum Next { case nothing, flush, overflow }
    let next = state.withLock { (state: inout ConnectionState) -> Next in
      guard state.isOutputOpen else { return .nothing }
      if state.waiting > limits.outbound {
        state.isOutputOpen = false
        state.outbox = []
        return .overflow
      }
      state.outbox.append(message)
      state.waiting += message.weight
      // Under the lock, so that it cannot come behind the `resume` that belongs to it.
      if role == .server, state.waiting > limits.outboundPause { executor.pause() }
      guard !state.isFlushScheduled else { return .nothing }
      state.isFlushScheduled = true
      return .flush
    }
    switch next {
    case .nothing: break
    // Not at once, even on the loop: what is ready to run may send as well, and all of it goes out
    // together.
    case .flush: executor.eventLoop.execute { [handler] in handler.value.flush() }
    case .overflow: onLoop { $0.abandon(.tryAgainLater, "too much is unread") }
    }
  }

  /// Makes `receive` return nothing from now on, and drops what else comes. What was sent still goes out.
  package func stopReceiving() {
    let (receiver, releasesReads) = state.withLock {
      (state: inout ConnectionState)
        -> (CheckedContinuation<[WebSocketMessage], Never>?, Bool) in
      state.isInputOver = true
      _ = state.takeInbox()
      defer { state.receiver = nil }
      return (state.receiver, state.releasesReads(limits, role))
    }
    receiver?.resume(returning: [])
    onLoop {
      $0.inboxIsDone()
      if releasesReads { $0.readOn() }
    }
  }

  /// Begins the close handshake behind what was sent; does nothing when it has begun already.
  /// - Parameter reason: at most 123 bytes of it go out.
  package func close(_ code: WebSocketCloseCode = .normal, reason: String = "") {
    state.withLock { $0.isOutputOpen = false }
    onLoop { $0.beginClosing(code, reason) }
  }

  /// Waits until the connection is closed.
  package func closed() async { try? await channel.closeFuture.get() }

  /// Whether nothing that is sent can arrive any more.
  package var isPeerGone: Bool { state.withLock { !$0.isOutputOpen } }

  /// How the connection ended or is ending; `nil` while it is in use.
  package var closing: WebSocketClosing? { state.withLock { $0.closing } }

  /// The code the connection ended with; `nil` while it is in use.
  package var closeCode: WebSocketCloseCode? { closing?.code }

  /// Calls this, once, when the server's listener asks its connections to end; at once when it has
  /// asked already. The owner then finishes its work and closes with 1001.
  package func onQuiesce(_ body: @escaping @Sendable () -> Void) {
    let isQuiescing = state.withLock { (state: inout ConnectionState) -> Bool in
      if !state.isQuiescing { state.onQuiesce = body }
      return state.isQuiescing
    }
    if isQuiescing { body() }
  }

  private func onLoop(_ body: @escaping @Sendable (WebSocketHandler) -> Void) {
    if executor.eventLoop.inEventLoop {
      body(handler.value)
    } else {
      executor.eventLoop.execute { [handler] in body(handler.value) }
    }
  }
}
