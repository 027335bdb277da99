import JSONRPC

/// How long a test waits for something that must happen before it fails.
package let testPatience = Duration.seconds(30)

/// A latch that any number of tasks wait for.
package final class Signal: Sendable {
  private struct State {
    var isSet = false
    var nextKey = 0
    var waiters: [Int: CheckedContinuation<Bool, Never>] = [:]
  }

  private let state = Locked(State())

  /// A latch that is not set.
  package init() {}

  /// Whether it is set.
  package var isSet: Bool { state.withLock { $0.isSet } }

  /// Sets it, for good.
  package func set() {
    let waiters = state.withLock { (state: inout State) in
      state.isSet = true
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume(returning: true) }
  }

  /// Waits until the latch is set or the waiting task is cancelled.
  /// - Returns: whether the latch is set.
  @discardableResult
  package func wait() async -> Bool {
    let key = state.withLock { (state: inout State) -> Int in
      state.nextKey += 1
      return state.nextKey
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { (state: inout State) -> Bool? in
          if state.isSet { return true }
          if Task.isCancelled { return false }
          state.waiters[key] = continuation
          return nil
        }
        if let ready { continuation.resume(returning: ready) }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: key) }?.resume(returning: false)
    }
  }

  /// Waits until the latch is set, whatever happens to the waiting task.
  package func waitDeafly() async {
    let key = state.withLock { (state: inout State) -> Int in
      state.nextKey += 1
      return state.nextKey
    }
    _ = await withCheckedContinuation { continuation in
      let isSet = state.withLock { (state: inout State) -> Bool in
        if !state.isSet { state.waiters[key] = continuation }
        return state.isSet
      }
      if isSet { continuation.resume(returning: true) }
    }
  }

  /// Whether the latch is set before the test's patience ends.
  package func arrives() async -> Bool {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.wait() }
      group.addTask { try? await Task.sleep(for: testPatience) }
      await group.next()
      group.cancelAll()
    }
    return isSet
  }
}

/// Values in the order they came, which a test can wait for.
package final class Recorder<Element: Sendable>: Sendable {
  private struct State {
    var values: [Element] = []
    var nextKey = 0
    var waiters: [Int: (@Sendable ([Element]) -> Bool, Signal)] = [:]
  }

  private let state = Locked(State())

  /// No values.
  package init() {}

  /// The values so far.
  package var values: [Element] { state.withLock { $0.values } }

  /// Adds a value.
  package func append(_ value: Element) {
    let ready = state.withLock { (state: inout State) -> [Signal] in
      state.values.append(value)
      let values = state.values
      let ready = state.waiters.filter { $0.value.0(values) }
      for key in ready.keys { state.waiters[key] = nil }
      return ready.values.map(\.1)
    }
    for signal in ready { signal.set() }
  }

  /// Whether the values come to satisfy the condition before the test's patience ends.
  package func reaches(_ condition: @escaping @Sendable ([Element]) -> Bool) async -> Bool {
    let signal = Signal()
    state.withLock { (state: inout State) in
      if condition(state.values) {
        signal.set()
      } else {
        state.nextKey += 1
        state.waiters[state.nextKey] = (condition, signal)
      }
    }
    return await signal.arrives()
  }
}

/// Named latches that a tool and the test that calls it share.
package final class Probe: Sendable {
  private let signals = Locked([String: Signal]())

  /// No latches yet.
  package init() {}

  /// The latch of this name.
  package subscript(name: String) -> Signal {
    signals.withLock { (signals: inout [String: Signal]) -> Signal in
      if let signal = signals[name] { return signal }
      let signal = Signal()
      signals[name] = signal
      return signal
    }
  }
}
