import JSONRPC

extension InMemoryStores: IdempotencyStore {
  package func claim(
    _ claim: IdempotencyClaim, in workspace: WorkspaceID
  ) async throws(StoreError) -> IdempotencyDecision {
    try write(in: workspace) { (content) throws(StoreError) in
      content.idempotencyKeys = content.idempotencyKeys.filter { $0.value.claim.end > claim.time }
      let name = InMemoryWorkspace.KeyName(claim)
      guard let stored = content.idempotencyKeys[name] else {
        content.idempotencyKeys[name] = .init(claim: claim)
        return (.claimed, [])
      }
      guard stored.claim.fingerprint == claim.fingerprint else { return (.mismatch, []) }
      if let reply = stored.reply { return (.answered(reply), []) }
      guard stored.claim.leaseEnd <= claim.time else {
        return (.running(until: stored.claim.leaseEnd), [])
      }
      content.idempotencyKeys[name] = .init(claim: claim)
      return (.claimed, [])
    }
  }

  @discardableResult
  package func complete(
    _ claim: IdempotencyClaim, with reply: StoredReply, about lead: LeadID?,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try write(in: workspace) { (content) throws(StoreError) in
      let name = InMemoryWorkspace.KeyName(claim)
      guard let stored = content.idempotencyKeys[name], stored.isHeld(by: claim) else {
        return (false, [])
      }
      let isErased = lead.map { content.leads[$0] == nil } ?? false
      content.idempotencyKeys[name]?.reply = isErased ? .erased : reply
      return (true, [])
    }
  }

  package func release(
    _ claim: IdempotencyClaim, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try write(in: workspace) { (content) throws(StoreError) in
      let name = InMemoryWorkspace.KeyName(claim)
      if content.idempotencyKeys[name]?.isHeld(by: claim) == true {
        content.idempotencyKeys[name] = nil
      }
      return ((), [])
    }
  }
}

extension InMemoryWorkspace {
  /// A key with whose it is.
  struct KeyName: Sendable, Hashable {
    let principal: String
    let key: String

    init(_ claim: IdempotencyClaim) {
      principal = claim.principal
      key = claim.key
    }
  }

  /// A key that has been used.
  struct UsedKey: Sendable {
    let claim: IdempotencyClaim
    var reply: StoredReply?

    func isHeld(by other: IdempotencyClaim) -> Bool {
      reply == nil && claim.holder == other.holder
    }
  }
}
