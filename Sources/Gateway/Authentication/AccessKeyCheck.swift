import JSONRPC
import Marketing
import Sealing

/// Checks our own keys. A request's key is looked up each time, in microseconds; whether there are keys at
/// all, and whether the key of an open connection is still good, is asked again after a second.
final class AccessKeyCheck: Sendable {
  /// How long an answer of the store holds.
  private static let validity = Duration.seconds(1)
  /// How often a key's use is written down.
  private static let useInterval = Duration.seconds(600)

  private struct State {
    /// Once there are keys there always are.
    var hasKeys = false
    var askedAt: Timestamp?
    /// Only of keys whose secret was presented, so there are not more than keys.
    var seen: [AccessKeyID: Seen] = [:]
  }

  private struct Seen {
    var isGood: Bool
    var checkedAt: Timestamp
    var notedAt: Timestamp?
  }

  private let store: any AccessKeyStore
  private let state = Locked(State())

  init(_ store: any AccessKeyStore) { self.store = store }

  /// Whether a key was ever made.
  func hasKeys(at now: Timestamp) throws(StoreError) -> Bool {
    let known: Bool? = state.withLock { state in
      if state.hasKeys { return true }
      return Self.holds(state.askedAt, at: now) ? false : nil
    }
    if let known { return known }
    let found = try store.hasAccessKeys()
    state.withLock { state in
      state.hasKeys = state.hasKeys || found
      state.askedAt = now
    }
    return found
  }

  /// The key that is presented, which is good.
  /// - Throws: `.invalidToken` when it is not. Only who has the secret learns why.
  func check(_ text: String, at now: Timestamp) async throws(AccessRefusal) -> AccessKey {
    guard let presented = PresentedKey(text), let id = AccessKeyID(checking: presented.id) else {
      throw Self.unknown
    }
    let key: AccessKey?
    let isRight: Bool
    do {
      key = try store.accessKey(id)
      isRight = try presented.matches(key?.secretDigest)
    } catch {
      throw AccessRefusal(.unavailable, "access keys cannot be checked now")
    }
    guard let key, isRight else { throw Self.unknown }
    let isDue = state.withLock { state in
      var seen = state.seen[id] ?? Seen(isGood: true, checkedAt: now)
      seen.isGood = key.state(at: now) == .good
      seen.checkedAt = now
      let isDue = seen.isGood && !(seen.notedAt.map { now - $0 < Self.useInterval } ?? false)
      if isDue { seen.notedAt = now }
      state.seen[id] = seen
      return isDue
    }
    switch key.state(at: now) {
    case .expired: throw AccessRefusal(.invalidToken, "the access key has expired")
    case .revoked: throw AccessRefusal(.invalidToken, "the access key was revoked")
    case .good: break
    }
    // For people who tidy up: no request fails for it.
    if isDue { try? await store.noteUse(of: id, at: now) }
    return key
  }

  private static let unknown = AccessRefusal(.invalidToken, "there is no such access key")

  /// Whether a key that was good still is. One that cannot be looked up is not.
  func isGood(_ id: AccessKeyID, at now: Timestamp) -> Bool {
    let known: Bool? = state.withLock { state in
      guard let seen = state.seen[id], Self.holds(seen.checkedAt, at: now) else { return nil }
      return seen.isGood
    }
    if let known { return known }
    let isGood = (try? store.accessKey(id))?.state(at: now) == .good
    state.withLock { state in
      let notedAt = state.seen[id]?.notedAt
      state.seen[id] = Seen(isGood: isGood, checkedAt: now, notedAt: notedAt)
    }
    return isGood
  }

  /// Whether an answer from then holds now. None does after the clock went back.
  private static func holds(_ then: Timestamp?, at now: Timestamp) -> Bool {
    guard let then else { return false }
    return now >= then && now - then < validity
  }
}
