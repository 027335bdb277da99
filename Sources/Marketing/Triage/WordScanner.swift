/// Cuts text into words and the marks between them.
enum WordScanner {
  /// A part of a text.
  enum Token {
    /// A word by the hash of its lower-case, folded spelling without apostrophes. 64 bits tell all
    /// words apart that anybody writes; one made to collide says no more than the word itself would.
    case word(UInt64)
    case sentenceEnd
    case pause
  }

  /// Hands every part of a text to `body`, in order.
  static func scan(_ text: String, _ body: (Token) -> Void) {
    var text = text
    text.withUTF8 { scan($0, isFolded: false, body) }
  }

  /// The word that is being read; holds no reference, so that a byte costs an instruction or two.
  private struct Word {
    var hash = seed
    var start = 0
    var isEmpty = true
    var isASCII = true

    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func append(_ byte: UInt8, at index: Int) {
      if isEmpty { start = index }
      isEmpty = false
      // FNV-1a, 64 bits (Fowler, Noll, Vo).
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
  }

  private static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, isFolded: Bool, _ body: (Token) -> Void
  ) {
    var word = Word()
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        word.append(byte, at: index)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20, at: index)
      case 0x80...:
        word.append(byte, at: index)
        word.isASCII = false
      case UInt8(ascii: "'"): break
      default:
        end(word, bytes, before: index, isFolded: isFolded, body)
        word = Word()
        let isLast = index + 1 == bytes.count || bytes[index + 1] <= UInt8(ascii: " ")
        if let mark = mark(byte, endsWord: isLast) { body(mark) }
      }
    }
    end(word, bytes, before: bytes.count, isFolded: isFolded, body)
  }

  private static func mark(_ byte: UInt8, endsWord: Bool) -> Token? {
    switch byte {
    case UInt8(ascii: "\n"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ";"): .sentenceEnd
    // A dot within "acme.com" or "2.0" ends nothing.
    case UInt8(ascii: "."): endsWord ? .sentenceEnd : nil
    case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: ")"): .pause
    default: nil
    }
  }

  private static func end(
    _ word: Word, _ bytes: UnsafeBufferPointer<UInt8>, before end: Int, isFolded: Bool,
    _ body: (Token) -> Void
  ) {
    if word.isEmpty { return }
    if word.isASCII || isFolded { return body(.word(word.hash)) }
    // Beyond ASCII, marks such as curly apostrophes and no-break spaces stand among the letters:
    // folding makes them plain, and the result is cut once more.
    let spelling = UnsafeBufferPointer(rebasing: bytes[word.start..<end])
    var folded = TextFolding.folded(String(decoding: spelling, as: UTF8.self))
    folded.withUTF8 { scan($0, isFolded: true, body) }
  }
}
