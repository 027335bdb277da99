import Marketing
import Testing

@Suite("SipHash-2-4")
struct SipHashTests {
  /// The key 00 01 … 0f and messages 00 01 … of each length, from the authors' reference vectors.
  @Test(
    "the reference vectors",
    arguments: [
      (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (7, 0xab02_00f5_8b01_d137),
      (8, 0x93f5_f579_9a93_2462), (15, 0xa129_ca61_49be_45e5),
    ] as [(Int, UInt64)])
  func vectors(count: Int, hash: UInt64) throws {
    let key = try #require(SipHash.Key(Array(0...15)))
    var hasher = SipHash(key: key)
    for byte in 0..<UInt8(count) { hasher.add(byte) }
    #expect(UInt64(bitPattern: hasher.finalized()) == hash)
  }

  @Test("texts that are split otherwise, or absent, hash otherwise")
  func unambiguous() throws {
    let key = try #require(SipHash.Key(Array(0...15)))
    let parts: [[String?]] = [
      ["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["abc", nil], [nil], [""], [], ["", ""],
    ]
    let hashes = parts.map { texts in
      var hasher = SipHash(key: key)
      for text in texts { hasher.add(text) }
      return hasher.finalized()
    }
    #expect(Set(hashes).count == parts.count)
  }

  @Test("a key is sixteen bytes")
  func key() {
    #expect(SipHash.Key(Array(0...14)) == nil)
    #expect(SipHash.Key(Array(0...16)) == nil)
  }
}
