import Marketing
import Sealing

/// What a database knows of itself: the key of its hashes, and a sealed word by which it recognises its
/// ring of keys. With another ring every personal value in it would be lost, and new ones would be lost
/// to the old ring.
enum StoreInfo {
  private static let purpose = "store-info"
  private static let word = Array("leadrelay".utf8)

  /// Checks the ring and returns the key of the hashes; both are set at the first start.
  static func check(
    _ connection: SQLConnection, path: String, keyRing: KeyRing
  ) throws -> SipHash.Key {
    if try value("hash_key", connection) == nil {
      try connection.execute("BEGIN IMMEDIATE")
      // Another process may have been faster: the first stays.
      try set("hash_key", try SecureRandom.bytes(16), connection)
      try set(
        "ring", try keyRing.sealBytes(word, purpose: purpose, associatedData: []), connection)
      try connection.execute("COMMIT")
    }
    guard let key = try value("hash_key", connection).flatMap(SipHash.Key.init),
      let sealed = try value("ring", connection)
    else { throw StoreError(.corrupt, "\(path) lacks its own keys; restore it from a backup") }
    guard opens(sealed, with: keyRing) else {
      throw StoreError(
        .corrupt,
        "\(path) was made with another file of keys; put the keys.json that belongs to it beside it"
      )
    }
    return key
  }

  /// The word that the database's own ring has sealed, as a query without values.
  static let sealedWordQuery = "SELECT value FROM store_info WHERE name = 'ring'"

  /// Whether a ring has sealed the database: from then on it belongs to that ring.
  static func isSealed(_ connection: SQLConnection) throws -> Bool {
    try value("ring", connection) != nil
  }

  /// Whether a ring is the one that has sealed the word.
  static func opens(_ sealed: [UInt8], with keyRing: KeyRing) -> Bool {
    (try? keyRing.openBytes(sealed, purpose: purpose, associatedData: [])) == word
  }

  private static func value(_ name: String, _ connection: SQLConnection) throws -> [UInt8]? {
    var select = try connection.prepare("SELECT value FROM store_info WHERE name = ?")
    select.bind(name)
    return try select.step() ? select.optionalBlob() : nil
  }

  private static func set(
    _ name: String, _ value: [UInt8], _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      "INSERT OR IGNORE INTO store_info (name, value) VALUES (?, ?)")
    insert.bind(name)
    insert.bind(blob: value)
    try insert.run()
  }
}
