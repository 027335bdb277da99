import JSONRPC
import MCP
import Marketing
import Sealing
import Testing

@testable import Gateway

@Suite("Who makes a request")
struct AuthenticatorTests {
  /// Counts what the store is asked, and fails when it is told to.
  private final class CountingStore: AccessKeyStore {
    private struct Unplugged: Error {}
    let stores = InMemoryStores()
    let questions = Locked(0)
    let fails = Locked(false)

    private func ask() throws(StoreError) {
      questions.withLock { $0 += 1 }
      if fails.withLock({ $0 }) { throw StoreError(.unavailable, "unplugged") }
    }

    func add(_ key: AccessKey) async throws(StoreError) { try await stores.add(key) }
    func accessKey(_ id: AccessKeyID) throws(StoreError) -> AccessKey? {
      try ask()
      return try stores.accessKey(id)
    }
    func accessKeys() throws(StoreError) -> [AccessKey] { try stores.accessKeys() }
    func hasAccessKeys() throws(StoreError) -> Bool {
      try ask()
      return try stores.hasAccessKeys()
    }
    @discardableResult
    func revoke(_ id: AccessKeyID, at time: Timestamp) async throws(StoreError) -> AccessKey? {
      try await stores.revoke(id, at: time)
    }
    func noteUse(of id: AccessKeyID, at time: Timestamp) async throws(StoreError) {
      try await stores.noteUse(of: id, at: time)
    }
  }

  private let store = CountingStore()

  private func authenticator(
    tokens: TokenVerifier? = nil, allowsAnonymous: Bool = true
  ) -> Authenticator {
    Authenticator(
      keys: store, tokens: tokens, selections: [ToolSelection(isReadOnly: true)],
      allowsAnonymous: allowsAnonymous)
  }

  /// Makes a key and returns what is presented.
  private func key(_ id: String = "k", expires: Int? = nil) async throws -> String {
    let presented = try PresentedKey.make(id: id)
    try await store.add(
      AccessKey(
        id: AccessKeyID(rawValue: id), workspace: WorkspaceID(rawValue: "sales"),
        scopes: ["leads:read"], secretDigest: presented.digest(), createdAt: noon,
        expiresAt: expires.map { noon + .seconds($0) }))
    return presented.text
  }

