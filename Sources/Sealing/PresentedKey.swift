/// A key to the gateway as its owner holds it: a name and a secret, written `lr_NAME_SECRET`. Never stored
/// and never logged: it has no description that would tell it.
package struct PresentedKey: Sendable {
  /// What every key starts with, so that people and scanners know one when they see it.
  package static let prefix = "lr_"

  private static let secretByteCount = 32
  private static let longestName = 64

  /// The key's name, by which it is looked up.
  package let id: String
  private let secret: [UInt8]

  /// A new key with a secret that nobody can guess.
  /// - Parameter id: 1 to 64 of `[A-Za-z0-9-]`.
  package static func make(id: String) throws(SealingError) -> PresentedKey {
    precondition(isName(id), "a name with other characters could not be read back")
    return PresentedKey(id: id, secret: try SecureRandom.bytes(secretByteCount))
  }

  private init(id: String, secret: [UInt8]) {
    self.id = id
    self.secret = secret
  }

  /// A key that was presented.
  /// - Returns: `nil` unless it is written as `text` writes it.
  package init?(_ text: some StringProtocol) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    let parts = text.utf8.dropFirst(Self.prefix.utf8.count)
      .split(separator: UInt8(ascii: "_"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let id = String(decoding: parts[0], as: UTF8.self)
    guard Self.isName(id), let secret = Base64URL.bytes(of: parts[1]),
      secret.count == Self.secretByteCount
    else { return nil }
    self.init(id: id, secret: secret)
  }

  /// Names have no `_`: the first one ends the name, for a secret may have some.
  private static func isName(_ text: String) -> Bool {
    (1...longestName).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// What its owner presents: to be shown once.
  package var text: String { Self.prefix + id + "_" + Base64URL.text(of: secret) }

  /// The SHA-256 of the secret: what is stored.
  package func digest() throws(SealingError) -> [UInt8] { try SHA256.digest(of: secret) }

  /// Whether the digest is that of its secret, in a time that does not tell how near it comes. Without a
  /// digest the same work is done for nothing, so that a name that exists takes no longer than another.
  package func matches(_ stored: [UInt8]?) throws(SealingError) -> Bool {
    let isEqual = HMACSHA256.areEqual(try digest(), stored ?? Self.noDigest)
    return isEqual && stored != nil
  }

  private static let noDigest = [UInt8](repeating: 0, count: SHA256.byteCount)
}

extension PresentedKey: CustomStringConvertible, CustomReflectable {
  package var description: String { "access key \(id)" }
  package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
