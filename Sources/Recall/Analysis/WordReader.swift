import Marketing

/// Cuts a text into words, in one pass over its bytes. An apostrophe parts words as any other mark does;
/// of scripts that are written without spaces every two letters that follow each other are a word.
struct WordReader {
  /// One word.
  struct Word {
    /// In lower case and folded.
    var text: String
    /// Whether it starts with a capital.
    var isCapitalized = false
    /// Whether nothing is before it in its sentence.
    var startsSentence = false
    /// Whether an apostrophe is right before it.
    var followsApostrophe = false
    /// The last mark between the word before and this one, a space when there is none.
    var mark: UInt8 = 0x20
  }

  /// What was seen of a text beside its words.
  struct Marks {
    /// Whether there is a question mark.
    var hasQuestion = false
    /// Whether the last mark is one; quotes, brackets and what stands in square brackets at the end
    /// are passed over.
    var endsWithQuestion = false
  }

  /// Longer words are cut, so that no text fills the vocabulary with what is no word.
  private static let mostBytes = 64

  private var buffer: [UInt8] = []
  private var isASCII = true
  private var isCapitalized = false
  private var sentenceStarts = true
  private var apostropheBefore = false
  private var mark: UInt8 = 0x20
  private var marks = Marks()
  /// The last letter of a script without spaces, when it is right before.
  private var ideograph: Unicode.Scalar?
  private var ideographStood = false
  private var depth = 0

  private init() { buffer.reserveCapacity(Self.mostBytes) }

  /// Hands every word to `body`, in order.
  static func read(_ text: String, _ body: (Word) -> Void) -> Marks {
    var text = text
    return text.withUTF8 { bytes in
      var reader = WordReader()
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        if byte < 0x80 {
          reader.take(ascii: byte, body)
          index += 1
        } else {
          let (scalar, length) = decoded(bytes, at: index)
          reader.take(scalar, bytes[index..<index + length], body)
          index += length
        }
      }
      reader.endIdeographs(body)
      reader.endWord(body)
      return reader.marks
    }
  }

  private mutating func take(ascii byte: UInt8, _ body: (Word) -> Void) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      append(byte, body)
    case UInt8(ascii: "A")...UInt8(ascii: "Z"):
      if buffer.isEmpty { isCapitalized = true }
      append(byte | 0x20, body)
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      separate(body)
      apostropheBefore = false
    default:
      separate(body)
      see(byte)
    }
  }

  private mutating func see(_ byte: UInt8) {
    mark = byte
    apostropheBefore = byte == UInt8(ascii: "'")
    switch byte {
    case UInt8(ascii: "?"):
      marks.hasQuestion = true
      if depth == 0 { marks.endsWithQuestion = true }
      sentenceStarts = true
    case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "\n"):
      sentenceStarts = true
      if byte != UInt8(ascii: "\n"), depth == 0 { marks.endsWithQuestion = false }
    case UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "]"): depth = max(0, depth - 1)
    default: break
    }
  }

  private mutating func take(
    _ scalar: Unicode.Scalar, _ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ body: (Word) -> Void
  ) {
    switch Self.kind(of: scalar) {
    case .letter(let isUpper):
      if buffer.isEmpty { isCapitalized = isUpper }
      isASCII = false
      for byte in bytes { append(byte, body) }
    case .ideograph: take(ideograph: scalar, body)
    case .apostrophe:
      separate(body)
      see(UInt8(ascii: "'"))
    case .mark(let byte):
      separate(body)
      see(byte)
    case .nothing: break
    case .other:
      separate(body)
      apostropheBefore = false
    }
  }

  private mutating func append(_ byte: UInt8, _ body: (Word) -> Void) {
    if ideograph != nil { endIdeographs(body) }
    if buffer.count < Self.mostBytes { buffer.append(byte) }
  }

  private mutating func take(ideograph scalar: Unicode.Scalar, _ body: (Word) -> Void) {
    endWord(body)
    if let before = ideograph {
      var pair = ""
      pair.unicodeScalars.append(before)
      pair.unicodeScalars.append(scalar)
      give(pair, body)
      ideographStood = true
    } else {
      ideographStood = false
    }
    ideograph = scalar
  }

  private mutating func endIdeographs(_ body: (Word) -> Void) {
    // One that stands alone is a word of its own.
    if let last = ideograph, !ideographStood { give(String(last), body) }
    ideograph = nil
  }

  private mutating func separate(_ body: (Word) -> Void) {
    if ideograph != nil { endIdeographs(body) }
    endWord(body)
  }

  private mutating func endWord(_ body: (Word) -> Void) {
    guard !buffer.isEmpty else { return }
    var text = String(decoding: buffer, as: UTF8.self)
    if !isASCII { text = TextFolding.folded(text) }
    buffer.removeAll(keepingCapacity: true)
    give(text, body)
    isASCII = true
    isCapitalized = false
  }

  private mutating func give(_ text: String, _ body: (Word) -> Void) {
    body(
      Word(
        text: text, isCapitalized: isCapitalized, startsSentence: sentenceStarts,
        followsApostrophe: apostropheBefore, mark: mark))
    sentenceStarts = false
    apostropheBefore = false
    mark = 0x20
    if depth == 0 { marks.endsWithQuestion = false }
  }

  private enum Kind {
    case letter(isUpper: Bool)
    case ideograph
    case apostrophe
    case mark(UInt8)
    /// Part of the word around it without being seen.
    case nothing
    case other
  }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    switch scalar.value {
    case 0xAD, 0x200B...0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF: .nothing
    case 0xC0...0xD6, 0xD8...0xDE: .letter(isUpper: true)
    case 0xDF...0xF6, 0xF8...0xFF: .letter(isUpper: false)
    case 0x2018, 0x2019, 0x02BC, 0xB4: .apostrophe
    case 0x61F, 0xFF1F, 0x37E: .mark(UInt8(ascii: "?"))
    case 0x3002, 0xFF0E, 0xFF61, 0x2026: .mark(UInt8(ascii: "."))
    case 0xFF01: .mark(UInt8(ascii: "!"))
    case 0x80...0xBF, 0xD7, 0xF7, 0x2000...0x206F, 0x2190...0x2BFF, 0x1F000...0x1FAFF: .other
    // Thai, Lao, Myanmar and Khmer; Kana; Han.
    case 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3041...0x30FF, 0x3400...0x4DBF,
      0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF:
      .ideograph
    default:
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .titlecaseLetter: .letter(isUpper: true)
      case .lowercaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber,
        .nonspacingMark, .spacingMark:
        .letter(isUpper: false)
      default: .other
      }
    }
  }

  /// The scalar at an index and its length; the bytes of a String are always whole.
  private static func decoded(
    _ bytes: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> (Unicode.Scalar, Int) {
    let lead = bytes[index]
    let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for offset in 1..<length { value = value << 6 | UInt32(bytes[index + offset] & 0x3F) }
    return (Unicode.Scalar(value) ?? " ", length)
  }
}
