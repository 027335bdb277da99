import JSONRPC
import MCP

/// A session of the legacy era: many exchanges, and a stream for what belongs to none of them. It
/// outlives connections; the client names it with every request.
final class HTTPSession: Transport {
  /// How much a session keeps for clients that come back.
  struct Limits: Sendable {
    /// How many streams that have ended are kept.
    var finishedStreams = 32
    /// How many bytes of events all streams keep.
    var bytes = 8 << 20
  }

  private struct State {
    var frames: [Frame] = []
    var waiter: CheckedContinuation<[Frame], Never>?
    var isEnded = false
    var lastStream = 0
    var streams: [Int: EventStream] = [:]
    var open = 0
    var uses = 0
    var lastUsed: ContinuousClock.Instant
  }

  /// What the client names it by.
  let id: String
  /// Who opened it; nobody else can use it, or learn that it exists.
  let principal: Principal
  let executor: (any TaskExecutor)?
  /// What belongs to no exchange.
  let standalone: EventStream
  private let limits: Limits
  private let state: Locked<State>

  init(
    id: String, principal: Principal, on executor: (any TaskExecutor)?,
    now: ContinuousClock.Instant, limits: Limits = Limits()
  ) {
    self.id = id
    self.principal = principal
    self.executor = executor
    self.limits = limits
    standalone = EventStream(
      number: 0, keepsHistory: true, limits: .init(events: 256, bytes: 1 << 20))
    state = Locked(State(lastUsed: now))
  }

  /// Hands an exchange to the session.
  /// - Returns: whether the session still takes any.
  func submit(_ exchange: HTTPExchange) -> Bool {
    let (waiter, isTaken) = state.withLock {
      (state: inout State) -> (CheckedContinuation<[Frame], Never>?, Bool) in
      guard !state.isEnded else { return (nil, false) }
      guard let waiter = state.waiter else {
        state.frames.append(.exchange(exchange))
        return (nil, true)
      }
      state.waiter = nil
      return (waiter, true)
    }
    waiter?.resume(returning: [.exchange(exchange)])
    return isTaken
  }

  func receive() async -> [Frame] {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { (state: inout State) -> [Frame]? in
        if state.frames.isEmpty, !state.isEnded {
          state.waiter = continuation
          return nil
        }
        defer { state.frames = [] }
        return state.frames
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  func send(_ message: [UInt8]) { standalone.append(message) }

  /// A client whose connections are all gone may come back.
  var isPeerGone: Bool { false }

  func stopReceiving() {
    let (waiter, frames) = state.withLock {
      (state: inout State) -> (CheckedContinuation<[Frame], Never>?, [Frame]) in
      state.isEnded = true
      guard let waiter = state.waiter else { return (nil, []) }
      state.waiter = nil
      defer { state.frames = [] }
      return (waiter, state.frames)
    }
    waiter?.resume(returning: frames)
  }

  func close() async {
    stopReceiving()
    let (streams, frames) = state.withLock { (state: inout State) -> ([EventStream], [Frame]) in
      defer { state.frames = [] }
      return (Array(state.streams.values), state.frames)
    }
    for case .exchange(let exchange) in frames { exchange.end(cancelled: nil) }
    for stream in streams { stream.finish() }
    standalone.finish()
  }

  /// A new stream for one exchange.
  func makeStream() -> EventStream {
    state.withLock { (state: inout State) -> EventStream in
      state.lastStream += 1
      let stream = EventStream(number: state.lastStream, keepsHistory: true)
      state.streams[stream.number] = stream
      Self.prune(&state.streams, limits)
      return stream
    }
  }

  /// Forgets the oldest of the streams that have ended, when there are too many.
  private static func prune(_ streams: inout [Int: EventStream], _ limits: Limits) {
    var finished = streams.values.filter { $0.isFinished && !$0.isRead }.map(\.number).sorted()
    var bytes = streams.values.reduce(0) { $0 + $1.size }
    while let oldest = finished.first,
      finished.count > limits.finishedStreams || bytes > limits.bytes
    {
      bytes -= streams.removeValue(forKey: oldest)?.size ?? 0
      finished.removeFirst()
    }
  }

  /// The stream with this number; `nil` for one that never was or is forgotten.
  func stream(_ number: Int) -> EventStream? {
    number == 0 ? standalone : state.withLock { $0.streams[number] }
  }

  /// Notes that a request of the session has begun.
  func open(at now: ContinuousClock.Instant) {
    state.withLock { (state: inout State) in
      state.open += 1
      state.uses += 1
      state.lastUsed = now
    }
  }

  /// Notes that a request of the session has ended.
  func release(at now: ContinuousClock.Instant) {
    state.withLock { (state: inout State) in
      state.open -= 1
      state.lastUsed = now
    }
  }

  /// Whether more was asked of it than to begin.
  var wasUsed: Bool { state.withLock { $0.uses > 1 } }

  /// Since when nobody has used it; `nil` while somebody does.
  var idleSince: ContinuousClock.Instant? { state.withLock { $0.open > 0 ? nil : $0.lastUsed } }
}
