import JSONRPC
import NIOCore
import NIOWebSocket

extension WebSocketHandler {
  /// How much is written before the channel is flushed.
  private static let chunk = 64 << 10
  /// Room for a frame's header in front of its bytes, so that both go out in one piece.
  private static let headerRoom = 14

  /// Writes what waits, as far as the channel has room; goes on by itself when it has room again.
  func flush() {
    guard let context, !isFlushing else { return }
    isFlushing = true
    answerLatePing()
    while context.channel.isWritable, refill() {
      var isCounted = false
      while !isCounted, context.channel.isWritable, let message = outgoing.popFirst() {
        uncounted += message.weight
        isCounted = outgoing.isEmpty || uncounted >= Self.chunk
        write(message, context, isCounted: isCounted)
      }
      context.flush()
    }
    isFlushing = false
    writeCloseFrame()
    watchForStall()
  }

  /// Takes more out of the outbox when nothing is left.
  /// - Returns: whether there is something to write. If not, the next `send` schedules a flush.
  private func refill() -> Bool {
    guard outgoing.isEmpty else { return true }
    outgoing = state.withLock { (state: inout ConnectionState) -> ArraySlice<WebSocketMessage> in
      if state.outbox.isEmpty { state.isFlushScheduled = false }
      defer { state.outbox = [] }
      return state.outbox[...]
    }
    return !outgoing.isEmpty
  }

  /// - Parameter isCounted: whether to take note when the system has taken it, and all since the last
  ///   one that was.
  private func write(
    _ message: WebSocketMessage, _ context: ChannelHandlerContext, isCounted: Bool
  ) {
    var promise: EventLoopPromise<Void>?
    if isCounted {
      let weight = uncounted
      uncounted = 0
      let completion = context.eventLoop.makePromise(of: Void.self)
      completion.futureResult.assumeIsolated().whenComplete { _ in self.hasWritten(weight) }
      promise = completion
    }
    switch message {
    case .text(let bytes): write(.text, bytes, context, promise)
    case .binary(let bytes): write(.binary, bytes, context, promise)
    }
  }

  private func write(
    _ opcode: WebSocketOpcode, _ bytes: [UInt8], _ context: ChannelHandlerContext,
    _ promise: EventLoopPromise<Void>?
  ) {
    var buffer = context.channel.allocator.buffer(capacity: Self.headerRoom + bytes.count)
    buffer.moveWriterIndex(to: Self.headerRoom)
    buffer.moveReaderIndex(to: Self.headerRoom)
    buffer.writeBytes(bytes)
    let key = role == .client ? WebSocketMaskingKey.random() : nil
    let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: key, data: buffer)
    context.write(Self.wrapOutboundOut(frame), promise: promise)
  }

  /// The system has taken this much.
  private func hasWritten(_ weight: Int) {
    stall.progress()
    let releasesReads = state.withLock { (state: inout ConnectionState) -> Bool in
      state.waiting -= weight
      if state.waiting <= limits.outboundPause { executor.resume() }
      return state.releasesReads(limits, role)
    }
    if releasesReads { readOn() }
  }

  /// Writes a control frame at once, in front of the messages that wait.
  func writeControl(
    _ opcode: WebSocketOpcode, _ bytes: [UInt8], promise: EventLoopPromise<Void>? = nil
  ) {
    guard let context else { return }
    write(opcode, bytes, context, promise)
    context.flush()
  }

  /// Answers a ping, however busy the session is.
  func answer(_ ping: [UInt8]) {
    guard let context, !ending.isCloseSent else { return }
    // A peer that pings and does not read gets the last answer only: the others would pile up.
    guard context.channel.isWritable else {
      unansweredPing = ping
      return
    }
    writeControl(.pong, ping)
  }

  private func answerLatePing() {
    guard let ping = unansweredPing, context?.channel.isWritable == true else { return }
    unansweredPing = nil
    answer(ping)
  }
}

/// Tells a peer that takes what it is sent, if slowly, from one that takes nothing.
struct StallWatch {
  private var lastProgress = ContinuousClock.now
  private var lastBuffered = Int.max

  mutating func begin(buffered: Int) {
    lastProgress = .now
    lastBuffered = buffered
  }

  mutating func progress() { lastProgress = .now }

  /// - Parameter buffered: how many bytes wait in the channel.
  /// - Returns: for how long nothing has been taken.
  mutating func check(buffered: Int) -> Duration {
    if buffered < lastBuffered { lastProgress = .now }
    lastBuffered = buffered
    return .now - lastProgress
  }
}

extension WebSocketHandler {
  private var isWaiting: Bool { state.withLock { $0.waiting > 0 } }

  /// How many bytes the channel holds. What the session sends meanwhile waits outside of it, so the
  /// number only falls while the channel is full and the peer takes something.
  private var buffered: Int {
    guard let options = context?.channel.syncOptions else { return 0 }
    return (try? options.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// Looks now and then whether the peer takes what waits, for as long as something waits.
  func watchForStall() {
    guard stallTimer == nil, isWaiting else { return }
    stall.begin(buffered: buffered)
    scheduleStallCheck()
  }

  private func scheduleStallCheck() {
    guard let context else { return }
    let interval = TimeAmount(limits.writePatience / 4)
    stallTimer = context.eventLoop.assumeIsolated().scheduleTask(in: interval) {
      self.stallTimer = nil
      guard self.isWaiting else { return }
      if self.stall.check(buffered: self.buffered) >= self.limits.writePatience {
        self.abandon(.policyViolation, "nothing was read for too long")
      } else {
        self.scheduleStallCheck()
      }
    }
  }
}
