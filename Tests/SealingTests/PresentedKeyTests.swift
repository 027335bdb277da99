import Sealing
import Testing

@Suite("Presented keys")
struct PresentedKeyTests {
  @Test("a key reads back as it is written and matches its own digest alone")
  func roundTrip() throws {
    let key = try PresentedKey.make(id: "01jd-key")
    let again = try #require(PresentedKey(key.text))
    #expect(key.text.hasPrefix("lr_01jd-key_") && key.text.utf8.count == "lr_01jd-key_".count + 43)
    #expect(again.id == key.id && again.text == key.text)
    let digest = try key.digest()
    #expect(digest.count == 32)
    #expect(try again.digest() == digest)
    #expect(try again.matches(digest))
    #expect(try !again.matches(nil))
    #expect(try !PresentedKey.make(id: key.id).matches(digest))
  }

  @Test("secrets with the separator in them read back")
  func separator() throws {
    for _ in 0..<200 {
      let key = try PresentedKey.make(id: "k")
      #expect(PresentedKey(key.text)?.text == key.text)
    }
  }

  static let secret = String(repeating: "A", count: 43)

  @Test(
    "what is no key is refused",
    arguments: [
      "", "lr_", "lr_k", "lr_k_", "lr__\(secret)", "LR_k_\(secret)", "k_\(secret)",
      "lr_k_\(secret)A", "lr_k_\(secret.dropLast())", "lr_k_\(secret.dropLast())B",
      "lr_k_\(secret)=", "lr_k \(secret)", "lr_k.k_\(secret)", " lr_k_\(secret)",
      "lr_k_\(secret)\n", "lr_k\u{E9}_\(secret)",
      "lr_\(String(repeating: "k", count: 65))_\(secret)",
    ])
  func refused(text: String) { #expect(PresentedKey(text) == nil) }

  @Test("neither its description nor its reflection tells the secret")
  func isSilent() throws {
    let key = try PresentedKey.make(id: "k")
    var dumped = ""
    dump(key, to: &dumped)
    let secret = key.text.dropFirst("lr_k_".count)
    for text in ["\(key)", String(reflecting: key), dumped] {
      #expect(text.contains("k") && !text.contains(secret) && !text.contains("UInt8"))
    }
  }

  @Test(
    "two codes are equal when every byte is, and only then",
    arguments: [0, 1, 15, 30, 31])
  func comparison(place: Int) {
    let code = [UInt8](repeating: 7, count: 32)
    var other = code
    #expect(HMACSHA256.areEqual(code, other))
    for bit in 0..<8 {
      other[place] = code[place] ^ (1 << UInt8(bit))
      #expect(!HMACSHA256.areEqual(code, other))
    }
    #expect(!HMACSHA256.areEqual(code, Array(code.prefix(place))))
    #expect(HMACSHA256.areEqual([], []))
  }
}
