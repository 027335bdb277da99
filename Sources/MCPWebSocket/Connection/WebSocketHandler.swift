import JSONRPC
import NIOCore
import NIOWebSocket

/// The part of a connection that lives on its event loop: takes and writes frames, keeps the peer alive
/// and ends the connection.
///
/// Messages of one burst of reading are handed over together, when the channel says that the burst is
/// over.
final class WebSocketHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = Never
  typealias OutboundOut = WebSocketFrame

  let role: WebSocketRole
  let limits: WebSocketLimits
  let state: Locked<ConnectionState>
  let executor: EventLoopExecutor
  var context: ChannelHandlerContext?
  private var assembler: MessageAssembler
  /// What this burst brought.
  private var arrived: [WebSocketMessage] = []

  /// What was taken out of the outbox and waits for room in the channel.
  var outgoing: ArraySlice<WebSocketMessage> = []
  var isFlushing = false
  /// What was written since the last message whose completion is waited for, in bytes.
  var uncounted = 0
  /// The last ping that could not be answered yet; earlier ones need no answer any more.
  var unansweredPing: [UInt8]?

  var keepalive = Keepalive()
  var pingTimer: Scheduled<Void>?
  var stall = StallWatch()
  var stallTimer: Scheduled<Void>?

  var ending = EndingPhase()
  var endTimer: Scheduled<Void>?

  init(
    role: WebSocketRole, limits: WebSocketLimits, state: Locked<ConnectionState>,
    executor: EventLoopExecutor
  ) {
    self.role = role
    self.limits = limits
    self.state = state
    self.executor = executor
    self.assembler = MessageAssembler(
      role: role, limit: limits.message, takesBinary: limits.takesBinary)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    // Short messages go out many at a time; the default has room for few.
    try? context.channel.syncOptions?.setOption(
      .writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
    schedulePing()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    finish()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = Self.unwrapInboundIn(data)
    guard !ending.isDeaf else {
      if frame.opcode == .connectionClose { peerHasClosed() }
      return
    }
    do {
      switch try assembler.take(frame) {
      case .message(let message): arrived.append(message)
      case .ping(let payload): answer(payload)
      case .pong(let payload): keepalive.hear(payload)
      case .close(let code, let reason): peerCloses(code, reason)
      case nil: break
      }
    } catch {
      refuse(error)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    deliver()
    context.fireChannelReadComplete()
  }

  /// Hands over what has arrived.
  /// - Parameter isLast: whether nothing comes after it.
  func deliver(isLast: Bool = false) {
    guard isLast || !arrived.isEmpty else { return }
    let fresh = arrived
    arrived = []
    let (receiver, ready, isDone) = state.withLock {
      (state: inout ConnectionState)
        -> (CheckedContinuation<[WebSocketMessage], Never>?, [WebSocketMessage], Bool) in
      if !state.isInputOver {
        state.inbox += fresh
        for message in fresh { state.inboxWeight += message.weight }
      }
      if isLast { state.isInputOver = true }
      guard let receiver = state.receiver, !state.inbox.isEmpty || isLast else {
        return (nil, [], isLast && state.inbox.isEmpty)
      }
      state.receiver = nil
      let ready = state.takeInbox()
      return (receiver, ready, ready.isEmpty)
    }
    receiver?.resume(returning: ready)
    if isLast {
      if isDone { inboxIsDone() } else { waitForInbox() }
    }
  }

  func read(context: ChannelHandlerContext) {
    let isHeld = state.withLock { (state: inout ConnectionState) -> Bool in
      state.isReadHeld = state.mustHoldReads(limits, role)
      return state.isReadHeld
    }
    keepalive.isListening = !isHeld
    if !isHeld { context.read() }
  }

  /// Goes on reading after it was held.
  func readOn() {
    keepalive.isListening = true
    context?.read()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { flush() }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      let callback = state.withLock { (state: inout ConnectionState) -> (@Sendable () -> Void)? in
        state.isQuiescing = true
        defer { state.onQuiesce = nil }
        return state.onQuiesce
      }
      callback?()
    }
    // A peer that only closes the stream is gone: what it said before is a close frame, or it lost its way.
    if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case let error as NIOWebSocketError:
      ending.isDecoderDead = true
      refuse(MessageAssembler.violation(for: error, limit: limits.message))
    // What a peer sends behind what broke the decoder.
    case is ByteToMessageDecoderError where ending.isDecoderDead: break
    default: context.close(promise: nil)
    }
  }
}
