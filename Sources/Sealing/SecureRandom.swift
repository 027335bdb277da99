import COpenSSL

/// Random bytes that nobody can predict.
package enum SecureRandom {
  /// That many bytes of the library's generator.
  /// - Throws: `.library` when the generator has no entropy.
  package static func bytes(_ count: Int) throws(SealingError) -> [UInt8] {
    var isFilled = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      isFilled = count == 0 || RAND_bytes(buffer.baseAddress, Int32(count)) == 1
      initialized = isFilled ? count : 0
    }
    guard isFilled else { throw .library("RAND_bytes") }
    return bytes
  }
}
