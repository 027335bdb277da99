import JSONRPC
import Logging
import MCP
package import Marketing

/// One subscriber's events, read from the log as fast as they are taken, over whatever transport. To be
/// used by one task at a time.
///
/// Events of the same lead and kind that wait together, in one batch, are coalesced: the newest stands
/// for all of them.
package final class EventFeed: Sendable {
  /// What there is next.
  package enum Part: Sendable, Hashable {
    /// At least one event.
    case events([EventMessage])
    /// Nothing for a while; a subscriber that comes back goes on behind this place.
    case nothing(at: Int64)
    /// There will be no more.
    case end
  }

  private struct State {
    var position: Int64
    var needsReset = false
    var isEnded = false
    var waiter: OneShot<Void>?
  }

  private let streams: EventStreams
  private let filter: EventFilter
  private let workspace: WorkspaceID
  private let isAllowed: @Sendable () -> Bool
  private let state: Locked<State>

  /// A subscription.
  /// - Parameters:
  ///   - last: the last event that the subscriber knows; `nil` to begin with what happens from now on.
  ///   - workspace: the only one whose events it gets.
  ///   - isAllowed: whether the subscriber may still listen; asked before each batch, and about every
  ///     second.
  package init(
    _ streams: EventStreams, after last: Int64?, filter: EventFilter, in workspace: WorkspaceID,
    isAllowed: @escaping @Sendable () -> Bool = { true }
  ) throws(StoreError) {
    self.streams = streams
    self.filter = filter
    self.workspace = workspace
    self.isAllowed = isAllowed
    let latest = try streams.log.latestSequence()
    var state = State(position: last ?? latest)
    if let last {
      let oldest = try streams.log.events(after: 0, limit: 1).first?.sequence ?? latest + 1
      // Of another log, or of this one before its beginning was cut off.
      state.needsReset = last > latest || (last < oldest - 1 && last > 0)
      if state.needsReset { state.position = latest }
    }
    self.state = Locked(state)
  }

  /// The place behind which it goes on.
  package var position: Int64 { state.withLock { $0.position } }

  /// The next events; waits for them. Empty at the end.
  package func next() async -> [EventMessage] {
    while true {
      switch await next(atMost: .seconds(3600)) {
      case .events(let events): return events
      case .nothing: continue
      case .end: return []
      }
    }
  }

  /// The next events; waits for them, though no longer than this.
  package func next(atMost patience: Duration) async -> Part {
    let end = ContinuousClock.now + patience
    while true {
      guard isOpen else { return .end }
      let position = position
      if let reset = reset() { return .events([reset]) }
      let batch: [LoggedEvent]
      do {
        batch = try streams.log.events(after: position, limit: streams.limits.batch)
      } catch {
        streams.logger.warning(
          "the event log could not be read", metadata: ["cause": "\(error)"])
        return .end
      }
      if let last = batch.last {
        state.withLock { $0.position = last.sequence }
        let wanted = batch.filter { $0.workspace == workspace && filter.wants($0.event) }
        if !wanted.isEmpty { return .events(EventMessage.coalesced(wanted)) }
        // Others have a turn between two batches of a long past.
        await Task.yield()
        continue
      }
      let left = end - ContinuousClock.now
      guard left > .zero else { return .nothing(at: position) }
      await wait(past: position, atMost: min(left, streams.limits.check))
    }
  }

  /// Ends the subscription.
  package func end() {
    let waiter = state.withLock { (state: inout State) -> OneShot<Void>? in
      state.isEnded = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.fulfil(())
  }

  private var isOpen: Bool {
    !Task.isCancelled && !streams.isClosing && !state.withLock { $0.isEnded } && isAllowed()
  }

  private func reset() -> EventMessage? {
    state.withLock { (state: inout State) -> EventMessage? in
      guard state.needsReset else { return nil }
      state.needsReset = false
      return EventMessage(resetAt: state.position)
    }
  }

  private func wait(past position: Int64, atMost patience: Duration) async {
    let waiter = OneShot<Void>()
    let mayWait = state.withLock { (state: inout State) -> Bool in
      guard !state.isEnded else { return false }
      state.waiter = waiter
      return true
    }
    guard mayWait else { return }
    await streams.wait(past: position, waiter, atMost: patience)
    state.withLock { $0.waiter = nil }
  }
}
