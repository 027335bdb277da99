/// What text analysis made of a record's text, once: every index takes it as it is, so that ranking is
/// the same whatever engine keeps the words.
package struct AnalyzedText: Sendable, Hashable {
  /// The stems of the text's words in their order, without stop words.
  package var stems: [String]
  /// What kind of text it is.
  package var traits: TextTraits

  /// An analysis.
  package init(stems: [String], traits: TextTraits = []) {
    self.stems = stems
    self.traits = traits
  }
}

/// What can be told of a text beside its words.
package struct TextTraits: OptionSet, Sendable, Hashable {
  package let rawValue: Int64

  package init(rawValue: Int64) { self.rawValue = rawValue }

  /// It asks something.
  package static let isQuestion = TextTraits(rawValue: 1)
  /// It speaks of the one who said it: I, my, we, our.
  package static let isFirstPerson = TextTraits(rawValue: 2)
  /// It says when: a date, a day of the week, `last week`.
  package static let hasTime = TextTraits(rawValue: 4)
  /// It holds a number.
  package static let hasNumber = TextTraits(rawValue: 8)
  /// It ends with a question.
  package static let endsWithQuestion = TextTraits(rawValue: 16)

  /// How many words within sentences start with a capital, at most 7.
  package var capitalizedWords: Int { Int(rawValue >> 8 & 7) }

  /// The traits with a number of capitalized words.
  package func withCapitalizedWords(_ count: Int) -> TextTraits {
    TextTraits(rawValue: rawValue & ~(7 << 8) | Int64(min(7, max(0, count))) << 8)
  }
}

/// A record with what is to be indexed of it.
package struct AnalyzedMemory: Sendable, Hashable {
  /// The record.
  package var record: MemoryRecord
  /// Its text, analyzed.
  package var text: AnalyzedText

  /// A record ready to be stored.
  package init(record: MemoryRecord, text: AnalyzedText) {
    self.record = record
    self.text = text
  }
}
