/// Keeps the keys that agents and scripts present to the gateway.
///
/// A request has nothing but its key, and the key says which workspace it works in: the names of keys are
/// therefore unique in the whole store, and whoever manages keys sees those of every workspace.
package protocol AccessKeyStore: Sendable {
  /// Stores a new key; durable when it returns.
  /// - Throws: `.conflict` when there is one of this name.
  func add(_ key: AccessKey) async throws(StoreError)

  /// The key of this name, whether it is good or not; one look-up by the name.
  func accessKey(_ id: AccessKeyID) throws(StoreError) -> AccessKey?

  /// Every key of every workspace, also those that are no longer good, in the order they were made.
  func accessKeys() throws(StoreError) -> [AccessKey]

  /// Whether a key was ever stored. Keys are revoked and never removed, so this stays true.
  func hasAccessKeys() throws(StoreError) -> Bool

  /// Makes a key worthless for good; durable when it returns. A key that is revoked keeps its first time.
  /// - Returns: the key as it is now; `nil` when there is none of this name.
  @discardableResult
  func revoke(_ id: AccessKeyID, at time: Timestamp) async throws(StoreError) -> AccessKey?

  /// Remembers that a key was used; an earlier time changes nothing.
  func noteUse(of id: AccessKeyID, at time: Timestamp) async throws(StoreError)
}

/// A key to the gateway as it is stored: what it may do, and nothing that it could be made from again.
package struct AccessKey: Sendable, Hashable {
  /// The key's name: part of what is presented, and no secret.
  package var id: AccessKeyID
  /// What it is for, in the words of the one who made it.
  package var label: String?
  /// The workspace it works in.
  package var workspace: WorkspaceID
  /// What it may do, each scope by its name.
  package var scopes: Set<String>
  /// The SHA-256 of the secret, 32 bytes.
  package var secretDigest: [UInt8]
  /// When it was made.
  package var createdAt: Timestamp
  /// From when on it is worthless; `nil` for never.
  package var expiresAt: Timestamp?
  /// When it was made worthless by hand.
  package var revokedAt: Timestamp?
  /// When it was last used, to within some minutes.
  package var lastUsedAt: Timestamp?

  /// A key that has neither been used nor revoked.
  package init(
    id: AccessKeyID, label: String? = nil, workspace: WorkspaceID, scopes: Set<String>,
    secretDigest: [UInt8], createdAt: Timestamp, expiresAt: Timestamp? = nil
  ) {
    self.id = id
    self.label = label
    self.workspace = workspace
    self.scopes = scopes
    self.secretDigest = secretDigest
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }

  /// Whether it opens anything.
  package enum State: String, Sendable, Hashable {
    case good, expired, revoked
  }

  /// Whether it opens anything at this time.
  package func state(at now: Timestamp) -> State {
    if revokedAt != nil { return .revoked }
    return expiresAt.map { $0 <= now } == true ? .expired : .good
  }
}

package typealias AccessKeyID = Identifier<AccessKey>
