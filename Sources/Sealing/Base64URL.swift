/// Base 64 with the alphabet that is safe in URLs, without padding (RFC 4648, section 5).
package enum Base64URL {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  /// The bytes as text, behind an optional prefix.
  package static func text(of bytes: [UInt8], prefix: StaticString = "") -> String {
    let start = prefix.utf8CodeUnitCount
    let total = start + (bytes.count * 4 + 2) / 3
    let alphabet = alphabet
    return String(unsafeUninitializedCapacity: total) { buffer in
      for offset in 0..<start { buffer[offset] = prefix.utf8Start[offset] }
      var place = start
      var bits: UInt32 = 0
      var held = 0
      for byte in bytes {
        bits = bits << 8 | UInt32(byte)
        held += 8
        while held >= 6 {
          held -= 6
          buffer[place] = alphabet[Int(bits >> UInt32(held) & 63)]
          place += 1
        }
      }
      if held > 0 { buffer[place] = alphabet[Int(bits << UInt32(6 - held) & 63)] }
      return total
    }
  }

  /// The bytes that a text in UTF-8 stands for; `nil` unless it is exactly what `text(of:)` writes, so that no
  /// two texts stand for the same bytes.
  package static func bytes(of text: some Collection<UInt8>) -> [UInt8]? {
    let values = values
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 3 / 4)
    var bits: UInt32 = 0
    var held = 0
    for character in text {
      let value = values[Int(character)]
      guard value != 0xFF else { return nil }
      bits = bits << 6 | UInt32(value)
      held += 6
      if held >= 8 {
        held -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    // What is left over must be less than a character, and zero.
    guard held < 6, bits & ((1 << UInt32(held)) - 1) == 0 else { return nil }
    return bytes
  }
}
