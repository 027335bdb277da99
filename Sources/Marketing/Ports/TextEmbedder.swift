/// Makes vectors of texts: of texts that mean much the same they point much the same way.
package protocol TextEmbedder: Sendable {
  /// The name of the model, under which vectors are stored. Two embedders of one name make the same vectors.
  var model: String { get }
  /// What its vectors are made from; it decides how much they count beside a question's words.
  var basis: EmbeddingBasis { get }
  /// How many texts it takes at a time.
  var batchLimit: Int { get }

  /// The vectors of texts, in their order: all of one length, each of the norm 1. A text that nothing is
  /// known of, such as one without a known word, has an empty one.
  /// - Throws: what keeps it from making them. A text that is longer than the model reads is cut, not refused.
  func vectors(of texts: [String]) async throws(EmbeddingError) -> [[Float]]
}

/// What vectors of texts are made from.
package enum EmbeddingBasis: Sendable, Hashable {
  /// Whole sentences, by a model that reads their words together.
  case sentences
  /// The vectors of single words, averaged.
  case words
}

/// Why there are no vectors.
package struct EmbeddingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What can be done about it.
  package enum Kind: Sendable, Hashable {
    /// The service does not answer, or not now: later it may.
    case unavailable
    /// The service refuses, and will again until its settings or ours are changed.
    case refused
    /// Whoever asked does not want them any more.
    case cancelled
  }

  /// What can be done about it.
  package var kind: Kind
  /// Where it happened, what was found and what was expected. Holds none of the texts.
  package var reason: String

  /// An error.
  package init(_ kind: Kind, _ reason: String) {
    self.kind = kind
    self.reason = reason
  }

  package var description: String { reason }
}
