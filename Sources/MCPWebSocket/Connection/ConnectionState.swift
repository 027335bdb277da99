import JSONRPC

/// What the handler on the event loop and the callers on any thread share, behind a lock.
struct ConnectionState {
  /// What arrived and waits to be received.
  var inbox: [WebSocketMessage] = []
  /// What the inbox weighs, in bytes.
  var inboxWeight = 0
  var receiver: CheckedContinuation<[WebSocketMessage], Never>?
  /// Nothing comes after what is in the inbox.
  var isInputOver = false
  /// Whether the loop wanted to read and was told to wait.
  var isReadHeld = false

  /// What waits for the event loop.
  var outbox: [WebSocketMessage] = []
  /// What was sent and has not been taken by the system yet, in bytes.
  var waiting = 0
  var isFlushScheduled = false
  /// Whether what is sent can still go out.
  var isOutputOpen = true

  /// How the connection ends; `nil` while it is in use.
  var closing: WebSocketClosing?
  var isQuiescing = false
  var onQuiesce: (@Sendable () -> Void)?

  /// Takes all that has arrived.
  mutating func takeInbox() -> [WebSocketMessage] {
    defer {
      inbox = []
      inboxWeight = 0
    }
    return inbox
  }

  /// Whether nothing is to be read from the peer at present. The client's end never waits with reading
  /// for its own output: both ends would wait for each other.
  func mustHoldReads(_ limits: WebSocketLimits, _ role: WebSocketRole) -> Bool {
    guard !isInputOver else { return false }
    return inboxWeight > limits.inboxPause
      || (role == .server && waiting > limits.outboundPause)
  }

  /// Whether reads that were held may go on now; takes note that they do.
  mutating func releasesReads(_ limits: WebSocketLimits, _ role: WebSocketRole) -> Bool {
    guard isReadHeld, !mustHoldReads(limits, role) else { return false }
    isReadHeld = false
    return true
  }
}

extension WebSocketMessage {
  /// What a message counts against the bounds: its bytes, and what keeping it costs.
  var weight: Int { bytes.count + 64 }
}
