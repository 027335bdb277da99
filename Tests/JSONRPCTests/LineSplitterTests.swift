import JSONRPC
import Testing

@Suite struct LineSplitterTests {
  typealias Line = LineSplitter.Line

  private static func lines(_ stream: [UInt8], limit: Int, chunks: [Int]) -> [Line] {
    var splitter = LineSplitter(limit: limit)
    var lines: [Line] = []
    var rest = stream[...]
    for size in chunks where !rest.isEmpty {
      Array(rest.prefix(size)).withUnsafeBytes { chunk in splitter.feed(chunk) { lines.append($0) }
      }
      rest = rest.dropFirst(size)
    }
    Array(rest).withUnsafeBytes { chunk in splitter.feed(chunk) { lines.append($0) } }
    splitter.finish { lines.append($0) }
    return lines
  }

  private static func complete(_ text: String) -> Line { .complete(Array(text.utf8)) }

  private static let streams: [(stream: String, lines: [Line])] = [
    ("", []), ("a", [complete("a")]), ("a\n", [complete("a")]),
    ("a\nb", [complete("a"), complete("b")]),
    ("a\r\nb\r\n", [complete("a"), complete("b")]), ("\n\n \t\n\r\n \r\na\n\n", [complete("a")]),
    ("\u{FEFF}a\nb", [complete("a"), complete("b")]), ("\u{FEFF}\na\n", [complete("a")]),
    ("a\n\u{FEFF}b\n", [complete("a"), complete("\u{FEFF}b")]), ("a\rb\n", [complete("a\rb")]),
    ("a\r\r\n", [complete("a\r")]), (" a \n", [complete(" a ")]), ("a\0b\n", [complete("a\0b")]),
    ("é\n💡\n", [complete("é"), complete("💡")]),
    ("12345678\n", [complete("12345678")]), ("12345678\r\n", [complete("12345678")]),
    ("123456789\nb\n", [.tooLong, complete("b")]), ("123456789\r\nb\n", [.tooLong, complete("b")]),
    ("123456789", [.tooLong]), ("12345678\r", [complete("12345678")]),
    (
      "12345678901234567890\nb\n123456789012345\n\nc",
      [.tooLong, complete("b"), .tooLong, complete("c")]
    ),
    ("\u{FEFF}12345678\r\nb", [complete("12345678"), complete("b")]),
    ("\u{FEFF}123456789\nb", [.tooLong, complete("b")]),
    ("12345678901\n", [.tooLong]),
  ]

  /// Lines of at most eight bytes, in one chunk, byte by byte, and in chunks of every size.
  @Test(arguments: streams)
  func cuts(stream: String, lines: [Line]) {
    let bytes = Array(stream.utf8)
    for size in 1...max(1, bytes.count) {
      let chunks = Array(repeating: size, count: bytes.count)
      #expect(Self.lines(bytes, limit: 8, chunks: chunks) == lines, "chunks of \(size)")
    }
  }

  @Test func cutsAlikeWhateverTheChunks() {
    var random = SplitMix64(seed: 42)
    let pieces = [
      "{\"a\":1}", "\n", "\r\n", " ", "é", "\u{FEFF}", String(repeating: "x", count: 40), "\r",
    ]
    for _ in 0..<500 {
      let stream = (0..<Int.random(in: 0..<60, using: &random)).flatMap { _ in
        Array((pieces.randomElement(using: &random) ?? "").utf8)
      }
      let whole = Self.lines(stream, limit: 32, chunks: [stream.count])
      for _ in 0..<4 {
        let chunks = (0..<stream.count).map { _ in Int.random(in: 1...50, using: &random) }
        #expect(Self.lines(stream, limit: 32, chunks: chunks) == whole)
      }
    }
  }

  @Test func reportsAnOverlongLineOnceAndGoesOn() {
    var splitter = LineSplitter(limit: 16)
    var lines: [Line] = []
    for _ in 0..<1000 {
      Array(repeating: UInt8(ascii: "x"), count: 100).withUnsafeBytes { chunk in
        splitter.feed(chunk) { lines.append($0) }
      }
    }
    #expect(lines == [])
    Array("\n{}\n".utf8).withUnsafeBytes { chunk in splitter.feed(chunk) { lines.append($0) } }
    #expect(lines == [.tooLong, Self.complete("{}")])
    splitter.finish { lines.append($0) }
    splitter.finish { lines.append($0) }
    #expect(lines.count == 2)
  }
}
