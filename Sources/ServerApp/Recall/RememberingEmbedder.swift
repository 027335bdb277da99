import JSONRPC
import Marketing

/// An embedder that is asked for each text once: a measurement needs the same vectors more than once.
final class RememberingEmbedder: TextEmbedder {
  private let embedder: any TextEmbedder
  private let known = Locked<[String: [Float]]>([:])

  init(_ embedder: any TextEmbedder) { self.embedder = embedder }

  var model: String { embedder.model }
  var basis: EmbeddingBasis { embedder.basis }
  var batchLimit: Int { embedder.batchLimit }

  func vectors(of texts: [String]) async throws(EmbeddingError) -> [[Float]] {
    var missing: [String] = []
    known.withLock { known in
      for text in texts where known[text] == nil && !missing.contains(text) {
        missing.append(text)
      }
    }
    var rest = missing[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(batchLimit))
      rest = rest.dropFirst(batch.count)
      let made = try await embedder.vectors(of: batch)
      guard made.count == batch.count else {
        throw EmbeddingError(
          .refused, "the embedder made \(made.count) vectors of \(batch.count) texts")
      }
      known.withLock { known in
        for (text, vector) in zip(batch, made) { known[text] = vector }
      }
    }
    return known.withLock { known in texts.map { known[$0] ?? [] } }
  }
}
