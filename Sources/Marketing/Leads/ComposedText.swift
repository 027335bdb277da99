/// Brings text into its composed form, so that a letter with a mark is the same text whether it came as one
/// scalar (`ü`) or as a letter and a combining mark (`u` and U+0308), as some systems write file names and mails.
enum ComposedText {
  /// Scalars of scripts whose letters can be written in both ways: Latin to Thai and beyond up to Greek with its
  /// marks, signs that are letters too, Japanese syllables, Korean ones.
  private static let ranges: [ClosedRange<UInt32>] = [
    0xC0...0x2FF, 0x370...0x1FFF, 0x2126...0x212B, 0x3040...0x30FF, 0xAC00...0xD7A3,
  ]

  /// Characters compare by canonical equivalence: both ways of writing one find the same entry.
  private static let letters: [Character: Unicode.Scalar] = {
    var letters: [Character: Unicode.Scalar] = [:]
    for value in ranges.joined() {
      guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic else { continue }
      let letter = Character(scalar)
      if letters[letter] == nil { letters[letter] = scalar }
    }
    return letters
  }()

  /// The text with each letter and its marks as one scalar where there is one, marks that are left in the order of
  /// their classes. What is equal by canonical equivalence is the same bytes then.
  static func composed(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    var composed = String.UnicodeScalarView()
    for character in text {
      if let scalar = letters[character] {
        composed.append(scalar)
      } else {
        composed.append(contentsOf: scalars(of: character))
      }
    }
    return String(composed)
  }

  /// A character that is no single scalar: as much of it in one as can be.
  private static func scalars(of character: Character) -> [Unicode.Scalar] {
    let scalars = character.unicodeScalars
    guard scalars.count > 1, let first = scalars.first else { return Array(scalars) }
    var letter = first
    var left: [Unicode.Scalar] = []
    let marks = scalars.dropFirst().enumerated().sorted { one, other in
      let classes = (
        one.element.properties.canonicalCombiningClass,
        other.element.properties.canonicalCombiningClass
      )
      return (classes.0.rawValue, one.offset) < (classes.1.rawValue, other.offset)
    }
    for (_, mark) in marks {
      var joined = String(letter)
      joined.unicodeScalars.append(mark)
      if joined.count == 1, let known = letters[Character(joined)] {
        letter = known
      } else {
        left.append(mark)
      }
    }
    return [letter] + left
  }
}
