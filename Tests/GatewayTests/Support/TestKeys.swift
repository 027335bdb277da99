import JSONRPC
import Marketing
import Sealing

/// Access keys that say themselves whose they are, so that a test can name one before anything runs: each
/// is stored the moment its text is made.
struct TestKeys: AccessKeyStore {
  private static let all = Locked([AccessKeyID: AccessKey]())

  /// The text of somebody's key.
  static func key(_ name: String, scopes: [String], workspace: String) -> String {
    let facts = "\(name) \(workspace) \(scopes.sorted().joined(separator: ","))"
    let secret = (try? SHA256.digest(of: Array(facts.utf8))) ?? []
    let id = AccessKeyID(rawValue: name + "-" + secret.prefix(6).map { "\($0)" }.joined())
    let digest = (try? SHA256.digest(of: secret)) ?? []
    all.withLock { (all: inout [AccessKeyID: AccessKey]) in
      guard all[id] == nil else { return }
      all[id] = AccessKey(
        id: id, workspace: WorkspaceID(rawValue: workspace), scopes: Set(scopes),
        secretDigest: digest, createdAt: TestTime.start)
    }
    return "lr_\(id.rawValue)_\(Base64URL.text(of: secret))"
  }

  /// Makes a key worthless.
  static func revoke(_ credential: String) {
    all.withLock { $0[AccessKeyID(rawValue: id(of: credential))]?.revokedAt = TestTime.start }
  }

  /// The name of a key.
  static func id(of credential: String) -> String {
    credential.split(separator: "_").dropFirst().first.map(String.init) ?? ""
  }

  func add(_ key: AccessKey) async throws(StoreError) {
    Self.all.withLock { $0[key.id] = key }
  }

  func accessKey(_ id: AccessKeyID) throws(StoreError) -> AccessKey? {
    Self.all.withLock { $0[id] }
  }

  func accessKeys() throws(StoreError) -> [AccessKey] { Self.all.withLock { Array($0.values) } }

  /// Nobody comes in without a key, also before the first is made.
  func hasAccessKeys() throws(StoreError) -> Bool { true }

  func revoke(_ id: AccessKeyID, at time: Timestamp) async throws(StoreError) -> AccessKey? {
    Self.all.withLock { (all: inout [AccessKeyID: AccessKey]) -> AccessKey? in
      all[id]?.revokedAt = time
      return all[id]
    }
  }

  func noteUse(of id: AccessKeyID, at time: Timestamp) async throws(StoreError) {}
}
