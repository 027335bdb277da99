/// Keeps the answers to requests that clients may repeat because they did not hear them, so that what was
/// asked for is done once.
package protocol IdempotencyStore: Sendable {
  /// Claims a key for one request, unless the key has been used. Durable when it returns, so that of two
  /// processes one runs the request. Also removes some of what has expired.
  func claim(
    _ claim: IdempotencyClaim, in workspace: WorkspaceID
  ) async throws(StoreError) -> IdempotencyDecision

  /// Stores the answer of the request that holds the claim; durable when it returns.
  /// - Parameter lead: whom the answer names, if anybody: of somebody who was erased meanwhile
  ///   `StoredReply.erased` is stored in its place.
  /// - Returns: whether it was stored; not when another request has taken the claim over meanwhile.
  @discardableResult
  func complete(
    _ claim: IdempotencyClaim, with reply: StoredReply, about lead: LeadID?,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool

  /// Gives a claim up: the key is as if it had never been used. Nothing happens when the claim has been
  /// completed or taken over.
  func release(_ claim: IdempotencyClaim, in workspace: WorkspaceID) async throws(StoreError)
}

extension IdempotencyStore {
  /// Stores an answer that names nobody.
  @discardableResult
  package func complete(
    _ claim: IdempotencyClaim, with reply: StoredReply, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try await complete(claim, with: reply, about: nil, in: workspace)
  }
}

/// One request's claim to run under a key.
package struct IdempotencyClaim: Sendable, Hashable {
  /// Who made the request; the same key of another principal is another key.
  package var principal: String
  /// The key, as the client chose it.
  package var key: String
  /// A digest of all that the request asks for.
  package var fingerprint: [UInt8]
  /// An unguessable name of this request, which tells it from one that takes its claim over.
  package var holder: [UInt8]
  /// When it is made.
  package var time: Timestamp
  /// For how long nobody else runs the request. Whoever holds the claim may have crashed; after this it is
  /// taken over.
  package var lease: Duration
  /// For how long the key is kept.
  package var lifetime: Duration

  /// A claim.
  package init(
    principal: String, key: String, fingerprint: [UInt8], holder: [UInt8], time: Timestamp,
    lease: Duration = .seconds(60), lifetime: Duration = .days(1)
  ) {
    self.principal = principal
    self.key = key
    self.fingerprint = fingerprint
    self.holder = holder
    self.time = time
    self.lease = lease
    self.lifetime = lifetime
  }

  /// When another may take it over.
  package var leaseEnd: Timestamp { time + lease }

  /// When the key may be forgotten.
  package var end: Timestamp { time + lifetime }
}

/// What becomes of a claim.
package enum IdempotencyDecision: Sendable, Hashable {
  /// It is the caller's: run the request, then complete or release the claim.
  case claimed
  /// The same request is running, at the latest until then.
  case running(until: Timestamp)
  /// The same request was answered so.
  case answered(StoredReply)
  /// The key was used for another request.
  case mismatch
}

/// An answer as it is stored.
package struct StoredReply: Sendable, Hashable {
  /// The longest body that is stored, in bytes.
  package static let maximumBytes = 1 << 20

  /// The HTTP status.
  package var status: Int
  /// The type of the body's media.
  package var mediaType: String
  /// The body.
  package var body: [UInt8]

  /// An answer.
  package init(status: Int, mediaType: String, body: [UInt8]) {
    self.status = status
    self.mediaType = mediaType
    self.body = body
  }

  /// What stands in the place of an answer that named a person who was erased: it is gone.
  package static let erased = StoredReply(status: 410, mediaType: "text/plain", body: [])
}
