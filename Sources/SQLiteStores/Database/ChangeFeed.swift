import JSONRPC

/// Tells listeners how far the event log reaches, after every commit of this process and soon after one
/// of another.
final class ChangeFeed: Sendable {
  private struct State: Sendable {
    var listeners: [Int: AsyncStream<Int64>.Continuation] = [:]
    var named = 0
    var published: Int64 = 0
    var isClosed = false
    /// Woken when the first listener comes.
    var watcher: CheckedContinuation<Void, Never>?
  }

  private let state = Locked(State())

  /// A new listener's stream: the newest place only, when the listener is slow.
  func changes() -> AsyncStream<Int64> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Int64.self, bufferingPolicy: .bufferingNewest(1))
    let (name, watcher) = state.withLock { state -> (Int?, CheckedContinuation<Void, Never>?) in
      guard !state.isClosed else { return (nil, nil) }
      state.named += 1
      state.listeners[state.named] = continuation
      defer { state.watcher = nil }
      return (state.named, state.watcher)
    }
    guard let name else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [state] _ in
      state.withLock { $0.listeners[name] = nil }
    }
    watcher?.resume()
    return stream
  }

  /// Whether anybody listens.
  var hasListeners: Bool { state.withLock { !$0.listeners.isEmpty } }

  /// Whether the feed has ended.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Announces how far the log reaches, if it is further than was announced before.
  func publish(_ sequence: Int64) {
    let listeners = state.withLock { state -> [AsyncStream<Int64>.Continuation] in
      guard sequence > state.published else { return [] }
      state.published = sequence
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.yield(sequence) }
  }

  /// Returns when somebody listens, or the task is cancelled, or the feed is closed.
  func waitForListener() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mayWait = state.withLock { state in
          guard state.listeners.isEmpty, !state.isClosed, !Task.isCancelled else { return false }
          state.watcher = continuation
          return true
        }
        if !mayWait { continuation.resume() }
      }
    } onCancel: {
      wake()
    }
  }

  /// Ends all streams.
  func close() {
    let listeners = state.withLock { state in
      state.isClosed = true
      defer { state.listeners = [:] }
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
    wake()
  }

  private func wake() {
    let watcher = state.withLock { state in
      defer { state.watcher = nil }
      return state.watcher
    }
    watcher?.resume()
  }
}
