import JSONRPC
import NIOCore
import NIOWebSocket

/// How far the end of a connection has come.
struct EndingPhase {
  /// Our close frame, while it waits.
  enum CloseFrame {
    /// For the session to take what came before the end.
    case afterInbox(WebSocketCloseCode?, String)
    /// For what was sent before it to be written.
    case afterOutgoing(WebSocketCloseCode?, String)
  }

  var frame: CloseFrame?
  /// Nothing more is taken from the peer but its close frame.
  var isDeaf = false
  /// Not even that can be read.
  var isDecoderDead = false
  var isCloseSent = false
  /// Whether the system has taken our close frame.
  var isCloseWritten = false
  var isCloseReceived = false
  var isFinished = false
}

extension WebSocketHandler {
  /// The peer begins the close handshake. It is answered once the session has taken what came before.
  func peerCloses(_ code: WebSocketCloseCode?, _ reason: String) {
    ending.isDeaf = true
    ending.isCloseReceived = true
    note(WebSocketClosing(code ?? .noCode, reason, isByPeer: true))
    if ending.isCloseSent { return closeChannel() }
    if ending.frame == nil { ending.frame = .afterInbox(code, "") }
    deliver(isLast: true)
  }

  /// The peer's close frame, after it broke the rules or was told to go.
  func peerHasClosed() {
    guard !ending.isCloseReceived else { return }
    ending.isCloseReceived = true
    if ending.isCloseSent { closeChannel() }
  }

  /// The peer broke a rule. It is told so once the session has taken what came before.
  func refuse(_ violation: MessageAssembler.Violation) {
    guard !ending.isDeaf else { return }
    ending.isDeaf = true
    note(WebSocketClosing(violation.code, violation.reason, isByPeer: false))
    if ending.frame == nil, !ending.isCloseSent {
      ending.frame = .afterInbox(violation.code, violation.reason)
    }
    deliver(isLast: true)
  }

  /// The session has taken everything that came before the end, and what it had to answer at once has
  /// been sent.
  func inboxIsDone() {
    guard case .afterInbox(let code, let reason) = ending.frame else { return }
    closeOutput(with: .afterOutgoing(code, reason))
  }

  /// A session that does not receive any more must not keep the connection open.
  func waitForInbox() { startEndTimer { $0.inboxIsDone() } }

  /// Closes from our side, behind what was sent.
  func beginClosing(_ code: WebSocketCloseCode, _ reason: String) {
    if case .afterOutgoing = ending.frame { return }
    guard !ending.isCloseSent else { return }
    note(WebSocketClosing(code, reason, isByPeer: false))
    closeOutput(with: .afterOutgoing(code, reason))
  }

  /// Gives the peer up: nothing that waits goes out any more.
  func abandon(_ code: WebSocketCloseCode, _ reason: String) {
    guard !ending.isFinished else { return }
    guard !ending.isCloseSent else { return closeNow() }
    note(WebSocketClosing(code, reason, isByPeer: false))
    outgoing = []
    let receiver = state.withLock {
      (state: inout ConnectionState) -> CheckedContinuation<[WebSocketMessage], Never>? in
      state.outbox = []
      state.isInputOver = true
      _ = state.takeInbox()
      defer { state.receiver = nil }
      return state.receiver
    }
    receiver?.resume(returning: [])
    ending.isDeaf = true
    closeOutput(with: .afterOutgoing(code, reason))
    // Not even the channel has room: its buffers are all that goes out before the close frame.
    writeCloseFrame(isForced: true)
  }

  private func closeOutput(with frame: EndingPhase.CloseFrame) {
    guard !ending.isCloseSent else { return }
    state.withLock { $0.isOutputOpen = false }
    ending.frame = frame
    // The session may be waiting behind its own output to learn that it is over.
    executor.resume()
    flush()
  }

  /// Writes our close frame when its time has come.
  func writeCloseFrame(isForced: Bool = false) {
    guard let context, case .afterOutgoing(let code, let reason) = ending.frame,
      outgoing.isEmpty, isForced || context.channel.isWritable
    else { return }
    ending.frame = nil
    ending.isCloseSent = true
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in self.closeFrameIsWritten() }
    startEndTimer { $0.closeNow() }
    writeControl(.connectionClose, Self.payload(code, reason), promise: written)
    // From now on everything that comes is dropped, but has to be read.
    let isHeld = state.withLock { (state: inout ConnectionState) -> Bool in
      state.isInputOver = true
      return state.releasesReads(limits, role)
    }
    if isHeld { readOn() }
  }

  private func closeFrameIsWritten() {
    ending.isCloseWritten = true
    if ending.isCloseReceived {
      closeChannel()
    } else if ending.isDecoderDead {
      // Its answer could not be read; the end of what it sends can.
      context?.close(mode: .output, promise: nil)
    }
  }

  /// Both close frames are there. The server ends the TCP connection first (RFC 6455, section 7.1.1).
  private func closeChannel() {
    if role == .server, ending.isCloseWritten { closeNow() }
  }

  private func closeNow() { context?.close(promise: nil) }

  /// A close frame holds 125 bytes, two of them the code; its reason is cut between characters.
  private static func payload(_ code: WebSocketCloseCode?, _ reason: String) -> [UInt8] {
    guard let code else { return [] }
    var payload = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)]
    for scalar in reason.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      guard payload.count + bytes.count <= 125 else { break }
      payload += bytes
    }
    return payload
  }

  private func note(_ closing: WebSocketClosing) {
    state.withLock { (state: inout ConnectionState) in
      if state.closing == nil { state.closing = closing }
    }
  }

  private func startEndTimer(_ body: @escaping (WebSocketHandler) -> Void) {
    guard let context else { return }
    endTimer?.cancel()
    endTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.closePatience))
    {
      body(self)
    }
  }

  /// The channel is closed.
  func finish() {
    guard !ending.isFinished else { return }
    ending.isFinished = true
    ending.isDeaf = true
    for timer in [pingTimer, stallTimer, endTimer] { timer?.cancel() }
    outgoing = []
    note(WebSocketClosing(.lost, "", isByPeer: true))
    state.withLock { (state: inout ConnectionState) in
      state.isOutputOpen = false
      state.outbox = []
      state.onQuiesce = nil
    }
    executor.resume()
    deliver(isLast: true)
    endTimer?.cancel()
  }
}
