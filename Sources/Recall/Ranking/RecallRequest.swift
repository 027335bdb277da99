package import Marketing

/// Which records may be found.
package struct RecallScope: Sendable, Hashable {
  /// Who asks.
  package var reader: MemoryReader
  /// The moment to look at.
  package var moment: MemoryMoment
  /// The present, by which records expire.
  package var now: Timestamp
  /// The lead that they are about.
  package var leadID: LeadID?
  /// The conversation that they belong to.
  package var conversationID: ConversationID?
  /// Any of these kinds; empty for every one.
  package var kinds: Set<MemoryKind> = []

  /// All that a reader may see at a moment.
  package init(for reader: MemoryReader, at moment: MemoryMoment, now: Timestamp) {
    self.reader = reader
    self.moment = moment
    self.now = now
  }
}

/// What to find.
package struct RecallRequest: Sendable {
  /// A stem that the question does not hold but means, such as the name of an entity near to one that it
  /// names.
  package struct Expansion: Sendable, Hashable {
    /// The stem.
    package var stem: String
    /// How much it counts beside a word of the question, 0–1.
    package var weight: Float

    /// An expansion.
    package init(stem: String, weight: Float) {
      self.stem = stem
      self.weight = weight
    }
  }

  /// The order of so many records does not depend on how many of them are asked for.
  package static let deepest = 200

  /// The question.
  package var question: QueryAnalysis
  /// Where to look.
  package var scope: RecallScope
  /// How many records at most.
  package var limit: Int
  /// How many tokens their texts may have together, a token being 4 bytes of UTF-8; `nil` for any number.
  package var tokenBudget: Int?
  /// Stems to look for beside the question's.
  package var expansions: [Expansion] = []
  /// What to compare by vectors; `nil` for words alone.
  package var vectors: RecallVectors?

  /// A request.
  package init(
    _ question: QueryAnalysis, in scope: RecallScope, limit: Int = 10, tokenBudget: Int? = nil
  ) {
    self.question = question
    self.scope = scope
    self.limit = limit
    self.tokenBudget = tokenBudget
  }
}

/// A record that was found.
package struct RecallHit: Sendable, Hashable {
  /// The part of a signal in a score.
  package struct Part: Sendable, Hashable {
    /// The signal.
    package var signal: RecallSignal
    /// Its value.
    package var value: Double
    /// What it added to the score: value times weight.
    package var points: Double
  }

  /// The store's number for the version.
  package var version: Int64
  /// How well it fits; comparable within one answer only.
  package var score: Double
  /// The tokens of its text: its bytes in UTF-8 divided by 4, rounded up.
  package var tokens: Int
  /// The stems of the question that the record itself holds.
  package var stems: [String]
  /// What the score is made of, the greatest first.
  package var parts: [Part]
}
