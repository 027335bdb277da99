import Sealing
import Testing

@Suite("Sealed and authenticated tokens")
struct TokenTests {
  let ring: KeyRing
  let bytes = Array("page 7 of 12, ann@example.com".utf8)

  init() throws { ring = try KeyRing.inMemory() }

  @Test("what is sealed opens again", arguments: [0, 1, 16, 200, 70_000])
  func sealed(count: Int) throws {
    let bytes = try SecureRandom.bytes(count)
    let token = try ring.seal(bytes, purpose: "state", associatedData: Array("alice".utf8))
    #expect(token.hasPrefix("v1."))
    #expect(
      try ring.open(token, purpose: "state", associatedData: Array("alice".utf8)) == bytes)
  }

  @Test("sealing the same twice gives two texts, neither of which shows the content")
  func fresh() throws {
    let tokens = try (0..<2).map { _ in try ring.seal(bytes, purpose: "state") }
    #expect(tokens[0] != tokens[1])
    let raw = try #require(Base64URL.bytes(of: tokens[0].utf8.dropFirst(3)))
    #expect(raw.count == bytes.count + 36)
    #expect(!raw.indices.contains { raw[$0...].starts(with: bytes.prefix(6)) })
  }

  @Test("any changed byte is refused")
  func tamperedSeal() throws {
    let sealed = try ring.sealBytes(bytes, purpose: "state", associatedData: [1, 2, 3])
    for place in sealed.indices {
      for flip: UInt8 in [0x01, 0x80] {
        var changed = sealed
        changed[place] ^= flip
        #expect(throws: SealingError.refused) {
          try ring.openBytes(changed, purpose: "state", associatedData: [1, 2, 3])
        }
      }
    }
    for count in 0..<sealed.count {
      #expect(throws: SealingError.refused) {
        try ring.openBytes(
          Array(sealed.prefix(count)), purpose: "state", associatedData: [1, 2, 3])
      }
    }
    #expect(throws: SealingError.refused) {
      try ring.openBytes(sealed + [0], purpose: "state", associatedData: [1, 2, 3])
    }
  }

  @Test("any changed character of an authenticated token is refused")
  func tamperedCode() throws {
    let token = try ring.authenticate(bytes, purpose: "cursor")
    #expect(try ring.verify(token, purpose: "cursor") == bytes)
    let characters = Array(token)
    for place in characters.indices {
      var changed = characters
      changed[place] = changed[place] == "A" ? "B" : "A"
      #expect(throws: SealingError.refused) {
        try ring.verify(String(changed), purpose: "cursor")
      }
      #expect(throws: SealingError.refused) {
        try ring.verify(String(characters.prefix(place)), purpose: "cursor")
      }
    }
  }

  @Test("another purpose, other associated data and another ring are refused")
  func bound() throws {
    let sealed = try ring.seal(bytes, purpose: "state", associatedData: Array("alice".utf8))
    let signed = try ring.authenticate(bytes, purpose: "state")
    let other = try KeyRing.inMemory()
    #expect(throws: SealingError.refused) {
      try ring.open(sealed, purpose: "states", associatedData: Array("alice".utf8))
    }
    #expect(throws: SealingError.refused) {
      try ring.open(sealed, purpose: "state", associatedData: Array("bob".utf8))
    }
    #expect(throws: SealingError.refused) { try ring.open(sealed, purpose: "state") }
    #expect(throws: SealingError.refused) {
      try other.open(sealed, purpose: "state", associatedData: Array("alice".utf8))
    }
    #expect(throws: SealingError.refused) { try ring.verify(signed, purpose: "cursor") }
    #expect(throws: SealingError.refused) { try other.verify(signed, purpose: "state") }
    // A signed token is not a sealed one, whatever the purpose is called.
    #expect(throws: SealingError.refused) { try ring.open(signed, purpose: "state") }
  }

  @Test(
    "what is no token at all is refused",
    arguments: [
      "", "v1", "v1.", "v1.A", "v2.AAAA", "V1.AAAA", "v1.AA\u{301}", "v1.\u{1F600}", "v1.=",
    ])
  func notTokens(text: String) {
    #expect(throws: SealingError.refused) { try ring.open(text, purpose: "state") }
    #expect(throws: SealingError.refused) { try ring.verify(text, purpose: "state") }
  }

  @Test("after a rotation the new key seals and the old one still opens")
  func rotation() throws {
    let sealed = try ring.seal(bytes, purpose: "state")
    let signed = try ring.authenticate(bytes, purpose: "cursor")
    try ring.rotate()
    #expect(ring.count == 2)
    #expect(try ring.open(sealed, purpose: "state") == bytes)
    #expect(try ring.verify(signed, purpose: "cursor") == bytes)
    let later = try ring.seal(bytes, purpose: "state")
    // Eight bytes of the key's name: the first ten characters behind the prefix are theirs alone.
    #expect(later.dropFirst(3).prefix(10) != sealed.dropFirst(3).prefix(10))
  }
}
