import JSONRPC
package import Logging
import MCP
package import Marketing

/// Tells subscribers of live events that there is something new, and that the server shuts down.
///
/// Nothing is queued here: each subscriber reads the log itself, at its client's pace, so a writer never
/// waits for one.
package final class EventStreams: Sendable {
  /// The bounds.
  package struct Limits: Sendable {
    /// How many events a subscriber reads and holds at a time.
    package var batch = 500
    /// How many subscribers there may be.
    package var subscribers = 1000
    /// The least time between two wake-ups: under many writes subscribers read in larger steps.
    package var pause = Duration.milliseconds(10)
    /// How often a subscriber's right to listen is looked at while nothing happens.
    package var check = Duration.seconds(1)

    /// The bounds that hold unless configured otherwise.
    package init() {}
  }

  private struct State {
    var latest: Int64 = 0
    var isClosing = false
    var places: Set<Int> = []
    var next = 0
    var waiters: [Int: OneShot<Void>] = [:]
    var actions: [Int: @Sendable () -> Void] = [:]
  }

  let log: any EventLog
  let limits: Limits
  let logger: Logger
  private let state = Locked(State())

  /// A registry of the subscribers to a log; nothing is told before `run()` is called.
  package init(log: any EventLog, logger: Logger, limits: Limits = Limits()) {
    self.log = log
    self.logger = logger
    self.limits = limits
  }

  /// How many subscribers there are.
  package var count: Int { state.withLock { $0.places.count } }

  /// Whether the server shuts down.
  package var isClosing: Bool { state.withLock { $0.isClosing } }

  /// Follows the log until the calling task is cancelled or the log closes; then ends all subscriptions.
  package func run() async {
    for await latest in log.changes() {
      advance(to: latest)
      try? await Task.sleep(for: limits.pause)
    }
    shutDown()
  }

  /// Ends all subscriptions and turns new ones away.
  package func shutDown() {
    let (waiters, actions) = state.withLock {
      (state: inout State) -> ([OneShot<Void>], [@Sendable () -> Void]) in
      state.isClosing = true
      defer {
        state.waiters = [:]
        state.actions = [:]
      }
      return (Array(state.waiters.values), Array(state.actions.values))
    }
    for waiter in waiters { waiter.fulfil(()) }
    for action in actions { action() }
  }

  /// Takes a place among the subscribers.
  /// - Parameter onShutDown: called when all subscriptions are ended.
  /// - Returns: what to give to `leave`; `nil` when there is no place.
  func join(onShutDown: @escaping @Sendable () -> Void) -> Int? {
    state.withLock { (state: inout State) -> Int? in
      guard !state.isClosing, state.places.count < limits.subscribers else { return nil }
      state.next += 1
      state.places.insert(state.next)
      state.actions[state.next] = onShutDown
      return state.next
    }
  }

  /// Gives a place back; once is enough.
  func leave(_ place: Int) {
    state.withLock { (state: inout State) in
      state.places.remove(place)
      state.actions[place] = nil
    }
  }

  /// Waits until the log reaches further than a place, the server shuts down, `waiter` is fulfilled by
  /// somebody else, or the patience ends.
  func wait(past sequence: Int64, _ waiter: OneShot<Void>, atMost patience: Duration) async {
    let key = state.withLock { (state: inout State) -> Int? in
      guard state.latest <= sequence, !state.isClosing else { return nil }
      state.next += 1
      state.waiters[state.next] = waiter
      return state.next
    }
    guard let key else { return }
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { group in
        group.addTask {
          try? await Task.sleep(for: patience)
          waiter.fulfil(())
        }
        await waiter.value()
        group.cancelAll()
      }
    } onCancel: {
      waiter.fulfil(())
    }
    state.withLock { $0.waiters[key] = nil }
  }

  private func advance(to latest: Int64) {
    let waiters = state.withLock { (state: inout State) -> [OneShot<Void>] in
      guard latest > state.latest else { return [] }
      state.latest = latest
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.fulfil(()) }
  }
}
