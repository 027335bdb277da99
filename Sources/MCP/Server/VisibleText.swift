/// Makes visible what text from outside may hide: characters that show nothing or turn the direction of
/// writing, by which instructions for a model can be slipped past the people who read the text.
///
/// Each becomes its number, such as `[U+202E]`. Joiners between letters or parts of an emoji, and the
/// selector of a character's presentation, stay: names and pictures need them. What is stored keeps its
/// text; only results are rewritten.
package enum VisibleText {
  /// The text with what it hides made visible. UTF-8; JSON stays the same JSON apart from its strings.
  package static func revealing(_ bytes: [UInt8]) -> [UInt8] {
    guard mayHide(bytes) else { return bytes }
    let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    var shown: [UInt8] = []
    shown.reserveCapacity(bytes.count + 64)
    for (place, scalar) in scalars.enumerated() {
      let before = place > 0 ? scalars[place - 1] : nil
      let after = place + 1 < scalars.count ? scalars[place + 1] : nil
      if hides(scalar, between: before, and: after) {
        shown += "[U+\(number(scalar))]".utf8
      } else {
        shown += scalar.utf8
      }
    }
    return shown
  }

  /// The text with what it hides made visible.
  package static func revealing(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return mayHide(bytes) ? String(decoding: revealing(bytes), as: UTF8.self) : text
  }

  private static func number(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  /// Whether there is any byte that a hiding character begins with; for nearly all text there is none.
  private static func mayHide(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { buffer in
      var place = 0
      while place < buffer.count {
        let byte = buffer[place]
        // Most text is ASCII, and of the rest most begins with other bytes.
        if byte >= 0xC2, leads(byte) { return true }
        place += 1
      }
      return false
    }
  }

  private static func leads(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2, 0xCD, 0xD8, 0xE1, 0xE2, 0xE3, 0xEF, 0xF0, 0xF3: true
    default: false
    }
  }

  private static func hides(
    _ scalar: Unicode.Scalar, between before: Unicode.Scalar?, and after: Unicode.Scalar?
  ) -> Bool {
    switch scalar.value {
    // Joiners.
    case 0x200C, 0x200D: !(isJoinable(before) && isJoinable(after))
    // Selectors of text or emoji presentation, and of an ideograph's form.
    case 0xFE0E, 0xFE0F: !isShown(before)
    case 0xE0100...0xE01EF: !isIdeograph(before)
    default: isInvisible(scalar)
    }
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Controls, the soft hyphen, the joiner of graphemes.
    case 0x80...0x9F, 0xAD, 0x34F: true
    // Marks, embeddings, overrides and isolates of the direction of writing.
    case 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    // Spaces without width, joiners, operators that show nothing, separators of lines.
    case 0x200B...0x200D, 0x2028, 0x2029, 0x2060...0x2065, 0x206A...0x206F, 0xFEFF: true
    // Controls of shorthand and of music.
    case 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A: true
    // Letters that show nothing.
    case 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x2800, 0x3164, 0xFFA0: true
    // Selectors, annotations, tags.
    case 0xFE00...0xFE0F, 0xFFF0...0xFFFB, 0xE0000...0xE0FFF: true
    default: false
    }
  }

  private static func isShown(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return scalar.value > 0x20 && scalar != "\"" && !isInvisible(scalar)
  }

  private static func isJoinable(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar, scalar.value >= 0x300 else { return false }
    return !isInvisible(scalar) || scalar.value == 0xFE0F
  }

  private static func isIdeograph(_ scalar: Unicode.Scalar?) -> Bool {
    switch scalar?.value ?? 0 {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
    default: false
    }
  }
}
