import Marketing
import Testing

@Suite("AccessKeyStore")
struct AccessKeyStoreContract {
  private func key(
    _ id: String, created: Int = 0, workspace: WorkspaceID = .default, label: String? = nil,
    expires: Int? = nil
  ) -> AccessKey {
    AccessKey(
      id: AccessKeyID(rawValue: id), label: label, workspace: workspace,
      scopes: ["leads:read", "leads:write"], secretDigest: Array(0..<32),
      createdAt: noon + .seconds(created), expiresAt: expires.map { noon + .seconds($0) })
  }

  @Test("a key is found by its name, whatever its workspace", arguments: Backend.allCases)
  func finds(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let first = key("one", label: "caf\u{E9}, second floor", expires: 60)
      let second = key("two", created: 1, workspace: .other)
      #expect(try !stores.accessKeys.hasAccessKeys())
      try await stores.accessKeys.add(second)
      try await stores.accessKeys.add(first)
      #expect(try stores.accessKeys.hasAccessKeys())
      #expect(try stores.accessKeys.accessKey(first.id) == first)
      #expect(try stores.accessKeys.accessKey(second.id) == second)
      #expect(try stores.accessKeys.accessKey(AccessKeyID(rawValue: "three")) == nil)
      #expect(try stores.accessKeys.accessKeys() == [first, second])
    }
  }

  @Test("a name is given once", arguments: Backend.allCases)
  func isUnique(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.accessKeys.add(key("one"))
      let error = await #expect(throws: StoreError.self) {
        try await stores.accessKeys.add(key("one", workspace: .other))
      }
      #expect(error?.code == .conflict)
      #expect(try stores.accessKeys.accessKeys() == [key("one")])
    }
  }

  @Test("a revoked key stays revoked from its first time", arguments: Backend.allCases)
  func revokes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let id = key("one").id
      #expect(try await stores.accessKeys.revoke(id, at: noon) == nil)
      try await stores.accessKeys.add(key("one"))
      try await stores.accessKeys.add(key("two"))
      let revoked = try await stores.accessKeys.revoke(id, at: noon + .seconds(5))
      #expect(revoked?.revokedAt == noon + .seconds(5))
      #expect(try await stores.accessKeys.revoke(id, at: noon + .seconds(9)) == revoked)
      #expect(try stores.accessKeys.accessKey(id) == revoked)
      #expect(try stores.accessKeys.accessKey(key("two").id) == key("two"))
      #expect(try stores.accessKeys.hasAccessKeys())
    }
  }

  @Test("the last use only goes forward", arguments: Backend.allCases)
  func remembersUse(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let id = key("one").id
      try await stores.accessKeys.noteUse(of: id, at: noon)
      try await stores.accessKeys.add(key("one"))
      for second in [5, 3, 8, 7] {
        try await stores.accessKeys.noteUse(of: id, at: noon + .seconds(second))
      }
      #expect(try stores.accessKeys.accessKey(id)?.lastUsedAt == noon + .seconds(8))
    }
  }

  @Test(
    "a key is good until it expires or is revoked",
    arguments: [
      (nil, nil, 100, AccessKey.State.good), (60, nil, 59, .good), (60, nil, 60, .expired),
      (nil, 10, 10, .revoked), (60, 70, 80, .revoked),
    ] as [(Int?, Int?, Int, AccessKey.State)])
  func state(expires: Int?, revoked: Int?, now: Int, expected: AccessKey.State) {
    var key = key("one", expires: expires)
    key.revokedAt = revoked.map { noon + .seconds($0) }
    #expect(key.state(at: noon + .seconds(now)) == expected)
  }
}