  private func refusal(
    _ authenticator: Authenticator, _ authorization: [String], after seconds: Int = 0
  ) async -> AccessRefusal? {
    await #expect(throws: AccessRefusal.self) {
      _ = try await authenticator.authenticate(
        authorization: authorization, at: noon + .seconds(seconds))
    }
  }

  @Test("without key and issuer anything but administration is open to this machine")
  func anonymous() async throws {
    let identity = try await authenticator().authenticate(authorization: [], at: noon)
    #expect(identity.principal.name == "anonymous" && identity.principal.workspace == "default")
    #expect(identity.principal.scopes == Set(Scopes.allButAdmin))
    #expect(identity.principal.mayUse(["leads:write", "models:read"]))
    #expect(!identity.principal.mayUse(["admin:read"]) && !identity.principal.scopes.contains("*"))
    #expect(identity.principal.selections == [ToolSelection(isReadOnly: true)])
    let refused = await refusal(authenticator(allowsAnonymous: false), [])
    #expect(refused?.status == 401)
  }

  @Test("a credential that is wrong is not passed over where none is needed")
  func wrongIsNotNone() async throws {
    let authenticator = authenticator()
    for value in ["Bearer x", "Bearer lr_k_x", "Bearer a.b.c", "Basic YTpi"] {
      #expect(await refusal(authenticator, [value])?.code == .invalidToken, "\(value)")
    }
  }

  @Test("the first key closes the door for anonymous within a second, for good")
  func firstKey() async throws {
    let authenticator = authenticator()
    let open = try await authenticator.authenticate(authorization: [], at: noon)
    for step in 0..<100 {
      _ = try await authenticator.authenticate(
        authorization: [], at: noon + .milliseconds(9 * step))
      #expect(authenticator.isStillValid(open, at: noon + .milliseconds(9 * step)))
    }
    #expect(store.questions.withLock { $0 } == 1)
    _ = try await key()
    #expect(!authenticator.isStillValid(open, at: noon + .seconds(1)))
    #expect(await refusal(authenticator, [], after: 1)?.status == 401)
    try await store.revoke(AccessKeyID(rawValue: "k"), at: noon)
    let asked = store.questions.withLock { $0 }
    #expect(await refusal(authenticator, [], after: 900)?.status == 401)
    #expect(store.questions.withLock { $0 } == asked)
  }

  @Test("an issuer closes the door for anonymous")
  func issuer() async throws {
    let key = try await Issuer.es256("e")
    let file = try KeySetFile([key])
    defer { file.remove() }
    let authenticator = authenticator(tokens: try Issuer.verifier(file))
    #expect(await refusal(authenticator, [])?.code == .invalidToken)
    let token = try Issuer.token(key)
    let identity = try await authenticator.authenticate(
      authorization: ["bearer  \(token)"], at: noon)
    #expect(identity.credential == .token && identity.principal.workspace == "house")
    #expect(identity.principal.selections == [ToolSelection(isReadOnly: true)])
    #expect(authenticator.isStillValid(identity, at: noon + .milliseconds(59_999)))
    #expect(!authenticator.isStillValid(identity, at: noon + .seconds(60)))
  }

  @Test("a key is good until it expires")
  func expiry() async throws {
    let text = try await key(expires: 60)
    let authenticator = authenticator()
    let identity = try await authenticator.authenticate(
      authorization: ["Bearer \(text)"], at: noon)
    #expect(identity.principal.name == "key:k" && identity.principal.workspace == "sales")
    #expect(identity.principal.scopes == ["leads:read"])
    #expect(identity.expiresAt == noon + .seconds(60))
    #expect(authenticator.isStillValid(identity, at: noon + .seconds(59)))
    #expect(!authenticator.isStillValid(identity, at: noon + .seconds(60)))
    let refused = await refusal(authenticator, ["Bearer \(text)"], after: 60)
    #expect(refused?.code == .invalidToken && refused?.description.contains("expired") == true)
  }

  @Test("a revoked key is refused at once, and its open connections within a second")
  func revocation() async throws {
    let text = try await key()
    let authenticator = authenticator()
    let identity = try await authenticator.authenticate(
      authorization: ["Bearer \(text)"], at: noon)
    try await store.revoke(AccessKeyID(rawValue: "k"), at: noon)
    let asked = store.questions.withLock { $0 }
    #expect(authenticator.isStillValid(identity, at: noon + .milliseconds(999)))
    #expect(store.questions.withLock { $0 } == asked)
    #expect(!authenticator.isStillValid(identity, at: noon + .seconds(1)))
    #expect(!authenticator.isStillValid(identity, at: noon + .milliseconds(1500)))
    #expect(store.questions.withLock { $0 } == asked + 1)
    let refused = await refusal(authenticator, ["Bearer \(text)"])
    #expect(refused?.description.contains("revoked") == true)
  }

  @Test("a request that finds its key revoked ends the key's connections with it")
  func sharedKnowledge() async throws {
    let text = try await key()
    let authenticator = authenticator()
    let identity = try await authenticator.authenticate(
      authorization: ["Bearer \(text)"], at: noon)
    try await store.revoke(AccessKeyID(rawValue: "k"), at: noon)
    _ = await refusal(authenticator, ["Bearer \(text)"])
    #expect(!authenticator.isStillValid(identity, at: noon))
  }

  @Test("another secret and another name are refused alike, and nothing is told of the key")
  func unknown() async throws {
    let text = try await key()
    let other = try PresentedKey.make(id: "k").text
    let nobody = try PresentedKey.make(id: "n").text
    let authenticator = authenticator()
    let answers = [
      await refusal(authenticator, ["Bearer \(other)"]),
      await refusal(authenticator, ["Bearer \(nobody)"]),
      await refusal(authenticator, ["Bearer \(text)A"]),
      await refusal(authenticator, ["Bearer lr_k_"]),
    ]
    #expect(Set(answers).count == 1 && answers[0]?.code == .invalidToken)
    // A revoked key too: only who has the secret may learn that there was one.
    try await store.revoke(AccessKeyID(rawValue: "k"), at: noon)
    #expect(await refusal(authenticator, ["Bearer \(other)"]) == answers[0])
  }

  @Test("the use of a key is written down once in ten minutes")
  func use() async throws {
    let text = try await key()
    let authenticator = authenticator()
    let id = AccessKeyID(rawValue: "k")
    for (second, noted) in [(0, 0), (599, 0), (600, 600), (601, 600)] {
      _ = try await authenticator.authenticate(
        authorization: ["Bearer \(text)"], at: noon + .seconds(second))
      #expect(try store.stores.accessKey(id)?.lastUsedAt == noon + .seconds(noted))
    }
  }

  @Test("when keys cannot be looked up nobody comes in, and nobody is told to get another")
  func unplugged() async throws {
    let text = try await key()
    let authenticator = authenticator()
    let identity = try await authenticator.authenticate(
      authorization: ["Bearer \(text)"], at: noon)
    store.fails.withLock { $0 = true }
    for authorization in [[], ["Bearer \(text)"]] {
      let refused = await refusal(authenticator, authorization, after: 5)
      #expect(refused?.status == 503)
      #expect(refused?.challenge(resourceMetadata: nil) == nil)
    }
    #expect(!authenticator.isStillValid(identity, at: noon + .seconds(5)))
  }

  /// Values of the header, and the status they are refused with.
  static let headers: [([String], Int)] = [
    (["Bearer a", "Bearer a"], 400), (["", ""], 400), ([""], 400), (["Bearer"], 400),
    (["Bearer "], 400), (["Bearer a b"], 400), (["Bearer a,b"], 400), (["Bearer =a"], 400),
    (["Bearer a=b"], 400), (["Bearer \u{E9}"], 400), (["Bearer a\tb"], 400), (["B\"asic a"], 400),
    ([" Bearer a"], 400), (["Bearer\ta"], 400), (["Bearer a=="], 401), (["BEARER a"], 401),
    (["Basic YTpi"], 401), (["Digest"], 401), (["a.b.c"], 401),
  ]

  @Test("a header that cannot be read is another fault than a wrong token", arguments: headers)
  func readsHeaders(values: [String], status: Int) async throws {
    _ = try await key()
    let refused = await refusal(authenticator(), values)
    #expect(refused?.status == status, "\(refused?.description ?? "")")
  }
}
