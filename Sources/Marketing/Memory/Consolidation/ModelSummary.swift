/// What a model says that a conversation was about, where it says nothing of its own: no number, no address
/// and no name that nobody in the conversation said. Whoever wrote in the conversation may have told the model
/// what to say; and what a model makes up would be taken for what was said.
///
/// What may be a name is read strictly: every word that does not begin with a small letter must have been said,
/// unless it begins a sentence and is one that sentences begin with. A summary that is refused for a harmless
/// word costs little, since an extract takes its place.
package struct ModelSummary: Sendable, Hashable {
  /// The summary, in one line.
  package let text: String

  /// Checks an answer.
  /// - Parameters:
  ///   - originals: what was said.
  ///   - tokens: the most tokens that it may have.
  /// - Returns: `nil` where it cannot be used.
  package init?(_ answer: String, of originals: [MemoryRecord], tokens: Int) {
    let text = TextFolding.collapsingSpaces(answer)
    guard text.contains(where: \.isLetter), Extract.tokens(of: text) <= tokens,
      !text.unicodeScalars.contains(where: Self.isHidden)
    else { return nil }
    let said = Said(originals)
    guard Self.parts(of: text).allSatisfy({ !Self.isTelling($0) || said.parts.contains($0) }),
      Sentences.of(text).allSatisfy({ Self.namesOnlyWhatWas(said, in: $0) })
    else { return nil }
    self.text = text
  }

  /// The words and the parts between spaces of what was said, folded.
  private struct Said {
    var words: Set<String> = []
    var parts: Set<String> = []

    init(_ originals: [MemoryRecord]) {
      for text in originals.flatMap({ [$0.speaker, $0.text].compactMap(\.self) }) {
        words.formUnion(ModelSummary.words(of: text).map { TextFolding.folded(String($0)) })
        parts.formUnion(ModelSummary.parts(of: text))
      }
    }
  }

  /// Control and format characters, which are not seen and may turn the order of what is.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse, .surrogate, .unassigned: true
    default: false
    }
  }

  private static func words(of text: String) -> [Substring] {
    text.split { !($0.isLetter || $0.isNumber) }
  }

  /// What stands between spaces, folded, without the marks around it.
  private static func parts(of text: String) -> [String] {
    TextFolding.folded(text).split { $0.isWhitespace }.map { part in
      let end = part.drop { marks.contains($0) }.reversed().drop { marks.contains($0) }
      return String(end.reversed())
    }
  }

  private static let marks = Set("()[]{}<>.,;:!?\"'“”„‘’«»…*_`-")

  /// Whether a part says how many, how much or when, or where somebody is found.
  private static func isTelling(_ part: String) -> Bool {
    if part.contains(where: \.isNumber) || part.contains("@") || part.contains("://") {
      return true
    }
    if numbers.contains(part)
      || part.split(separator: "-").contains(where: { numbers.contains(String($0)) })
    {
      return true
    }
    return part.contains(".")
  }

  private static func namesOnlyWhatWas(_ said: Said, in sentence: String) -> Bool {
    words(of: sentence).enumerated().allSatisfy { place, word in
      guard word.contains(where: { $0.isUppercase || $0.isLetter && !$0.isLowercase }) else {
        return true
      }
      let folded = TextFolding.folded(String(word))
      let isOpening =
        place == 0 && word.dropFirst().allSatisfy(\.isLowercase) && openings.contains(folded)
      return isOpening || word == "I" || said.words.contains(folded)
    }
  }

  private static let numbers: Set = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand",
    "million", "billion", "dozen", "half", "twice",
  ]

  /// Words that summaries begin sentences with and that nobody is called.
  private static let openings: Set = [
    "a", "about", "after", "agreed", "all", "also", "although", "an", "and", "as", "asked", "at",
    "before", "both", "but", "buyer", "client", "company", "contact", "customer", "decision",
    "discussed", "during", "finally", "first", "for", "he", "her", "his", "however", "if", "in",
    "interested", "it", "its", "later", "lead", "main", "needs", "next", "no", "nothing", "now",
    "offered", "on", "once", "one", "open", "our", "outcome", "prospect", "requested", "sales",
    "seller", "she", "since", "so", "some", "speaker", "still", "summary", "team", "that", "the",
    "their", "then", "there", "these", "they", "this", "those", "to", "topics", "until", "user",
    "wants", "we", "what", "when", "while", "with", "without", "yes", "you",
  ]
}
