/// What text of one line and of several may hold.
enum TextRules {
  /// The text of a one-line field: trimmed, inner white space as single spaces.
  /// - Returns: the text (empty when there was only white space), or what was found that one line
  ///   cannot hold.
  static func line(_ text: String, limit: Int) -> Result<String, Flaw> {
    // Most fields are plain ASCII with nothing to tidy up.
    if text.utf8.count <= limit, isTidy(text) { return .success(text) }
    let trimmed = trimming(text)
    for scalar in trimmed.unicodeScalars {
      if let flaw = flaw(scalar) { return .failure(flaw) }
    }
    return checked(TextFolding.collapsingSpaces(trimmed), limit: limit)
  }

  /// The text of a field with several lines, trimmed; tabs and line ends within stay.
  static func lines(_ text: String, limit: Int) -> Result<String, Flaw> {
    let trimmed = trimming(text)
    for scalar in trimmed.unicodeScalars where !isLayout(scalar) {
      if isControl(scalar) { return .failure(.control(scalar)) }
    }
    return checked(trimmed, limit: limit)
  }

  /// What text must not hold, or how long it is when that is too much.
  struct Flaw: Error {
    let found: String

    static func control(_ scalar: Unicode.Scalar) -> Flaw {
      let code = String(scalar.value, radix: 16, uppercase: true)
      let padding = String(repeating: "0", count: max(0, 4 - code.count))
      return Flaw(found: "the control character U+\(padding)\(code)")
    }
  }

  private static func checked(_ text: String, limit: Int) -> Result<String, Flaw> {
    guard text.utf8.count > limit else { return .success(text) }
    let length = text.unicodeScalars.count
    return length <= limit
      ? .success(text) : .failure(Flaw(found: "a text of \(length) characters"))
  }

  private static func isTidy(_ text: String) -> Bool {
    var previous = UInt8(ascii: " ")
    for byte in text.utf8 {
      guard (0x20..<0x7F).contains(byte) else { return false }
      if byte == 0x20, previous == 0x20 { return false }
      previous = byte
    }
    return previous != 0x20 || text.isEmpty
  }

  private static func trimming(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !TextFolding.isSpace($0) }),
      let last = scalars.lastIndex(where: { !TextFolding.isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  private static func flaw(_ scalar: Unicode.Scalar) -> Flaw? {
    if isControl(scalar) { return .control(scalar) }
    switch scalar.value {
    case 0x2028, 0x2029: return Flaw(found: "a line separator")
    // They reorder what follows them, so that a name can pass for something else.
    case 0x202A...0x202E, 0x2066...0x2069:
      return Flaw(found: "a character that overrides the direction of text")
    default: return nil
    }
  }

  private static func isLayout(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\t" || scalar == "\n" || scalar == "\r"
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}
