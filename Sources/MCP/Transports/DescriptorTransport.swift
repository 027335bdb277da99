import Glibc
import JSONRPC

/// JSON-RPC over a pair of file descriptors, one message per line: stdio, pipes, sockets, files.
///
/// One thread owns the connection and is at the same time the executor of the session's tasks: it waits
/// with `poll` for input, for room to write and for a wake-up, hands new lines to whoever receives,
/// runs the tasks that are ready, writes what they sent in one go, and waits again. A request that
/// needs no waiting is read, served and answered without a change of thread.
package final class DescriptorTransport: Transport, TaskExecutor {
  /// The bounds of a connection.
  package struct Limits: Sendable {
    /// The longest line, in bytes.
    package var line = 4 << 20
    /// With more than this waiting to be written, no more is read and no more work is done. It bounds
    /// what is held for a peer: one message may be longer, and only time tells whether a peer is gone.
    package var outboundPause = 16 << 20
    /// How long a peer may take no byte of what waits to be written before it counts as gone.
    package var writePatience = Duration.seconds(30)
    /// The same once the input has ended.
    package var closePatience = Duration.seconds(1)
    /// How long after the end of the input a peer may begin to take what waits. Clients wait 2 s between
    /// closing our input and SIGTERM.
    package var endGrace = Duration.milliseconds(1700)
    /// How long after the end of the input even a peer that takes something all the time is served.
    package var endLimit = Duration.seconds(120)

    /// The bounds that hold unless configured otherwise.
    package init() {}
  }

  struct State {
    var jobs: [UnownedJob] = []
    var outbound: [UInt8] = []
    var receiver: CheckedContinuation<[Frame], Never>?
    var closer: CheckedContinuation<Void, Never>?
    var isPolling = false
    var isInputEnded = false
    /// When it became known that nothing more will come, though some of it may wait to be read.
    var endedAt: ContinuousClock.Instant?
    /// When the peer counts as gone if it takes nothing until then; `nil` while nothing holds it up.
    var givesUpAt: ContinuousClock.Instant?
    var isOutputBroken = false
    var isClosing = false
    var isStopped = false
  }

  let limits: Limits
  let input: Int32
  let output: OutputDescriptor
  let wakeReader: Int32
  private let wakeWriter: Int32
  let state = Locked(State())

  /// Takes over two descriptors, which are closed with the connection, and starts the thread.
  /// - Throws: `DescriptorError` when the system has no pipe or thread left.
  package init(
    input: Int32, output: Int32, limits: Limits = Limits()
  ) throws(DescriptorError) {
    let pipe = try Pipe()
    for end in [pipe.reader, pipe.writer] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    self.limits = limits
    self.input = input
    self.output = OutputDescriptor(taking: output)
    self.wakeReader = pipe.reader
    self.wakeWriter = pipe.writer
    try startThread()
  }

  private func startThread() throws(DescriptorError) {
    var thread = pthread_t()
    // The thread keeps the transport alive until it ends.
    let box = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<DescriptorTransport>.fromOpaque(argument).takeRetainedValue().runThread()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      throw DescriptorError("pthread_create", code)
    }
    pthread_detach(thread)
  }

  package var executor: (any TaskExecutor)? { self }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isLate = state.withLock { (state: inout State) -> Bool in
      if state.isStopped { return true }
      state.jobs.append(job)
      wake(&state)
      return false
    }
    // Tasks may outlive the connection, by a few steps.
    if isLate { globalConcurrentExecutor.enqueue(job) }
  }

  package func receive() async -> [Frame] {
    await withCheckedContinuation { continuation in
      let isEnded = state.withLock { (state: inout State) -> Bool in
        if state.isInputEnded { return true }
        state.receiver = continuation
        wake(&state)
        return false
      }
      if isEnded { continuation.resume(returning: []) }
    }
  }

  package func send(_ message: [UInt8]) {
    state.withLock { (state: inout State) in
      guard !state.isOutputBroken, !state.isStopped else { return }
      state.outbound += message
      state.outbound.append(0x0A)
      wake(&state)
    }
  }

  package var isPeerGone: Bool { state.withLock { $0.isOutputBroken || $0.isStopped } }

  /// Whether the peer still takes, or may still begin to take, what waits to be written.
  package var isDelivering: Bool {
    state.withLock { (state: inout State) -> Bool in
      guard let limit = state.givesUpAt else { return false }
      return !state.isStopped && !state.isOutputBroken && ContinuousClock.now < limit
    }
  }

  package func stopReceiving() {
    let receiver = state.withLock { (state: inout State) in
      state.isInputEnded = true
      if state.endedAt == nil { state.endedAt = .now }
      // The thread may be waiting for as long as a peer that goes on sending is given.
      wake(&state)
      defer { state.receiver = nil }
      return state.receiver
    }
    receiver?.resume(returning: [])
  }

  package func close() async {
    stopReceiving()
    await withCheckedContinuation { continuation in
      let isClosed = state.withLock { (state: inout State) -> Bool in
        if state.isStopped || state.isClosing { return true }
        state.isClosing = true
        state.closer = continuation
        wake(&state)
        return false
      }
      if isClosed { continuation.resume() }
    }
  }

  /// Wakes the thread if it waits. The lock is held meanwhile, so that the thread cannot end and close
  /// the descriptor, whose number might name another file a moment later.
  private func wake(_ state: inout State) {
    guard state.isPolling else { return }
    state.isPolling = false
    var byte: UInt8 = 1
    // A full pipe wakes as well.
    _ = Glibc.write(wakeWriter, &byte, 1)
  }

  func closeDescriptors() {
    Glibc.close(wakeReader)
    Glibc.close(wakeWriter)
    Glibc.close(input)
    output.close()
  }
}

/// The system refused a descriptor or a thread.
package struct DescriptorError: Error, Sendable, CustomStringConvertible {
  /// What was asked of the system.
  package let call: String
  /// The system's error number.
  package let code: Int32

  init(_ call: String, _ code: Int32) {
    self.call = call
    self.code = code
  }

  package var description: String { "\(call): \(String(cString: strerror(code)))" }
}
