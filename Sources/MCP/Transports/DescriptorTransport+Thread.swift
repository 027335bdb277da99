import Glibc
import JSONRPC

extension DescriptorTransport {
  /// The body of the connection's thread.
  func runThread() {
    let readSize = 65536
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readSize, alignment: 16)
    defer { buffer.deallocate() }
    var splitter = LineSplitter(limit: limits.line)
    var outgoing = Outgoing()
    var ready: ArraySlice<UnownedJob> = []
    while true {
      runJobs(&ready, &outgoing)
      flush(&outgoing)
      guard let wish = nextWish(outgoing, hasReadyJobs: !ready.isEmpty) else { break }
      let inputEvents = Self.peerClosed | (wish.reads ? Int16(POLLIN) : 0)
      var descriptors = [
        pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wish.reads || wish.watches ? input : -1, events: inputEvents, revents: 0),
        pollfd(fd: outgoing.isBlocked ? output.descriptor : -1, events: Int16(POLLOUT), revents: 0),
      ]
      let count = poll(&descriptors, nfds_t(descriptors.count), wish.timeout)
      state.withLock { $0.isPolling = false }
      if count == 0, let limit = wish.givesUpAt, ContinuousClock.now >= limit {
        outgoing.completeFrame(on: output)
        breakOutput()
      }
      if descriptors[0].revents != 0 {
        // What wakes is only that something came, not how often.
        while Glibc.read(wakeReader, buffer.baseAddress, readSize) > 0 {}
      }
      if descriptors[1].revents != 0 {
        noteEnd(descriptors[1].revents)
        if wish.reads { readInput(into: buffer, &splitter) }
      }
    }
    closeDescriptors()
  }

  /// POLLRDHUP: what POLLHUP is for a pipe, for a socket whose peer has closed one direction.
  private static let peerClosed: Int16 = 0x2000

  /// Takes note when the peer has closed its end, however much of what it sent is still to be read: the
  /// time that it has for taking what waits begins.
  private func noteEnd(_ events: Int16) {
    guard events & (Int16(POLLHUP | POLLERR | POLLNVAL) | Self.peerClosed) != 0 else { return }
    state.withLock { (state: inout State) in if state.endedAt == nil { state.endedAt = .now } }
  }

  /// How long jobs run before the thread looks for input again: work that keeps making more work must
  /// not keep a cancellation waiting.
  private static let turn = Duration.microseconds(500)

  /// Runs what is ready, and what that makes ready, for one turn; not while too much waits to be
  /// written: a peer that does not read holds up the work for itself.
  private func runJobs(_ ready: inout ArraySlice<UnownedJob>, _ outgoing: inout Outgoing) {
    let end = ContinuousClock.now + Self.turn
    while !isCongested(&outgoing) {
      if ready.isEmpty {
        ready = state.withLock { (state: inout State) -> ArraySlice<UnownedJob> in
          defer { state.jobs = [] }
          return state.jobs[...]
        }
      }
      guard let job = ready.popFirst() else { return }
      job.runSynchronously(on: asUnownedTaskExecutor())
      if ContinuousClock.now >= end { return }
    }
  }

  /// Whether more waits to be written than may, after what the peer takes now has been written.
  private func isCongested(_ outgoing: inout Outgoing) -> Bool {
    for attempt in 0..<2 {
      let waiting = outgoing.count + state.withLock { $0.outbound.count }
      guard waiting > limits.outboundPause else { return false }
      if attempt == 0 { flush(&outgoing) }
    }
    return true
  }

  /// Writes as much as the peer takes.
  private func flush(_ outgoing: inout Outgoing) {
    while true {
      let isEmpty = outgoing.isEmpty
      let (fresh, isBroken) = state.withLock { (state: inout State) -> ([UInt8], Bool) in
        guard isEmpty else { return ([], state.isOutputBroken) }
        defer { state.outbound = [] }
        return (state.outbound, state.isOutputBroken)
      }
      if isBroken {
        outgoing = Outgoing()
        return breakOutput()
      }
      if !fresh.isEmpty { outgoing = Outgoing(bytes: fresh) }
      guard !outgoing.isEmpty else { return }
      switch outgoing.write(to: output) {
      case .done: outgoing = Outgoing()
      case .blocked: return
      case .broken: return breakOutput()
      }
    }
  }

  /// What the thread should wait for.
  struct Wish {
    /// How long to wait, in milliseconds; −1 for ever.
    let timeout: Int32
    let reads: Bool
    /// Whether the end of the input is to be noticed though nothing is read.
    let watches: Bool
    /// When the peer counts as gone; `nil` while nothing holds it up.
    let givesUpAt: ContinuousClock.Instant?
  }

  /// Decides what to wait for; `nil` when the connection has been closed. Takes note that the thread
  /// waits, so that whoever brings work from now on wakes it.
  private func nextWish(_ outgoing: Outgoing, hasReadyJobs: Bool) -> Wish? {
    let pause = limits.outboundPause
    let (wish, closer) = state.withLock {
      (state: inout State) -> (Wish?, CheckedContinuation<Void, Never>?) in
      let isPaused = outgoing.count + state.outbound.count > pause
      let hasJobs = hasReadyJobs || !state.jobs.isEmpty
      let hasWork =
        (hasJobs && !(isPaused && outgoing.isBlocked))
        || (!state.outbound.isEmpty && outgoing.isEmpty)
      let isFlushed = outgoing.isEmpty && state.outbound.isEmpty
      if state.isClosing, !hasJobs, !hasWork, isFlushed || state.isOutputBroken {
        state.isStopped = true
        defer { state.closer = nil }
        return (nil, state.closer)
      }
      state.isPolling = !hasWork
      state.givesUpAt = outgoing.limit(limits, endedAt: state.endedAt)
      let wish = Wish(
        timeout: hasWork ? 0 : Self.milliseconds(until: state.givesUpAt),
        reads: state.receiver != nil && !state.isInputEnded && !isPaused,
        watches: state.endedAt == nil, givesUpAt: state.givesUpAt)
      return (wish, nil)
    }
    closer?.resume()
    return wish
  }

  private static func milliseconds(until time: ContinuousClock.Instant?) -> Int32 {
    guard let time else { return -1 }
    return Int32(clamping: max(0, (time - .now).wholeMilliseconds + 1))
  }

  private func readInput(
    into buffer: UnsafeMutableRawBufferPointer, _ splitter: inout LineSplitter
  ) {
    let count = Glibc.read(input, buffer.baseAddress, buffer.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    var frames: [Frame] = []
    let take: (LineSplitter.Line) -> Void = { line in
      switch line {
      case .complete(let bytes): frames.append(.message(bytes))
      case .tooLong: frames.append(.tooLong)
      }
    }
    if count > 0 {
      splitter.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]), take)
    } else {
      splitter.finish(take)
    }
    deliver(frames, isEnd: count <= 0)
  }

  private func deliver(_ frames: [Frame], isEnd: Bool) {
    let receiver = state.withLock { (state: inout State) -> CheckedContinuation<[Frame], Never>? in
      if isEnd {
        state.isInputEnded = true
        if state.endedAt == nil { state.endedAt = .now }
      }
      guard !frames.isEmpty || isEnd else { return nil }
      defer { state.receiver = nil }
      return state.receiver
    }
    receiver?.resume(returning: frames)
  }

  /// The peer reads no more: there is nobody left to serve.
  private func breakOutput() {
    state.withLock { (state: inout State) in
      state.isOutputBroken = true
      state.outbound = []
    }
    stopReceiving()
  }
}

