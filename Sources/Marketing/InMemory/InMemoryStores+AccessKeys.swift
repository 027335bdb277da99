import JSONRPC

extension InMemoryStores: AccessKeyStore {
  package func add(_ key: AccessKey) async throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      guard state.accessKeys[key.id] == nil else { throw .taken(key.id) }
      state.accessKeys[key.id] = key
    }
  }

  package func accessKey(_ id: AccessKeyID) throws(StoreError) -> AccessKey? {
    state.withLock { $0.accessKeys[id] }
  }

  package func accessKeys() throws(StoreError) -> [AccessKey] {
    state.withLock { Array($0.accessKeys.values) }
      .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
  }

  package func hasAccessKeys() throws(StoreError) -> Bool {
    state.withLock { !$0.accessKeys.isEmpty }
  }

  @discardableResult
  package func revoke(
    _ id: AccessKeyID, at time: Timestamp
  ) async throws(StoreError) -> AccessKey? {
    state.withLock { state in
      if state.accessKeys[id]?.revokedAt == nil { state.accessKeys[id]?.revokedAt = time }
      return state.accessKeys[id]
    }
  }

  package func noteUse(of id: AccessKeyID, at time: Timestamp) async throws(StoreError) {
    state.withLock { state in
      guard let key = state.accessKeys[id], key.lastUsedAt.map({ $0 < time }) ?? true else {
        return
      }
      state.accessKeys[id]?.lastUsedAt = time
    }
  }
}

extension StoreError {
  /// A key's name that another key has.
  package static func taken(_ id: AccessKeyID) -> StoreError {
    StoreError(.conflict, "there is an access key \(id) already")
  }
}
