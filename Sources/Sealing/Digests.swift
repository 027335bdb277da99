import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
  /// The length of a digest in bytes.
  package static let byteCount = 32

  /// The digest of the bytes, 32 bytes.
  package static func digest(of bytes: [UInt8]) throws(SealingError) -> [UInt8] {
    var isDone = false
    let digest = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
      var written: UInt32 = 0
      isDone = EVP_Digest(bytes, bytes.count, buffer.baseAddress, &written, EVP_sha256(), nil) == 1
      initialized = isDone ? byteCount : 0
    }
    guard isDone else { throw .library("EVP_Digest") }
    return digest
  }

  /// The digest of the bytes as 64 hexadecimal digits in lower case.
  package static func hexadecimal(of bytes: [UInt8]) throws(SealingError) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = try digest(of: bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}

/// HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
  /// The code of the bytes under a key, 32 bytes.
  package static func code(of bytes: [UInt8], key: [UInt8]) throws(SealingError) -> [UInt8] {
    var isDone = false
    let code = [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { buffer, initialized in
      var written: UInt32 = 0
      isDone =
        HMAC(
          EVP_sha256(), key, Int32(key.count), bytes, bytes.count, buffer.baseAddress, &written)
        != nil
      initialized = isDone ? SHA256.byteCount : 0
    }
    guard isDone else { throw .library("HMAC") }
    return code
  }

  /// Whether two codes are equal, in a time that does not tell where they differ.
  package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }
}

/// HKDF with SHA-256 (RFC 5869).
package enum HKDFSHA256 {
  /// Derives a key.
  /// - Parameter byteCount: how long it shall be, 1–8160 bytes.
  package static func key(
    from secret: [UInt8], salt: [UInt8], info: [UInt8], byteCount: Int
  ) throws(SealingError) -> [UInt8] {
    precondition((1...255 * SHA256.byteCount).contains(byteCount), "RFC 5869, section 2.3")
    // An absent salt is a string of zeros, and HMAC pads a short key with zeros itself.
    let extracted = try HMACSHA256.code(
      of: secret, key: salt.isEmpty ? [UInt8](repeating: 0, count: SHA256.byteCount) : salt)
    var expanded: [UInt8] = []
    var block: [UInt8] = []
    var counter: UInt8 = 1
    while expanded.count < byteCount {
      block = try HMACSHA256.code(of: block + info + [counter], key: extracted)
      expanded += block
      counter &+= 1
    }
    return Array(expanded.prefix(byteCount))
  }
}
