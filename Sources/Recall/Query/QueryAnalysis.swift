package import Marketing

/// What a question asks for, as far as its words tell: no index is looked at.
package struct QueryAnalysis: Sendable, Hashable {
  /// The word that makes it a question.
  package enum QuestionWord: String, Sendable, Hashable, CaseIterable {
    case who, whom, whose, what, which, when, `where`, why, how
  }

  /// More stems than this are not looked for.
  package static let mostStems = 48

  /// The question as it was asked.
  package var text: String
  /// The stems to look for, each once, in their order, without stop words and excluded words.
  package var stems: [String]
  /// The stems of what is to be left out.
  package var excludedStems: [String]
  /// Its words, by which names are found.
  package var words: [TextAnalyzer.Word]
  /// The times that it names, any of them.
  package var periods: [TimePeriod]
  /// The kinds of memory that it names.
  package var kinds: Set<MemoryKind>
  /// Its first question word.
  package var questionWord: QuestionWord?
  /// Whether it wants to know when, or for how long.
  package var asksForTime: Bool
  /// Whether it wants to know how many or how much.
  package var asksForNumber: Bool
  /// Whether it was typed without any capital, so that names have none.
  package var isAllLowercase: Bool

  /// Reads a question.
  /// - Parameters:
  ///   - text: a question, or just words.
  ///   - now: what `yesterday` counts from.
  package init(_ text: String, by analyzer: TextAnalyzer, now: Timestamp) {
    let words = analyzer.words(of: text)
    let times = TimeExpressions(words, now: now)
    let set = Set(words.map(\.text))
    let question = words.lazy.compactMap { QuestionWord(rawValue: $0.text) }.first
    let isQuestion = question != nil || text.utf8.contains(UInt8(ascii: "?"))
    let excluded = Exclusion.places(in: words, ofQuestion: isQuestion)
    var stems: [String] = []
    var excludedStems: [String] = []
    for (place, word) in words.enumerated() {
      guard let stem = word.stem else { continue }
      if excluded.openers.contains(place) { continue }
      if excluded.places.contains(place) {
        if !excludedStems.contains(stem) { excludedStems.append(stem) }
      } else if !stems.contains(stem), stems.count < Self.mostStems {
        stems.append(stem)
      }
    }
    excludedStems.removeAll(where: stems.contains)
    self.text = text
    self.stems = stems
    self.excludedStems = excludedStems
    self.words = words
    periods = times.periods
    kinds = Self.kinds(in: words)
    questionWord = question
    let asksHow = set.contains("how")
    asksForTime =
      set.contains("when") || asksHow && !set.isDisjoint(with: ["long", "often"])
      || !set.isDisjoint(with: ["what", "which"])
        && !set.isDisjoint(with: ["year", "month", "day", "date", "time", "season"])
    asksForNumber =
      asksHow && !set.isDisjoint(with: ["many", "much", "long", "old", "often", "far"])
    isAllLowercase = !words.contains(where: \.isCapitalized)
  }

  /// Kinds by the words that name them.
  private static func kinds(in words: [TextAnalyzer.Word]) -> Set<MemoryKind> {
    var kinds: Set<MemoryKind> = []
    for word in words {
      switch word.text {
      case "preference", "preferences", "prefer", "prefers", "preferred", "fact", "facts":
        kinds.insert(.longTerm)
      case "episode", "episodes", "tried", "attempt", "attempts", "outcome", "outcomes":
        kinds.insert(.episodic)
      case "relation", "relations", "relationship", "relationships", "related", "entity",
        "entities":
        kinds.insert(.semantic)
      case "slot", "slots", "intent", "intents": kinds.insert(.shortTerm)
      default: break
      }
    }
    return kinds
  }
}

/// Finds the words of a question that say what is not wanted.
private enum Exclusion {
  /// Words that exclude what follows, and those that do only where nothing is asked: in a question they
  /// tell how something was.
  private static let openers: Set = ["except", "excluding", "besides", "exclude", "excl"]
  private static let plainOpeners: Set = ["not", "without"]
  /// Pairs of words that do, likewise.
  private static let pairs: Set = ["other than", "apart from", "aside from", "but not"]
  private static let plainPairs: Set = ["and not", "rather than", "instead of"]
  /// Words that end what is excluded.
  private static let ends: Set = [
    "that", "which", "who", "when", "where", "what", "how", "did", "does", "do", "is", "was", "are",
    "were", "has", "have", "will", "would", "should", "can", "but", "since", "because",
  ]
  /// So many words that tell something are excluded at most.
  private static let reach = 3

  /// What was found in a question.
  struct Found {
    /// The places of the words that exclude.
    var openers: Set<Int> = []
    /// The places of the words that are excluded.
    var places: Set<Int> = []
  }

  /// Finds the excluded words.
  static func places(in words: [TextAnalyzer.Word], ofQuestion isQuestion: Bool) -> Found {
    var found = Found()
    var place = 0
    while place < words.count {
      guard let length = opener(at: place, in: words, isQuestion) else {
        place += 1
        continue
      }
      found.openers.formUnion(place..<place + length)
      place += length
      let first = place
      var taken = 0
      while place < words.count, taken < reach {
        let isParted =
          place > first
          && [
            UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: "?"),
            UInt8(ascii: "!"), UInt8(ascii: "\n"),
          ].contains(words[place].mark)
        if isParted || ends.contains(words[place].text) { break }
        if words[place].stem != nil {
          found.places.insert(place)
          taken += 1
        }
        place += 1
      }
    }
    return found
  }

  private static func opener(
    at place: Int, in words: [TextAnalyzer.Word], _ isQuestion: Bool
  ) -> Int? {
    let word = words[place].text
    if openers.contains(word) { return 1 }
    if plainOpeners.contains(word), !isQuestion { return 1 }
    guard place + 1 < words.count else { return nil }
    let pair = "\(word) \(words[place + 1].text)"
    return pairs.contains(pair) || plainPairs.contains(pair) && !isQuestion ? 2 : nil
  }
}