/// Bytes on their way out.
private struct Outgoing {
  private let bytes: [UInt8]
  private var written = 0
  /// Since when the peer has taken nothing; `nil` while it takes what it is given.
  private var blockedSince: ContinuousClock.Instant?

  init(bytes: [UInt8] = []) { self.bytes = bytes }

  var isEmpty: Bool { bytes.isEmpty }
  var count: Int { bytes.count - written }
  var isBlocked: Bool { blockedSince != nil }

  enum Outcome {
    case done, blocked, broken
  }

  mutating func write(to output: OutputDescriptor) -> Outcome {
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        output.write(UnsafeRawBufferPointer(rebasing: $0[written...]))
      }
      if count > 0 {
        written += count
        blockedSince = nil
      } else if count < 0, errno == EINTR {
        continue
      } else if count < 0, errno == EAGAIN {
        if blockedSince == nil { blockedSince = .now }
        return .blocked
      } else {
        return .broken
      }
    }
    return .done
  }

  /// When a peer that takes nothing until then counts as gone; `nil` while nothing holds it up. Each
  /// byte it takes gives it more time.
  func limit(
    _ limits: DescriptorTransport.Limits, endedAt: ContinuousClock.Instant?
  ) -> ContinuousClock.Instant? {
    guard let blockedSince else { return nil }
    guard let endedAt else { return blockedSince + limits.writePatience }
    let patient = max(endedAt + limits.endGrace, blockedSince + limits.closePatience)
    return min(patient, endedAt + limits.endLimit)
  }

  /// Writes the rest of a frame that has been begun, as far as that needs no waiting: the last thing a
  /// peer that is given up finds is not half a message.
  mutating func completeFrame(on output: OutputDescriptor) {
    let rest = bytes[written...]
    guard written > 0, bytes[written - 1] != 0x0A, let end = rest.firstIndex(of: 0x0A) else {
      return
    }
    output.makeRoom(for: end + 1 - written)
    while written <= end {
      let count = bytes.withUnsafeBytes {
        output.write(UnsafeRawBufferPointer(rebasing: $0[written...end]))
      }
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        return
      }
    }
  }
}
