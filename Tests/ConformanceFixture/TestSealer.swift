import JSONRPC
package import MCP

/// A sealer for tests: a keyed checksum that notices every change, no cryptography.
package enum TestSealer {
  struct Refused: Error {}

  /// A sealer.
  /// - Parameter key: what another sealer must share to open what this one sealed.
  package static func make(key: UInt64 = 0x5EA1) -> Sealer {
    let drawn = Locked(UInt64(0))
    return Sealer(
      seal: { text, purpose, bound in
        let masked = mask(text, key)
        return spell(checksum(masked, "seal:" + purpose, bound, key) + masked)
      },
      open: { token, purpose, bound in
        mask(try read(token, "seal:" + purpose, bound, key), key)
      },
      sign: { text, purpose, bound in
        spell(checksum(text, "sign:" + purpose, bound, key) + text)
      },
      verify: { token, purpose, bound in try read(token, "sign:" + purpose, bound, key) },
      digest: { digest($0) },
      randomBytes: { count in
        let draw = drawn.withLock { (drawn: inout UInt64) -> UInt64 in
          drawn += 1
          return drawn
        }
        return Array(digest(bytes(draw ^ key)).prefix(count))
      })
  }

  private static func read(
    _ token: String, _ purpose: String, _ bound: [UInt8], _ key: UInt64
  ) throws -> [UInt8] {
    let all = try bytes(spelled: token)
    let text = Array(all.dropFirst(32))
    guard all.count >= 32, Array(all.prefix(32)) == checksum(text, purpose, bound, key) else {
      throw Refused()
    }
    return text
  }

  private static func checksum(
    _ text: [UInt8], _ purpose: String, _ bound: [UInt8], _ key: UInt64
  ) -> [UInt8] {
    var all = bytes(key)
    for part in [Array(purpose.utf8), bound, text] {
      all += bytes(UInt64(part.count))
      all += part
    }
    return digest(all)
  }

  private static func mask(_ text: [UInt8], _ key: UInt64) -> [UInt8] {
    let stream = digest(bytes(key))
    return text.enumerated().map { $1 ^ stream[$0 % stream.count] ^ UInt8(truncatingIfNeeded: $0) }
  }

  private static func digest(_ text: [UInt8]) -> [UInt8] {
    (UInt64(1)...4).flatMap { lane -> [UInt8] in
      // FNV-1a with another start for each lane, stirred at the end.
      var hash = 0xCBF2_9CE4_8422_2325 &* (2 * lane + 1)
      for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash ^= hash >> 29
      return bytes(hash &* 0xBF58_476D_1CE4_E5B9)
    }
  }

  private static func bytes(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }

  private static let digits = Array("0123456789abcdef")

  private static func spell(_ bytes: [UInt8]) -> String {
    String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  private static func bytes(spelled token: String) throws -> [UInt8] {
    // One spelling for each value, so that a change of case is a change.
    let values = token.map { digits.firstIndex(of: $0) }
    guard values.count.isMultiple(of: 2) else { throw Refused() }
    return try stride(from: 0, to: values.count, by: 2).map { index in
      guard let high = values[index], let low = values[index + 1] else { throw Refused() }
      return UInt8(high << 4 | low)
    }
  }
}
