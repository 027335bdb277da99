import JSONRPC
import Marketing

/// A clock that goes on when the test says so.
final class ManualTime: Sendable {
  private struct State {
    var now = noon
    var nextSleeper = 0
    var sleepers: [Int: (until: Timestamp, continuation: CheckedContinuation<Void, Never>)] = [:]
    var waits: [Duration] = []
  }

  private let state = Locked(State())

  var now: Timestamp { state.withLock { $0.now } }

  /// How long was slept, each time that anybody did.
  var waits: [Duration] { state.withLock { $0.waits } }

  /// Returns when the clock has gone on by a duration, or the task is cancelled.
  func sleep(_ duration: Duration) async throws {
    // From here on, also if the clock goes on before anybody sleeps.
    let (name, end) = state.withLock { state in
      state.nextSleeper += 1
      state.waits.append(duration)
      return (state.nextSleeper, state.now + duration)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if Task.isCancelled || state.now >= end { return true }
          state.sleepers[name] = (end, continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { $0.sleepers.removeValue(forKey: name)?.continuation }
      sleeper?.resume()
    }
    try Task.checkCancellation()
  }

  func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now + duration
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for name in due.keys { state.sleepers[name] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in woken { continuation.resume() }
  }
}
