import JSONRPC

/// A change that clients can subscribe to. Changes are level triggers: two equal ones count as one.
package enum Change: Sendable, Hashable {
  case toolsListChanged
  case promptsListChanged
  case resourcesListChanged
  /// A resource's content changed; the address as the server writes it, a template's variables
  /// percent-encoded where they have to be and nowhere else.
  case resourceUpdated(uri: String)
  /// The contents of some of the resources changed whose addresses begin so; nobody has noted of which.
  case resourcesUpdated(prefix: String)
  /// A task changed.
  case taskChanged(id: String)
}

/// Hands changes to whoever subscribed. Telling never waits: each subscriber queues what it has not
/// taken yet, equal changes once, and is ended when its queue is full.
package final class ChangeHub: Sendable {
  private struct State {
    var nextID = 0
    var subscribers: [Int: ChangeSubscription] = [:]
  }

  private let state = Locked(State())

  /// A hub without subscribers.
  package init() {}

  /// Subscribes from now on.
  /// - Parameters:
  ///   - workspace: whose changes are taken, beside those that concern everybody; `nil` for all.
  ///   - hasResources: whether any resource is among what is wanted now.
  ///   - wants: which changes to take.
  package func subscribe(
    in workspace: String? = nil, hasResources: @escaping @Sendable () -> Bool = { true },
    wants: @escaping @Sendable (Change) -> Bool
  ) -> ChangeSubscription {
    state.withLock { (state: inout State) -> ChangeSubscription in
      let id = state.nextID
      state.nextID += 1
      let subscription = ChangeSubscription(
        workspace: workspace, hasResources: hasResources, wants: wants
      ) { [weak self] in
        self?.remove(id)
      }
      state.subscribers[id] = subscription
      return subscription
    }
  }

  /// Tells all subscribers that want it.
  /// - Parameter workspace: the only one whose subscribers are told; `nil` for all.
  package func publish(_ change: Change, in workspace: String? = nil) {
    let subscribers = state.withLock { Array($0.subscribers.values) }
    for subscriber in subscribers where subscriber.concerns(workspace) { subscriber.take(change) }
  }

  /// Whether anybody wants to hear of a resource: if not, nobody needs to find out which have changed.
  package var hasResourceSubscribers: Bool {
    let subscribers = state.withLock { Array($0.subscribers.values) }
    return subscribers.contains { $0.hasResources() }
  }

  /// How many subscriptions there are.
  package var count: Int { state.withLock { $0.subscribers.count } }

  private func remove(_ id: Int) {
    state.withLock { _ = $0.subscribers.removeValue(forKey: id) }
  }
}

/// One subscriber's queue of changes.
package final class ChangeSubscription: Sendable {
  /// Why no more changes come.
  package enum End: Sendable, Hashable {
    /// The subscriber or the server ended it.
    case cancelled
    /// The subscriber did not keep up.
    case overflow
  }

  private struct State {
    var queue: [Change] = []
    var queued: Set<Change> = []
    var end: End?
    var waiter: CheckedContinuation<Void, Never>?
  }

  private static let queueLimit = 1024

  let hasResources: @Sendable () -> Bool
  private let workspace: String?
  private let wants: @Sendable (Change) -> Bool
  private let onEnd: @Sendable () -> Void
  private let state = Locked(State())

  init(
    workspace: String?, hasResources: @escaping @Sendable () -> Bool,
    wants: @escaping @Sendable (Change) -> Bool,
    onEnd: @escaping @Sendable () -> Void
  ) {
    self.workspace = workspace
    self.hasResources = hasResources
    self.wants = wants
    self.onEnd = onEnd
  }

  /// Everything that changed since the last call, waiting for the first change; `nil` at the end.
  package func next() async -> [Change]? {
    while true {
      let (changes, ended) = state.withLock { (state: inout State) -> ([Change], Bool) in
        let changes = state.queue
        state.queue = []
        state.queued = []
        return (changes, state.end != nil)
      }
      if !changes.isEmpty { return changes }
      if ended { return nil }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { (state: inout State) -> Bool in
          if state.queue.isEmpty, state.end == nil {
            state.waiter = continuation
            return false
          }
          return true
        }
        if isReady { continuation.resume() }
      }
    }
  }

  /// Ends the subscription.
  package func end(_ reason: End = .cancelled) {
    let waiter = state.withLock { (state: inout State) -> CheckedContinuation<Void, Never>? in
      if state.end == nil { state.end = reason }
      defer { state.waiter = nil }
      return state.waiter
    }
    onEnd()
    waiter?.resume()
  }

  /// Why the subscription ended; `nil` while it goes on.
  package var endReason: End? { state.withLock { $0.end } }

  fileprivate func concerns(_ workspace: String?) -> Bool {
    workspace == nil || self.workspace == nil || workspace == self.workspace
  }

  fileprivate func take(_ change: Change) {
    guard wants(change) else { return }
    let (waiter, overflows) = state.withLock {
      (state: inout State) -> (CheckedContinuation<Void, Never>?, Bool) in
      guard state.end == nil, state.queued.insert(change).inserted else { return (nil, false) }
      guard state.queue.count < Self.queueLimit else { return (nil, true) }
      state.queue.append(change)
      defer { state.waiter = nil }
      return (state.waiter, false)
    }
    waiter?.resume()
    if overflows { end(.overflow) }
  }
}
