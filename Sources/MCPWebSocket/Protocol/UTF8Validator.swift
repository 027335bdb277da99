/// Checks UTF-8 that comes in pieces, cut anywhere, and fails at the first byte that cannot belong to
/// any text (RFC 3629: no surrogates, nothing over U+10FFFF, no longer forms than needed).
struct UTF8Validator: Sendable {
  /// How many bytes of the current character are missing.
  private var missing = 0
  /// What the next byte must be in; narrower than 80...BF behind some first bytes.
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xBF

  /// Whether the text may end here.
  var isComplete: Bool { missing == 0 }

  /// Takes the next piece.
  /// - Returns: whether it can be part of UTF-8.
  mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < bytes.count {
      if missing == 0 {
        index = Self.endOfASCII(bytes, from: index)
        guard index < bytes.count else { return true }
      }
      guard accepts(bytes[index]) else { return false }
      index += 1
    }
    return true
  }

  /// The next eight bytes are looked at together while all of them are ASCII.
  private static func endOfASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard word & 0x8080_8080_8080_8080 == 0 else { break }
      index += 8
    }
    while index < bytes.count, bytes[index] < 0x80 { index += 1 }
    return index
  }

  private mutating func accepts(_ byte: UInt8) -> Bool {
    guard missing > 0 else { return begins(with: byte) }
    guard byte >= lowest, byte <= highest else { return false }
    missing -= 1
    lowest = 0x80
    highest = 0xBF
    return true
  }

  private mutating func begins(with byte: UInt8) -> Bool {
    switch byte {
    case 0x00...0x7F: return true
    case 0xC2...0xDF: missing = 1
    case 0xE0...0xEF:
      missing = 2
      if byte == 0xE0 { lowest = 0xA0 }
      if byte == 0xED { highest = 0x9F }
    case 0xF0...0xF4:
      missing = 3
      if byte == 0xF0 { lowest = 0x90 }
      if byte == 0xF4 { highest = 0x8F }
    default: return false
    }
    return true
  }
}
