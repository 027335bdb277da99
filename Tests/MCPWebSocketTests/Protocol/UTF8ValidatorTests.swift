import Testing

@testable import MCPWebSocket

/// The validator agrees with the standard library, however the text is cut.
@Suite struct UTF8ValidatorTests {
  private static func isValid(_ pieces: [[UInt8]]) -> Bool {
    var validator = UTF8Validator()
    for piece in pieces {
      guard piece.withUnsafeBytes({ validator.accepts($0) }) else { return false }
    }
    return validator.isComplete
  }

  private static func check(_ bytes: [UInt8]) {
    let isValid = String(validating: bytes, as: UTF8.self) != nil
    #expect(Self.isValid([bytes]) == isValid, "\(bytes)")
    for cut in 0...bytes.count {
      let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
      #expect(Self.isValid(pieces) == isValid, "\(bytes) cut at \(cut)")
    }
  }

  @Test func `every pair of bytes`() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        let bytes = [first, second]
        let isValid = String(validating: bytes, as: UTF8.self) != nil
        if Self.isValid([bytes]) != isValid { Issue.record("\(bytes)") }
      }
    }
  }

  @Test(arguments: [
    "", "a", "plain ASCII of some length, more than eight", "ä", "€", "𝄞",
    "12345678ä12345678€1234567𝄞", "\u{0}\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}",
  ])
  func `text, cut anywhere`(_ text: String) { Self.check(Array(text.utf8)) }

  @Test(
    arguments: [
      [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF],
      [0xED, 0xA0, 0x80], [0xEE, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80],
      [0xF4, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0x80],
      [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0xFF], [0xE2, 0x82], [0xE2, 0x28, 0xA1],
    ] as [[UInt8]])
  func `edges, cut anywhere`(_ bytes: [UInt8]) { Self.check(bytes) }

  @Test func `fails at the byte that cannot belong`() {
    var validator = UTF8Validator()
    #expect([0xF0, 0x9D as UInt8].withUnsafeBytes { validator.accepts($0) })
    #expect(!validator.isComplete)
    var other = validator
    #expect(![UInt8(0x28)].withUnsafeBytes { other.accepts($0) })
    #expect([0x84, 0x9E as UInt8].withUnsafeBytes { validator.accepts($0) })
    #expect(validator.isComplete)
  }
}
