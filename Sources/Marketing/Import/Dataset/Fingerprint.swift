/// A 128-bit fingerprint of content, the same on every machine: FNV-1a (Fowler, Noll, Vo; offset basis
/// 144066263297769815596495629667062367629, prime 2^88 + 2^8 + 0x3b). It tells rows apart; it is no
/// defence against somebody who makes two contents of one fingerprint on purpose.
struct Fingerprint: Sendable, Hashable {
  private var high: UInt64 = 0x6c62_272e_07bb_0142
  private var low: UInt64 = 0x62b8_2175_6295_c58d

  /// The fingerprint of nothing.
  init() {}

  /// Takes a byte in.
  mutating func add(_ byte: UInt8) {
    low ^= UInt64(byte)
    // (high·2^64 + low) · (2^88 + 0x13b), modulo 2^128.
    let (carry, product) = low.multipliedFullWidth(by: 0x13b)
    high = high &* 0x13b &+ carry &+ (low << 24)
    low = product
  }

  /// Takes a field in, set apart from its neighbours by its length.
  mutating func add(field: some Collection<UInt8>) {
    var length = UInt64(field.count)
    repeat {
      add(UInt8(truncatingIfNeeded: length))
      length >>= 8
    } while length > 0
    add(0xFF)
    for byte in field { add(byte) }
  }

  /// 26 characters of Crockford's base 32 in lower case.
  var text: String {
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    var characters: [UInt8] = []
    var rest = (high, low)
    for _ in 0..<26 {
      characters.append(alphabet[Int(rest.1 & 31)])
      rest = (rest.0 >> 5, rest.1 >> 5 | rest.0 << 59)
    }
    return String(decoding: characters.reversed(), as: UTF8.self)
  }

  /// 32 hexadecimal digits in lower case.
  var hexadecimal: String { high.hexadecimal + low.hexadecimal }

  /// The fingerprint folded to 64 bits, for sets of many.
  var folded: UInt64 { high ^ low }
}

/// Counts how often each fingerprint has been seen, in about 10 to 20 bytes for one seen once.
struct OccurrenceCounter: Sendable {
  private var once: Set<UInt64> = []
  private var repeated: [UInt64: Int] = [:]

  /// - Returns: how often the fingerprint has been seen, this time included.
  mutating func count(_ fingerprint: Fingerprint) -> Int {
    let folded = fingerprint.folded
    if once.insert(folded).inserted { return 1 }
    let count = (repeated[folded] ?? 1) + 1
    repeated[folded] = count
    return count
  }
}

extension UInt64 {
  /// 16 hexadecimal digits in lower case.
  var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
