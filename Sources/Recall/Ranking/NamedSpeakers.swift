extension RecallIndex {
  /// The speakers that a question names.
  struct NamedSpeakers {
    /// All that its words can mean; empty when it names several who are told apart.
    var speakers: Set<UInt32> = []
    /// The stems that are names here.
    var stems: Set<String> = []
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
}
