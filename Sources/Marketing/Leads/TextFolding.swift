/// Brings spellings that people take for the same into one form.
package enum TextFolding {
  /// The text in lower case without diacritics, with plain dashes, apostrophes and full-width letters,
  /// trimmed, and with every run of white space as one space. Letters of other scripts stay.
  package static func folded(_ text: String) -> String {
    if let plain = foldedASCII(text) { return plain }
    var folded = ""
    for character in text.lowercased() {
      if let letters = plainLetters[character] {
        folded.append(letters)
      } else {
        for scalar in character.unicodeScalars { append(scalar, to: &folded) }
      }
    }
    return foldedASCII(folded) ?? collapsingSpaces(folded)
  }

  /// The text trimmed, every run of Unicode white space and invisible separators as one space.
  package static func collapsingSpaces(_ text: String) -> String {
    var result = ""
    var needsSpace = false
    for scalar in text.unicodeScalars {
      if isSpace(scalar) {
        needsSpace = !result.isEmpty
      } else {
        if needsSpace { result.append(" ") }
        needsSpace = false
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whether a scalar only separates: Unicode white space, and what is written without being seen.
  package static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar == " " || (0x09...0x0D).contains(scalar.value) }
    return scalar.properties.isWhitespace || isInvisible(scalar)
  }

  /// Zero-width space, word joiner and byte order mark.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200B, 0x2060, 0xFEFF: true
    default: false
    }
  }

  /// The folded text; `nil` when it is not all ASCII.
  private static func foldedASCII(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
      return String(unsafeUninitializedCapacity: bytes.count) { buffer in
        var count = 0
        var needsSpace = false
        for byte in bytes {
          if byte == 0x20 || (0x09...0x0D).contains(byte) {
            needsSpace = count > 0
            continue
          }
          if needsSpace {
            buffer[count] = 0x20
            count += 1
            needsSpace = false
          }
          buffer[count] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
          count += 1
        }
        return count
      }
    }
  }

  /// Appends a lower-case scalar in its plain form.
  private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
    switch scalar.value {
    // Combining diacritical marks, and the soft hyphen that is only seen at a line's end.
    case 0x0300...0x036F, 0x00AD: break
    case 0x2010...0x2015, 0x2212: text.append("-")
    case 0x2018, 0x2019, 0x02BC, 0x0060, 0x00B4: text.append("'")
    case 0xFF01...0xFF5E:
      if let narrow = Unicode.Scalar(scalar.value - 0xFEE0) { text.unicodeScalars.append(narrow) }
    default: text.unicodeScalars.append(isSpace(scalar) ? " " : scalar)
    }
  }

  /// Letters with a mark or of their own by the plain letters they are written with where a keyboard
  /// lacks them. Characters compare by canonical equivalence, so composed and decomposed forms both
  /// find their entry.
  private static let plainLetters: [Character: String] = {
    let spellings: KeyValuePairs = [
      "a": "àáâãäåāăąǎǟǻạảấầẩẫậắằẳẵặ", "c": "çćĉċč", "d": "ďđḍð", "e": "èéêëēĕėęěẹẻẽếềểễệ",
      "g": "ĝğġģǧ", "h": "ĥħḥ", "i": "ìíîïĩīĭįıǐỉị", "j": "ĵǰ", "k": "ķǩ", "l": "ĺļľŀł",
      "n": "ñńņňŋṇ", "o": "òóôõöøōŏőơǒọỏốồổỗộớờởỡợ", "r": "ŕŗřṛ", "s": "śŝşšșṣ", "t": "ţťŧțṭ",
      "u": "ùúûüũūŭůűųưǔǖǘǚǜụủứừửữự", "w": "ŵẁẃẅ", "y": "ýÿŷỳỵỷỹ", "z": "źżžẓ", "ss": "ß",
      "ae": "æǽ", "oe": "œ", "th": "þ", "α": "ά", "ε": "έ", "η": "ή", "ι": "ίϊΐ", "ο": "ό",
      "σ": "ς", "υ": "ύϋΰ", "ω": "ώ", "е": "ё",
    ]
    var table: [Character: String] = [:]
    for (plain, letters) in spellings {
      for letter in letters { table[letter] = plain }
    }
    return table
  }()
}
