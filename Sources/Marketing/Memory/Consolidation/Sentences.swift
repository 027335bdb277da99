/// Cuts a text into sentences.
package enum Sentences {
  /// The sentences, trimmed. One ends at a line's end, and at a full stop, question or exclamation mark that
  /// white space follows and that does not stand behind a single letter or a common abbreviation.
  package static func of(_ text: String) -> [String] {
    var sentences: [String] = []
    var start = text.startIndex
    var index = text.startIndex
    func close(at end: String.Index) {
      let sentence = TextFolding.collapsingSpaces(String(text[start..<end]))
      if !sentence.isEmpty { sentences.append(sentence) }
      start = end
    }
    while index < text.endIndex {
      let next = text.index(after: index)
      let character = text[index]
      if character.isNewline {
        close(at: next)
      } else if marks.contains(character), next == text.endIndex || text[next].isWhitespace {
        if character != "." || !isAbbreviation(before: index, in: text, from: start) {
          close(at: next)
        }
      } else if wideMarks.contains(character) {
        close(at: next)
      }
      index = next
    }
    close(at: text.endIndex)
    return sentences
  }

  private static let marks: Set<Character> = [".", "!", "?", "…"]
  /// Marks of scripts that put no space behind them.
  private static let wideMarks: Set<Character> = ["。", "！", "？"]
  private static let abbreviations: Set = [
    "mr", "mrs", "ms", "dr", "prof", "st", "e.g", "i.e", "etc", "vs", "no", "inc", "ltd", "co",
    "approx", "jr", "sr",
  ]

  private static func isAbbreviation(
    before stop: String.Index, in text: String, from start: String.Index
  ) -> Bool {
    let word = text[start..<stop].reversed().prefix { !$0.isWhitespace }.reversed()
    let letters = String(word).lowercased().drop { !$0.isLetter }
    if letters == "no" { return stop < text.endIndex && isNumber(behind: stop, in: text) }
    return letters.count == 1 && letters != "i" || abbreviations.contains(String(letters))
  }

  private static func isNumber(behind stop: String.Index, in text: String) -> Bool {
    let rest = text[text.index(after: stop)...].drop { $0.isWhitespace }
    return rest.first?.isNumber ?? false
  }
}
