import JSONRPC
import Testing

/// Whatever bytes come in, the parser survives, and what it accepts it can write and read again.
@Suite struct JSONMutationTests {
  private static let tokens: [[UInt8]] =
    [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00", "\\u0000", "null",
      "true",
      "false", "-", "0", "-0", "1e400", "1e-400", "1E+", "0.1", "9223372036854775808",
      "18446744073709551616", "{\"a\":", "[[", "]]", "\"jsonrpc\":\"2.0\"", "\"id\":", "\n", "\r\n",
      " ",
      "\u{FEFF}", "é", "e\u{301}", "💡", "\u{2028}",
    ].map { Array($0.utf8) } + [
      [0x00], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    ]

  private static func corpus() throws -> [[UInt8]] {
    let files =
      Fixture.files(below: "json-test-suite/test_parsing")
      + Fixture.files(below: "mcp-schema/2026-07-28/examples")
    return try files.map(Fixture.bytes).filter { $0.count < 4096 }
  }

  private static func mutate(
    _ bytes: [UInt8], with other: [UInt8], _ random: inout SplitMix64
  ) -> [UInt8] {
    var bytes = bytes
    let place = Int.random(in: 0...bytes.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where place < bytes.count: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
    case 2: bytes.removeSubrange(place...)
    case 3:
      let end = min(bytes.count, place + Int.random(in: 0..<16, using: &random))
      bytes.removeSubrange(place..<end)
    case 4:
      let start = Int.random(in: 0...other.count, using: &random)
      let end = min(other.count, start + Int.random(in: 0..<64, using: &random))
      bytes.insert(contentsOf: other[start..<end], at: place)
    default: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: place)
    }
    return bytes
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func survivesMutations(seed: UInt64) throws {
    let corpus = try Self.corpus()
    #expect(corpus.count > 400)
    // What is accepted is mutated further, so that valid texts drift away from the files.
    var valid = corpus.filter { (try? JSONParser().parse($0)) != nil }
    var random = SplitMix64(seed: seed)
    let parser = JSONParser()
    var accepted = 0
    for _ in 0..<5000 {
      let isValid = Int.random(in: 0..<8, using: &random) > 0
      var bytes = (isValid ? valid : corpus).randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes = Self.mutate(bytes, with: corpus.randomElement(using: &random) ?? [], &random)
      }
      guard let value = try? parser.parse(bytes) else { continue }
      accepted += 1
      if bytes.count < 4096 { valid.append(bytes) }
      let written = JSONWriter.bytes(of: value)
      let again = try parser.parse(written)
      #expect(again == value)
      #expect(JSONWriter.bytes(of: again) == written)
      #expect(!written.contains(0x0A))
      _ = try? Message(value)
    }
    // Both outcomes must be common, or the mutations are too harsh or too mild to find anything.
    #expect((500..<4500).contains(accepted), "\(accepted)")
  }
}
