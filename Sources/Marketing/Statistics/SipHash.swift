/// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): 64 bits that nobody
/// without the key can make two texts collide in.
package struct SipHash: Sendable {
  /// The 128-bit key.
  package struct Key: Sendable, Hashable {
    let low: UInt64
    let high: UInt64

    /// A key from its halves.
    package init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }

    /// A key from 16 bytes, the least significant first; `nil` for another number of bytes.
    package init?(_ bytes: [UInt8]) {
      guard bytes.count == 16 else { return nil }
      self.low = bytes[..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      self.high = bytes[8...].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64
  /// Bytes that do not fill a word yet, the first in the lowest place.
  private var tail: UInt64 = 0
  private var count: UInt64 = 0

  /// A hash of nothing so far.
  package init(key: Key) {
    v0 = key.low ^ 0x736f_6d65_7073_6575
    v1 = key.high ^ 0x646f_7261_6e64_6f6d
    v2 = key.low ^ 0x6c79_6765_6e65_7261
    v3 = key.high ^ 0x7465_6462_7974_6573
  }

  /// Adds a byte.
  package mutating func add(_ byte: UInt8) {
    tail |= UInt64(byte) << (8 * (count & 7))
    count += 1
    if count & 7 == 0 {
      absorb(tail)
      tail = 0
    }
  }

  /// Adds a text in a way that no two sequences of texts share: an absent one is not an empty one, and
  /// the byte behind each occurs in no UTF-8.
  package mutating func add(_ text: String?) {
    if var text { text.withUTF8 { for byte in $0 { add(byte) } } } else { add(0xFE) }
    add(0xFF)
  }

  /// The hash of what was added, as SQLite stores integers.
  package func finalized() -> Int64 {
    var end = self
    end.absorb(end.tail | end.count << 56)
    end.v2 ^= 0xFF
    for _ in 0..<4 { end.round() }
    return Int64(bitPattern: end.v0 ^ end.v1 ^ end.v2 ^ end.v3)
  }

  private mutating func absorb(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  private mutating func round() {
    v0 &+= v1
    v1 = rotated(v1, 13) ^ v0
    v0 = rotated(v0, 32)
    v2 &+= v3
    v3 = rotated(v3, 16) ^ v2
    v0 &+= v3
    v3 = rotated(v3, 21) ^ v0
    v2 &+= v1
    v1 = rotated(v1, 17) ^ v2
    v2 = rotated(v2, 32)
  }

  private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
    word << bits | word >> (64 - bits)
  }
}
