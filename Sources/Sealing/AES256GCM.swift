import COpenSSL

/// AES-256 in Galois/counter mode (NIST SP 800-38D) with 96-bit nonces and 128-bit tags.
package enum AES256GCM {
  /// The length of a key in bytes.
  package static let keyByteCount = 32
  /// The length of a nonce in bytes.
  package static let nonceByteCount = 12
  /// The length of a tag in bytes.
  package static let tagByteCount = 16

  /// Encrypts and authenticates under a fresh random nonce. One key should seal no more than 2^32
  /// messages this way (SP 800-38D, section 8.3).
  /// - Returns: nonce ‖ ciphertext ‖ tag.
  package static func seal(
    _ bytes: [UInt8], key: [UInt8], associatedData: [UInt8]
  ) throws(SealingError) -> [UInt8] {
    try seal(
      bytes, key: key, nonce: try SecureRandom.bytes(nonceByteCount),
      associatedData: associatedData)
  }

  /// Encrypts and authenticates under a nonce that this key has never seen.
  /// - Returns: nonce ‖ ciphertext ‖ tag.
  package static func seal(
    _ bytes: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8]
  ) throws(SealingError) -> [UInt8] {
    precondition(key.count == keyByteCount && nonce.count == nonceByteCount)
    let total = nonceByteCount + bytes.count + tagByteCount
    var isDone = false
    let sealed = [UInt8](unsafeUninitializedCapacity: total) { buffer, initialized in
      guard let output = buffer.baseAddress else { return }
      output.initialize(from: nonce, count: nonceByteCount)
      isDone = encrypt(
        bytes, key: key, nonce: nonce, associatedData: associatedData,
        into: output + nonceByteCount)
      initialized = isDone ? total : 0
    }
    guard isDone else { throw .library("EVP_EncryptInit_ex") }
    return sealed
  }

  /// Checks and decrypts what `seal` returned.
  /// - Throws: `.refused` unless key, associated data and every byte are as they were.
  package static func open(
    _ sealed: some RandomAccessCollection<UInt8>, key: [UInt8], associatedData: [UInt8]
  ) throws(SealingError) -> [UInt8] {
    precondition(key.count == keyByteCount)
    guard sealed.count >= nonceByteCount + tagByteCount else { throw .refused }
    let nonce = Array(sealed.prefix(nonceByteCount))
    let tag = Array(sealed.suffix(tagByteCount))
    let body = Array(sealed.dropFirst(nonceByteCount).dropLast(tagByteCount))
    var isDone = false
    let bytes = [UInt8](unsafeUninitializedCapacity: max(1, body.count)) { buffer, initialized in
      guard let output = buffer.baseAddress else { return }
      isDone = decrypt(
        body, key: key, nonce: nonce, tag: tag, associatedData: associatedData, into: output)
      initialized = isDone ? body.count : 0
    }
    guard isDone else { throw .refused }
    return bytes
  }

  private static func encrypt(
    _ bytes: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8],
    into output: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    guard let context = EVP_CIPHER_CTX_new() else { return false }
    defer { EVP_CIPHER_CTX_free(context) }
    var written: Int32 = 0
    guard
      EVP_EncryptInit_ex(context, FetchedCipher.aes256GCM.pointer, nil, key, nonce) == 1,
      EVP_EncryptUpdate(context, nil, &written, associatedData, Int32(associatedData.count)) == 1,
      EVP_EncryptUpdate(context, output, &written, bytes, Int32(bytes.count)) == 1,
      EVP_EncryptFinal_ex(context, output + bytes.count, &written) == 1
    else { return false }
    return EVP_CIPHER_CTX_ctrl(
      context, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount), output + bytes.count) == 1
  }

  private static func decrypt(
    _ bytes: [UInt8], key: [UInt8], nonce: [UInt8], tag: [UInt8], associatedData: [UInt8],
    into output: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    guard let context = EVP_CIPHER_CTX_new() else { return false }
    defer { EVP_CIPHER_CTX_free(context) }
    var written: Int32 = 0
    var tag = tag
    guard
      EVP_DecryptInit_ex(context, FetchedCipher.aes256GCM.pointer, nil, key, nonce) == 1,
      EVP_DecryptUpdate(context, nil, &written, associatedData, Int32(associatedData.count)) == 1,
      EVP_DecryptUpdate(context, output, &written, bytes, Int32(bytes.count)) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1
    else { return false }
    var rest: UInt8 = 0
    guard EVP_DecryptFinal_ex(context, &rest, &written) == 1 else {
      OPENSSL_cleanse(output, bytes.count)
      return false
    }
    return true
  }
}

/// A cipher of the library, fetched once: to look it up for each call costs as much as to encrypt a short
/// text.
///
/// Unchecked, for the compiler cannot know it: the object is never changed once it is fetched, and the
/// library itself shares it between threads (EVP_EncryptInit(3), section "fetching").
private struct FetchedCipher: @unchecked Sendable {
  let pointer: OpaquePointer?

  /// Where the library has no such provider, its built-in name, which it looks up each time.
  static let aes256GCM = FetchedCipher(
    pointer: EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) ?? EVP_aes_256_gcm())
}
