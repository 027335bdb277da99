import JSONRPC

/// What stays open for somebody who was let in: sockets and streams. Ends it soon after its credential has
/// ended or was revoked, also when nobody sends anything over it.
final class StandingWatch: Sendable {
  private struct Entry: Sendable {
    let identity: Identity
    let end: @Sendable () -> Void
  }

  private struct State {
    var entries: [Int: Entry] = [:]
    var next = 0
  }

  /// How often it is looked.
  private let interval: Duration
  private let isValid: @Sendable (Identity) -> Bool
  private let state = Locked(State())

  init(every interval: Duration = .seconds(1), isValid: @escaping @Sendable (Identity) -> Bool) {
    self.interval = interval
    self.isValid = isValid
  }

  /// How much is open.
  var count: Int { state.withLock { $0.entries.count } }

  /// Calls `end` once the identity does not hold any more.
  /// - Returns: what to give to `remove` when the thing has ended by itself.
  func add(_ identity: Identity, end: @escaping @Sendable () -> Void) -> Int {
    state.withLock { (state: inout State) -> Int in
      state.next += 1
      state.entries[state.next] = Entry(identity: identity, end: end)
      return state.next
    }
  }

  func remove(_ key: Int) { state.withLock { $0.entries[key] = nil } }

  /// Ends what belongs to identities that do not hold any more.
  func check() {
    let entries = state.withLock { $0.entries }
    // Many may be open with one credential.
    var known: [Identity: Bool] = [:]
    for (key, entry) in entries {
      let isGood = known[entry.identity] ?? isValid(entry.identity)
      known[entry.identity] = isGood
      guard !isGood else { continue }
      remove(key)
      entry.end()
    }
  }

  /// Looks again and again, until cancelled.
  func run() async {
    while (try? await Task.sleep(for: interval)) != nil { check() }
  }
}
