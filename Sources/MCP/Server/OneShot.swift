import JSONRPC

/// A value that arrives once and that one task waits for.
package final class OneShot<Value: Sendable>: Sendable {
  private enum State {
    case empty
    case waiting(CheckedContinuation<Value, Never>)
    case full(Value)
    case taken
  }

  private let state = Locked(State.empty)

  /// A value that has not arrived.
  package init() {}

  /// Hands the value over; a second one is ignored.
  /// - Returns: whether it was the first.
  @discardableResult
  package func fulfil(_ value: Value) -> Bool {
    let (waiter, isFirst) = state.withLock {
      (state: inout State) -> (CheckedContinuation<Value, Never>?, Bool) in
      switch state {
      case .empty:
        state = .full(value)
        return (nil, true)
      case .waiting(let continuation):
        state = .taken
        return (continuation, true)
      case .full, .taken: return (nil, false)
      }
    }
    waiter?.resume(returning: value)
    return isFirst
  }

  /// The value, as soon as it is there. May be called once.
  package func value() async -> Value {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { (state: inout State) -> Value? in
        switch state {
        case .full(let value):
          state = .taken
          return value
        case .empty, .waiting, .taken:
          state = .waiting(continuation)
          return nil
        }
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }
}
