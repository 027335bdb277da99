import JSONRPC
import MCP

/// The sessions that run, of whatever transport, so that they can be ended in order.
final class OpenSessions: Sendable {
  private struct State {
    var sessions: [Int: @Sendable () -> Void] = [:]
    var next = 0
    var isClosing = false
    var idle: OneShot<Void>?
  }

  private let state = Locked(State())

  /// How many run.
  var count: Int { state.withLock { $0.sessions.count } }

  /// Whether new sessions are turned away.
  var isClosing: Bool { state.withLock { $0.isClosing } }

  /// Runs a session; at once ends one that comes while all are ended.
  /// - Parameter onShutDown: called before the session is ended from here.
  func run(
    _ session: ServerSession, onShutDown: @escaping @Sendable () -> Void = {}
  ) async {
    let end: @Sendable () -> Void = {
      onShutDown()
      session.shutDown()
    }
    let (key, isLate) = state.withLock { (state: inout State) -> (Int, Bool) in
      state.next += 1
      state.sessions[state.next] = end
      return (state.next, state.isClosing)
    }
    if isLate { end() }
    await session.run()
    let idle = state.withLock { (state: inout State) -> OneShot<Void>? in
      state.sessions[key] = nil
      guard state.sessions.isEmpty else { return nil }
      defer { state.idle = nil }
      return state.idle
    }
    idle?.fulfil(())
  }

  /// Ends all sessions: what is in flight is finished within their limit for draining.
  func shutDown() {
    let ends = state.withLock { (state: inout State) -> [@Sendable () -> Void] in
      state.isClosing = true
      return Array(state.sessions.values)
    }
    for end in ends { end() }
  }

  /// Waits until none runs. To be asked once, after `shutDown`.
  func drained() async {
    let idle = state.withLock { (state: inout State) -> OneShot<Void>? in
      guard !state.sessions.isEmpty else { return nil }
      let idle = OneShot<Void>()
      state.idle = idle
      return idle
    }
    await idle?.value()
  }
}
