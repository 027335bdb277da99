import JSONRPC
package import Marketing

/// Turns a text into the stems of its words. Every text that is stored and every question goes through
/// the same one, so that both meet whatever engine keeps the words.
///
/// Stop words, irregular forms, and the words that tell of time, number and person are known for
/// English; other languages have their stemmer only.
package final class TextAnalyzer: Sendable {
  /// One word of a text.
  package struct Word: Sendable, Hashable {
    /// The word in lower case and folded.
    package var text: String
    /// Its stem; `nil` for a stop word.
    package var stem: String?
    /// Whether it starts with a capital.
    package var isCapitalized: Bool
    /// Whether it is the first of its sentence.
    package var startsSentence: Bool
    /// The last mark between the word before and this one; a space when there is none.
    package var mark: UInt8
  }

  /// The language, by the name that Snowball gives to it.
  package let language: String
  private let state: Locked<State>

  /// An analyzer for English.
  package convenience init() {
    self.init(language: "english", stemmer: Stemmer(language: "english"))
  }

  /// An analyzer for a language.
  /// - Parameter language: its name as `languages` has it.
  /// - Returns: `nil` when there is no stemmer for it.
  package convenience init?(language: String) {
    guard let stemmer = Stemmer(language: language) else { return nil }
    self.init(language: language, stemmer: stemmer)
  }

  private init(language: String, stemmer: sending Stemmer?) {
    self.language = language
    state = Locked(State(stemmer: stemmer, isEnglish: ["english", "en", "eng"].contains(language)))
  }

  /// The languages that there are stemmers for.
  package static var languages: [String] { Stemmer.languages }

  /// The stems of a text and what kind of text it is.
  package func analyze(_ text: String) -> AnalyzedText {
    state.withLock { $0.analyze(text) }
  }

  /// The words of a text in their order, stop words among them.
  package func words(of text: String) -> [Word] {
    state.withLock { state in
      var words: [Word] = []
      _ = WordReader.read(text) { word in
        let known = state.known(word.text)
        words.append(
          Word(
            text: word.text, stem: known.stem, isCapitalized: word.isCapitalized,
            startsSentence: word.startsSentence, mark: word.mark))
      }
      return words
    }
  }

  /// The stem of a single word, also of a stop word.
  package func stem(_ word: String) -> String {
    state.withLock { $0.stem(TextFolding.folded(word)) }
  }

  /// The words that are kept because they are frequent.
  package var keptWords: [String] { state.withLock { Array($0.words.keys) } }

  /// Drops the words that are kept because they are frequent: nothing is left of what was analyzed.
  package func forgetWords() { state.withLock { $0.forgetWords() } }
}

/// What the analyzer keeps between texts.
private struct State {
  /// What is known of a word.
  struct Known {
    /// `nil` for a stop word.
    var stem: String?
    var traits: TextTraits
  }

  /// So many words are kept before it starts anew.
  private static let mostWords = 32_768

  private let stemmer: Stemmer?
  private let isEnglish: Bool
  private(set) var words: [String: Known] = [:]

  init(stemmer: Stemmer?, isEnglish: Bool) {
    self.stemmer = stemmer
    self.isEnglish = isEnglish
  }

  mutating func forgetWords() { words = [:] }

  mutating func analyze(_ text: String) -> AnalyzedText {
    var stems: [String] = []
    stems.reserveCapacity(text.utf8.count / 8)
    var traits: TextTraits = []
    var names = 0
    let marks = WordReader.read(text) { word in
      let known = known(word.text)
      if let stem = known.stem { stems.append(stem) }
      traits.formUnion(known.traits)
      if word.isCapitalized, !word.startsSentence, !word.followsApostrophe, word.text.utf8.count > 2
      {
        names += 1
      }
    }
    if marks.hasQuestion { traits.insert(.isQuestion) }
    if marks.endsWithQuestion { traits.insert(.endsWithQuestion) }
    return AnalyzedText(stems: stems, traits: traits.withCapitalizedWords(names))
  }

  mutating func known(_ word: String) -> Known {
    if let known = words[word] { return known }
    let known = Known(
      stem: isEnglish && EnglishWords.stopWords.contains(word) ? nil : stem(word),
      traits: traits(word))
    if words.count >= Self.mostWords { words.removeAll(keepingCapacity: true) }
    words[word] = known
    return known
  }

  func stem(_ word: String) -> String {
    let word = isEnglish ? EnglishWords.irregularForms[word] ?? word : word
    return stemmer?.stem(word) ?? word
  }

  private func traits(_ word: String) -> TextTraits {
    var traits: TextTraits = []
    if let first = word.utf8.first, (0x30...0x39).contains(first) { traits.insert(.hasNumber) }
    if word.utf8.count == 4, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      traits.insert(.hasTime)
    }
    guard isEnglish else { return traits }
    if EnglishWords.timeWords.contains(word) { traits.insert(.hasTime) }
    if EnglishWords.numberWords.contains(word) { traits.insert(.hasNumber) }
    if EnglishWords.firstPerson.contains(word) { traits.insert(.isFirstPerson) }
    return traits
  }
}
