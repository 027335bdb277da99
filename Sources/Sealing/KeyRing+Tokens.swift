extension KeyRing {
  private static let tokenPrefix: StaticString = "v1."

  /// Encrypts bytes for one purpose. Purposes are constants of the program, not input.
  /// - Parameter associatedData: what must be the same again when it is opened; not kept.
  /// - Returns: key's name (8 bytes) ‖ nonce (12) ‖ ciphertext ‖ tag (16).
  package func sealBytes(
    _ bytes: [UInt8], purpose: String, associatedData: [UInt8]
  ) throws(SealingError) -> [UInt8] {
    let (id, key) = try sealingKey(for: .seal, purpose)
    return id + (try AES256GCM.seal(bytes, key: key, associatedData: associatedData))
  }

  /// Decrypts what `sealBytes` returned, whichever key of the ring sealed it.
  /// - Throws: `.refused` on anything wrong.
  package func openBytes(
    _ sealed: [UInt8], purpose: String, associatedData: [UInt8]
  ) throws(SealingError) -> [UInt8] {
    guard sealed.count >= RingKey.idByteCount else { throw .refused }
    let key = try openingKey(sealed.prefix(RingKey.idByteCount), for: .seal, purpose)
    return try AES256GCM.open(
      sealed.dropFirst(RingKey.idByteCount), key: key, associatedData: associatedData)
  }

  /// Encrypts bytes into a text for the outside: `v1.` and base 64 that is safe in URLs.
  package func seal(
    _ bytes: [UInt8], purpose: String, associatedData: [UInt8] = []
  ) throws(SealingError) -> String {
    Base64URL.text(
      of: try sealBytes(bytes, purpose: purpose, associatedData: associatedData),
      prefix: Self.tokenPrefix)
  }

  /// Decrypts what `seal` returned.
  /// - Throws: `.refused` on anything wrong.
  package func open(
    _ token: String, purpose: String, associatedData: [UInt8] = []
  ) throws(SealingError) -> [UInt8] {
    try openBytes(try Self.bytes(of: token), purpose: purpose, associatedData: associatedData)
  }

  /// Writes bytes that everybody may read but nobody change into a text for the outside: `v1.` and, in
  /// base 64 that is safe in URLs, key's name (8 bytes) ‖ HMAC-SHA256 (32) ‖ the bytes.
  package func authenticate(_ bytes: [UInt8], purpose: String) throws(SealingError) -> String {
    let (id, key) = try sealingKey(for: .authenticate, purpose)
    return Base64URL.text(
      of: id + (try HMACSHA256.code(of: bytes, key: key)) + bytes, prefix: Self.tokenPrefix)
  }

  /// The bytes of what `authenticate` returned.
  /// - Throws: `.refused` on anything wrong.
  package func verify(_ token: String, purpose: String) throws(SealingError) -> [UInt8] {
    let parts = try Self.bytes(of: token)
    let start = RingKey.idByteCount + SHA256.byteCount
    guard parts.count >= start else { throw .refused }
    let key = try openingKey(parts.prefix(RingKey.idByteCount), for: .authenticate, purpose)
    let bytes = Array(parts[start...])
    let expected = try HMACSHA256.code(of: bytes, key: key)
    guard HMACSHA256.areEqual(expected, Array(parts[RingKey.idByteCount..<start])) else {
      throw .refused
    }
    return bytes
  }

  private static func bytes(of token: String) throws(SealingError) -> [UInt8] {
    let prefix = UnsafeBufferPointer(
      start: tokenPrefix.utf8Start, count: tokenPrefix.utf8CodeUnitCount)
    guard token.utf8.starts(with: prefix),
      let bytes = Base64URL.bytes(of: token.utf8.dropFirst(prefix.count))
    else { throw .refused }
    return bytes
  }
}
