import Sealing
import Testing

@Suite("Known answers")
struct KnownAnswerTests {
  @Test(
    "SHA-256: FIPS 180-2, appendix B",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(text: String, digest: String) throws {
    #expect(hex(try SHA256.digest(of: Array(text.utf8))) == digest)
  }

  struct HMACCase: Sendable {
    let number: Int
    let key: [UInt8]
    let data: [UInt8]
    let code: String
  }

  @Test(
    "HMAC-SHA256: RFC 4231, section 4",
    arguments: [
      HMACCase(
        number: 1, key: [UInt8](repeating: 0x0B, count: 20), data: Array("Hi There".utf8),
        code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
      HMACCase(
        number: 2, key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
        code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
      HMACCase(
        number: 3, key: [UInt8](repeating: 0xAA, count: 20),
        data: [UInt8](repeating: 0xDD, count: 50),
        code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
      HMACCase(
        number: 4, key: Array(1...25), data: [UInt8](repeating: 0xCD, count: 50),
        code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
      HMACCase(
        number: 6, key: [UInt8](repeating: 0xAA, count: 131),
        data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
      HMACCase(
        number: 7, key: [UInt8](repeating: 0xAA, count: 131),
        data: Array(
          """
          This is a test using a larger than block-size key and a larger than block-size data. \
          The key needs to be hashed before being used by the HMAC algorithm.
          """.utf8),
        code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ])
  func hmac(known: HMACCase) throws {
    #expect(hex(try HMACSHA256.code(of: known.data, key: known.key)) == known.code)
  }

  struct HKDFCase: Sendable {
    let number: Int
    let secret: [UInt8]
    let salt: [UInt8]
    let info: [UInt8]
    let key: String
  }

  @Test(
    "HKDF-SHA256: RFC 5869, appendix A",
    arguments: [
      HKDFCase(
        number: 1, secret: [UInt8](repeating: 0x0B, count: 22), salt: Array(0x00...0x0C),
        info: Array(0xF0...0xF9),
        key: """
          3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865
          """),
      HKDFCase(
        number: 2, secret: Array(0x00...0x4F), salt: Array(0x60...0xAF), info: Array(0xB0...0xFF),
        key: """
          b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c\
          59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71\
          cc30c58179ec3e87c14c01d5c1f3434f1d87
          """),
      HKDFCase(
        number: 3, secret: [UInt8](repeating: 0x0B, count: 22), salt: [], info: [],
        key: """
          8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8
          """),
    ])
  func hkdf(known: HKDFCase) throws {
    let key = try HKDFSHA256.key(
      from: known.secret, salt: known.salt, info: known.info, byteCount: known.key.count / 2)
    #expect(hex(key) == known.key)
  }

  struct GCMCase: Sendable {
    let number: Int
    let key: String
    let nonce: String
    let plain: String
    let associated: String
    let cipher: String
    let tag: String
  }

  static let gcmCases = [
    GCMCase(
      number: 13, key: String(repeating: "00", count: 32), nonce: "000000000000000000000000",
      plain: "", associated: "", cipher: "", tag: "530f8afbc74536b9a963b4f1c4cb738b"),
    GCMCase(
      number: 14, key: String(repeating: "00", count: 32), nonce: "000000000000000000000000",
      plain: "00000000000000000000000000000000", associated: "",
      cipher: "cea7403d4d606b6e074ec5d3baf39d18", tag: "d0d1c8a799996bf0265b98b5d48ab919"),
    GCMCase(
      number: 15, key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      nonce: "cafebabefacedbaddecaf888",
      plain: """
        d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255
        """, associated: "",
      cipher: """
        522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
        8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad
        """, tag: "b094dac5d93471bdec1a502270e3cc6c"),
    GCMCase(
      number: 16, key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      nonce: "cafebabefacedbaddecaf888",
      plain: """
        d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
        """, associated: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      cipher: """
        522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
        8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
        """, tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
  ]

  @Test("AES-256-GCM: the test vectors submitted to NIST, appendix B", arguments: gcmCases)
  func gcm(known: GCMCase) throws {
    let sealed = try AES256GCM.seal(
      hex(known.plain), key: hex(known.key), nonce: hex(known.nonce),
      associatedData: hex(known.associated))
    #expect(sealed == hex(known.nonce) + hex(known.cipher) + hex(known.tag))
    let opened = try AES256GCM.open(
      sealed, key: hex(known.key), associatedData: hex(known.associated))
    #expect(opened == hex(known.plain))
  }

  @Test(
    "Base 64 for URLs: RFC 4648, section 10, without padding",
    arguments: [
      ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
      ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"), ("\u{3FF}\u{3E}?", "z78-Pw"),
    ])
  func base64(plain: String, text: String) {
    #expect(Base64URL.text(of: Array(plain.utf8)) == text)
    #expect(Base64URL.bytes(of: text.utf8) == Array(plain.utf8))
  }

  @Test(
    "Base 64 refuses other spellings of the same bytes",
    arguments: ["Z", "Zg=", "Zg==", "Zh", "Zm9", "Zm9v ", "Zm+v", "Zm/v", "Zg\n", "Zm8A_"])
  func base64Refuses(text: String) {
    #expect(Base64URL.bytes(of: text.utf8) == nil)
  }
}
