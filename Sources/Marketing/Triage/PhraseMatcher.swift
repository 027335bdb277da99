/// Finds phrases in text, word by word: case, diacritics, hyphens and apostrophes do not count, and a
/// word never matches within another one. Made once, then a text costs one look-up a word.
struct PhraseMatcher: Sendable {
  /// One of the phrases, found.
  struct Match {
    /// What the phrase stands for, as it was given.
    let tag: Int
    /// The words it covers.
    let words: Range<Int>
  }

  /// A text as the numbers of its words; words that no phrase has are `unknown`.
  typealias Words = [Int32]
  /// A word that no phrase has.
  static let unknown: Int32 = -1
  /// The end of a sentence or line.
  static let sentenceEnd: Int32 = -2
  /// A comma or other mark within a sentence.
  static let pause: Int32 = -3

  private struct Phrase {
    let tag: Int
    let words: Words
  }

  private var vocabulary = Vocabulary()
  /// Phrases by their first word, longest first.
  private var phrases: [[Phrase]] = []

  /// Adds a phrase; the first tag given to a phrase stays.
  mutating func add(_ phrase: String, tag: Int) {
    let words = learn(phrase)
    guard let first = words.first else { return }
    guard !phrases[Int(first)].contains(where: { $0.words == words }) else { return }
    phrases[Int(first)].append(Phrase(tag: tag, words: words))
    phrases[Int(first)].sort { $0.words.count > $1.words.count }
  }

  /// The words of a phrase, known from now on, so that `words(of:)` numbers them.
  mutating func learn(_ phrase: String) -> Words {
    var words: Words = []
    WordScanner.scan(phrase) { token in
      if case .word(let hash) = token { words.append(vocabulary.learn(hash)) }
    }
    while phrases.count < vocabulary.count { phrases.append([]) }
    return words
  }

  /// The numbers of a text's words, with the marks between them.
  func words(of text: String) -> Words {
    var words: Words = []
    words.reserveCapacity(text.utf8.count / 4 + 1)
    WordScanner.scan(text) { token in
      switch token {
      case .word(let hash): words.append(vocabulary.number(of: hash))
      case .sentenceEnd: words.append(Self.sentenceEnd)
      case .pause: words.append(Self.pause)
      }
    }
    return words
  }

  /// The longest phrase that begins at a place.
  func match(in words: Words, at start: Int) -> Match? {
    let first = words[start]
    guard first >= 0 else { return nil }
    for phrase in phrases[Int(first)] {
      let end = start + phrase.words.count
      if end <= words.count, words[start..<end].elementsEqual(phrase.words) {
        return Match(tag: phrase.tag, words: start..<end)
      }
    }
    return nil
  }
}
