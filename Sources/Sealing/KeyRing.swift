import Glibc
import JSONRPC

/// Secrets that seal values for the outside and for the disk. The newest key seals, all of them open, so
/// a new key can be added at any time; every purpose has a key of its own, derived from the ring's.
package final class KeyRing: Sendable {
  private struct State {
    var keys: [RingKey]
    var stamp: KeyFile.Stamp?
    var derived: [Derivation: [UInt8]] = [:]
  }

  private struct Derivation: Hashable {
    let keyID: [UInt8]
    let use: Use
    let purpose: String
  }

  /// What a derived key is for: no key both encrypts and authenticates.
  enum Use: String, Sendable {
    case seal, authenticate
  }

  private let state: Locked<State>
  private let file: KeyFile?

  private init(keys: [RingKey], file: KeyFile?, stamp: KeyFile.Stamp?) {
    self.state = Locked(State(keys: keys, stamp: stamp))
    self.file = file
  }

  /// A ring with one new key that is gone with the process.
  package static func inMemory() throws(SealingError) -> KeyRing {
    KeyRing(keys: [try .random(createdAt: 0)], file: nil, stamp: nil)
  }

  /// The ring in a file.
  /// - Throws: `.keyFile` when the file is missing, open to others or malformed.
  package static func open(path: String) throws(SealingError) -> KeyRing {
    let file = KeyFile(path: path)
    let (keys, stamp) = try file.reload()
    return KeyRing(keys: keys, file: file, stamp: stamp)
  }

  /// The ring in a file, made with one new key when there is no such file: only for a place where no
  /// ring has sealed anything yet. Its folder must be there.
  /// - Throws: `.keyFile` when the file is open to others or malformed.
  package static func openOrCreate(
    path: String, now: Int64 = secondsSinceEpoch()
  ) throws(SealingError) -> KeyRing {
    let file = KeyFile(path: path)
    let (keys, stamp) = try file.loadOrCreate(now: now)
    return KeyRing(keys: keys, file: file, stamp: stamp)
  }

  /// Where the ring of a database stands: `keys.json` in the database's folder.
  package static func path(besideDatabase path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "keys.json" }
    return "\(path[...slash])keys.json"
  }

  /// Seconds since 1970-01-01T00:00:00Z by the system's clock.
  package static func secondsSinceEpoch() -> Int64 { Int64(time(nil)) }

  /// Adds a key, which seals from now on. Other processes find it when they first meet it.
  package func rotate(now: Int64 = secondsSinceEpoch()) throws(SealingError) {
    guard let file else {
      let key = try RingKey.random(createdAt: now)
      return state.withLock { $0.keys.append(key) }
    }
    let (keys, stamp) = try file.addKey(now: now)
    state.withLock {
      $0.keys = keys
      $0.stamp = stamp
    }
  }

  /// How many keys the ring holds.
  package var count: Int { state.withLock { $0.keys.count } }

  /// The name and the purpose's key of the key that seals.
  func sealingKey(
    for use: Use, _ purpose: String
  ) throws(SealingError) -> (id: [UInt8], key: [UInt8]) {
    try state.withLock { (state) throws(SealingError) in
      // The ring is never empty: neither the file nor the generator makes such a one.
      guard let newest = state.keys.last else { throw SealingError.refused }
      return (newest.id, try Self.derive(newest, use, purpose, &state))
    }
  }

  /// The purpose's key of the key of this name.
  /// - Throws: `.refused` when the ring has none of this name, not even in its file by now.
  func openingKey(
    _ id: some Sequence<UInt8>, for use: Use, _ purpose: String
  ) throws(SealingError) -> [UInt8] {
    if let key = try knownKey(id, for: use, purpose) { return key }
    refresh()
    guard let key = try knownKey(id, for: use, purpose) else { throw .refused }
    return key
  }

  private func knownKey(
    _ id: some Sequence<UInt8>, for use: Use, _ purpose: String
  ) throws(SealingError) -> [UInt8]? {
    let id = Array(id)
    return try state.withLock { (state) throws(SealingError) in
      guard let key = state.keys.first(where: { $0.id == id }) else { return nil }
      return try Self.derive(key, use, purpose, &state)
    }
  }

  /// Reads the file again when another process has changed it.
  private func refresh() {
    guard let file, let stamp = file.stamp, state.withLock({ $0.stamp }) != stamp,
      let (keys, read) = try? file.reload()
    else { return }
    state.withLock {
      $0.keys = keys
      $0.stamp = read
    }
  }

  private static func derive(
    _ key: RingKey, _ use: Use, _ purpose: String, _ state: inout State
  ) throws(SealingError) -> [UInt8] {
    let derivation = Derivation(keyID: key.id, use: use, purpose: purpose)
    if let known = state.derived[derivation] { return known }
    let derived = try HKDFSHA256.key(
      from: key.secret, salt: Array("leadrelay".utf8),
      info: Array("\(use.rawValue) \(purpose)".utf8), byteCount: AES256GCM.keyByteCount)
    state.derived[derivation] = derived
    return derived
  }
}
