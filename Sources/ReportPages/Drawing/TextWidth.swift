/// How wide a text is in a picture, guessed: a picture cannot measure it, and a name must not run into its
/// bar.
enum TextWidth {
  /// The guessed width, in units of the picture.
  /// - Parameter size: the size of the letters.
  static func of(_ text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { $0 + ems($1) } * size
  }

  /// The text, or its beginning and its end around an ellipsis: names made by one rule differ at either.
  static func fitted(_ text: String, to width: Double, size: Double) -> String {
    guard of(text, size: size) > width else { return text }
    var room = width - size
    var front: [Character] = []
    var back: [Character] = []
    // Nothing longer is ever shown, and a cell can be a megabyte.
    let shortened = Array(text.prefix(400))
    let end = Array(text.suffix(400))
    for index in 0..<min(shortened.count, end.count) {
      let next = index.isMultiple(of: 2) ? shortened[index / 2] : end[end.count - 1 - index / 2]
      room -= of(String(next), size: size)
      guard room >= 0 else { break }
      if index.isMultiple(of: 2) { front.append(next) } else { back.append(next) }
    }
    return String(front) + "…" + String(back.reversed())
  }

  /// The guessed advance of a character, a little over that of the common sans serifs.
  private static func ems(_ scalar: Unicode.Scalar) -> Double {
    switch scalar.value {
    case 0x20, 0x27, 0x2C, 0x2E, 0x3A, 0x3B, 0x7C, 0x21, 0x69, 0x6A, 0x6C, 0x49: 0.32
    case 0x66, 0x72, 0x74, 0x28, 0x29, 0x2D: 0.4
    case 0x4D, 0x57, 0x6D, 0x77, 0x40, 0x25: 0.92
    case 0x41...0x5A: 0.7
    case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      1.05
    default: 0.58
    }
  }
}
