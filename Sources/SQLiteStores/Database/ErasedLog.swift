import JSONRPC

/// Whether the log of changes may still hold something of somebody who was erased.
final class ErasedLog: Sendable {
  /// What is known of it.
  enum State: Sendable {
    /// Nothing yet: a process before this one may have erased somebody.
    case unknown
    /// An erasure waits for the log to be emptied.
    case waiting
    /// Nothing of anybody.
    case clean
  }

  private let state = Locked(State.unknown)

  /// What is known now.
  var current: State { state.withLock { $0 } }

  /// Somebody was erased: the log has to be emptied.
  func wait() { state.withLock { $0 = .waiting } }

  /// What came of an attempt to empty the log.
  func note(isEmpty: Bool) { state.withLock { $0 = isEmpty ? .clean : .waiting } }
}
