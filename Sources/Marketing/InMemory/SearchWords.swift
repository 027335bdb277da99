package import JSONRPC

/// Takes text apart into the words that searches compare: runs of letters, marks and digits of any
/// script, folded. Every store makes its words here, so that all of them find the same.
package enum SearchWords {
  /// The words in their order, repeated ones too.
  package static func words(in text: String) -> [String] {
    var text = text
    if let words = text.withUTF8(wordsOfASCII) { return words }
    var words: [String] = []
    var word = ""
    for scalar in TextFolding.folded(text).unicodeScalars {
      if isPartOfWord(scalar) {
        word.unicodeScalars.append(scalar)
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// The words of a text that is all ASCII; `nil` when it is not.
  private static func wordsOfASCII(_ text: UnsafeBufferPointer<UInt8>) -> [String]? {
    var words: [String] = []
    var start: Int?
    for (place, byte) in text.enumerated() {
      guard byte < 0x80 else { return nil }
      if isASCIIWord(byte) {
        start = start ?? place
      } else if let begun = start {
        words.append(lowercased(text[begun..<place]))
        start = nil
      }
    }
    if let start { words.append(lowercased(text[start...])) }
    return words
  }

  private static func lowercased(_ letters: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    String(unsafeUninitializedCapacity: letters.count) { buffer in
      for (place, byte) in letters.enumerated() {
        // Among letters and digits this bit tells capitals from the others, and digits have it set.
        buffer[place] = byte | 0x20
      }
      return letters.count
    }
  }

  /// The words a lead is found by, each once: name, company, e-mail, message and the texts and numbers
  /// anywhere in its attributes.
  package static func words(of lead: Lead) -> [String] {
    words(
      of: [lead.contact.name, lead.account.company, lead.contact.email, lead.message],
      attributes: lead.attributes)
  }

  /// The words of a lead's texts and attributes, each once.
  package static func words(of texts: [String?], attributes: JSONObject) -> [String] {
    var seen: Set<String> = []
    var words: [String] = []
    func add(_ text: String) {
      for word in Self.words(in: text) where seen.insert(word).inserted { words.append(word) }
    }
    for case let text? in texts { add(text) }
    for member in attributes { forEachText(in: member.value, add) }
    return words
  }

  /// What a search for the text must find.
  /// - Returns: `nil` when the text is blank and everything is found; no words when it holds none, such
  ///   as `***`, and nothing is.
  package static func query(_ text: String?) -> [String]? {
    guard let text, text.unicodeScalars.contains(where: { !TextFolding.isSpace($0) }) else {
      return nil
    }
    var seen: Set<String> = []
    return words(in: text).filter { seen.insert($0).inserted }
  }

  private static func forEachText(in value: JSONValue, _ body: (String) -> Void) {
    switch value {
    case .string(let text): body(text)
    case .integer(let integer): body(String(integer))
    case .number(let number): body(number.spelling)
    case .array(let elements): for element in elements { forEachText(in: element, body) }
    case .object(let object): for member in object { forEachText(in: member.value, body) }
    case .null, .bool: break
    }
  }

  private static func isASCIIWord(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
  }

  private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isASCIIWord(UInt8(truncatingIfNeeded: scalar.value)) }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}

extension String {
  /// The text with the letters A to Z in lower case, as stores compare fields without case.
  package var foldingASCIICase: String {
    String(
      decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
