import Marketing

extension RecallIndex {
  /// The speakers that a question names.
  struct NamedSpeakers {
    /// All that its words can mean; empty when it names several who are told apart.
    var speakers: Set<UInt32> = []
    /// The stems that are names here.
    var stems: Set<String> = []
    /// The words that are names here, as they are folded.
    var words: Set<String> = []
  }

  /// Finds the speakers that a question names. A word is a name when it starts with a capital, or when
  /// the question has none at all; a stop word at the start of a sentence has its capital from there.
  func namedSpeakers(in question: QueryAnalysis) -> NamedSpeakers {
    var named = NamedSpeakers()
    var areSeveral = false
    for word in question.words {
      guard let speakers = speakersByName[word.stem ?? word.text] else { continue }
      let isName =
        word.isCapitalized
        ? word.stem != nil || !word.startsSentence
        : question.isAllLowercase && word.stem != nil
      guard isName else { continue }
      named.words.insert(word.text)
      if let stem = word.stem { named.stems.insert(stem) }
      let common = named.speakers.intersection(speakers)
      if named.speakers.isEmpty {
        named.speakers = Set(speakers)
      } else if common.isEmpty {
        areSeveral = true
      } else {
        named.speakers = common
      }
    }
    if areSeveral { named.speakers = [] }
    return named
  }

  /// The question without the names of speakers that it holds, for its vector: a record in which a speaker's
  /// name stands is said to that speaker, and not what is looked for.
  package func textWithoutSpeakers(_ question: QueryAnalysis) -> String {
    let names = namedSpeakers(in: question).words
    guard !names.isEmpty else { return question.text }
    var text = ""
    var rest = question.text[...]
    while let first = rest.first {
      guard first.isLetter || first.isNumber else {
        text.append(first)
        rest.removeFirst()
        continue
      }
      let word = rest.prefix { $0.isLetter || $0.isNumber }
      rest = rest.dropFirst(word.count)
      guard names.contains(TextFolding.folded(String(word))) else {
        text += word
        continue
      }
      // The ending of a possessive goes with its name.
      for ending in ["'s", "\u{2019}s"] where rest.hasPrefix(ending) {
        let behind = rest.dropFirst(ending.count)
        if behind.first.map({ !$0.isLetter }) ?? true { rest = behind }
      }
    }
    let words = TextFolding.collapsingSpaces(text)
    return words.contains { $0.isLetter || $0.isNumber } ? words : question.text
  }
}
