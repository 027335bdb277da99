package import Marketing
import Sealing

/// Where an operator makes, lists and revokes the keys to the gateway.
package struct AccessKeyDesk: Sendable {
  private let store: any AccessKeyStore
  private let now: @Sendable () -> Timestamp

  /// A desk for the keys in a store.
  package init(store: any AccessKeyStore, now: @escaping @Sendable () -> Timestamp) {
    self.store = store
    self.now = now
  }

  /// Makes a key.
  /// - Parameter lifetime: how long it is good; `nil` for ever.
  /// - Returns: the key as it is stored, and the text that is presented, which is nowhere else.
  package func create(
    scopes: Set<String>, label: String?, workspace: WorkspaceID, lifetime: Duration?
  ) async throws -> (key: AccessKey, text: String) {
    let now = now()
    var generator = SystemRandomNumberGenerator()
    let id = AccessKeyID.make(
      prefix: "", at: now, random: (generator.next(), generator.next()))
    let presented = try PresentedKey.make(id: id.rawValue)
    let key = AccessKey(
      id: id, label: label, workspace: workspace, scopes: scopes,
      secretDigest: try presented.digest(), createdAt: now, expiresAt: lifetime.map { now + $0 })
    try await store.add(key)
    return (key, presented.text)
  }

  /// Every key with its state.
  package func keys() throws -> [(key: AccessKey, state: AccessKey.State)] {
    let now = now()
    return try store.accessKeys().map { ($0, $0.state(at: now)) }
  }

  /// Revokes a key.
  /// - Parameter text: its name; a whole key is taken too, for that is what one has at hand.
  /// - Returns: the key as it is now; `nil` when there is none of this name.
  package func revoke(_ text: String) async throws -> AccessKey? {
    let name = PresentedKey(text)?.id ?? text
    guard let id = AccessKeyID(checking: name) else { return nil }
    return try await store.revoke(id, at: now())
  }
}
