import JSONRPC
import Marketing

/// An embedder for tests: a text's vector counts its words, each at a place made of its letters. It can be
/// told to fail, and knows what it was asked.
final class HashedWords: TextEmbedder {
  let model = "hashed-words"
  let basis = EmbeddingBasis.sentences
  let batchLimit = 4
  let failure = Locked<EmbeddingError?>(nil)
  let asked = Locked<[String]>([])
  /// Texts with this word are refused.
  let refused = "forbidden"

  func vectors(of texts: [String]) async throws(EmbeddingError) -> [[Float]] {
    asked.withLock { $0 += texts }
    if let failure = failure.withLock({ $0 }) { throw failure }
    if texts.contains(where: { $0.contains(refused) }) {
      throw EmbeddingError(.refused, "a text holds a forbidden word")
    }
    return texts.map(Self.vector)
  }

  static func vector(of text: String) -> [Float] {
    var vector = [Float](repeating: 0, count: 64)
    for word in text.lowercased().split(whereSeparator: { !$0.isLetter }) {
      let place = word.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 64
      vector[place] += 1
    }
    let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return norm > 0 ? vector.map { $0 / norm } : []
  }
}
