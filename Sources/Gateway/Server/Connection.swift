import JSONRPC
import MCPWebSocket
import NIOCore

/// One connection of a client, as the requests that come over it see it.
final class Connection: Sendable {
  private struct State {
    var isGone = false
    var next = 0
    var actions: [Int: @Sendable () -> Void] = [:]
  }

  /// The connection that the current task serves.
  @TaskLocal static var current: Connection?

  /// The peer's address, without its port.
  let address: String
  /// Whether it is encrypted.
  let isSecure: Bool
  let eventLoop: any EventLoop
  /// Runs what serves the connection, on its own loop.
  let executor: EventLoopExecutor
  private let state = Locked(State())

  init(address: String, isSecure: Bool, eventLoop: any EventLoop) {
    self.address = address
    self.isSecure = isSecure
    self.eventLoop = eventLoop
    executor = EventLoopExecutor(eventLoop)
  }

  /// Whether the peer has closed its end.
  var isGone: Bool { state.withLock { $0.isGone } }

  /// Calls the action when the peer closes its end; at once when it has.
  /// - Returns: what to give to `forget` when it need not be called any more.
  func whenGone(_ action: @escaping @Sendable () -> Void) -> Int {
    let (key, isGone) = state.withLock { (state: inout State) -> (Int, Bool) in
      state.next += 1
      if !state.isGone { state.actions[state.next] = action }
      return (state.next, state.isGone)
    }
    if isGone { action() }
    return key
  }

  func forget(_ key: Int) { state.withLock { $0.actions[key] = nil } }

  /// The peer has closed its end.
  func markGone() {
    let actions = state.withLock { (state: inout State) -> [@Sendable () -> Void] in
      state.isGone = true
      defer { state.actions = [:] }
      return Array(state.actions.values)
    }
    for action in actions { action() }
  }
}
