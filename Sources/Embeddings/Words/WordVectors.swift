package import Marketing
import Recall

/// Vectors of texts from the vectors of their words, which a local file holds: averaged with the weights of SIF
/// (Arora, Liang, Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", 2017), and without what
/// all texts have in common.
///
/// The paper takes the common part out of the texts at hand, by their first principal direction. Vectors that
/// are stored cannot wait for that, so it is the file's: the mean of its words, weighed by frequency and SIF,
/// which is the mean of texts drawn from it. On conversations it finds as much as the paper's.
package struct WordVectors: TextEmbedder {
  package let model: String
  package let basis = EmbeddingBasis.words
  package let batchLimit = 1024
  private let table: WordTable
  private let analyzer: TextAnalyzer

  /// Reads a file: one word and its numbers a line, separated by blanks, the most frequent first, as GloVe's are;
  /// before them there may be a line with their count and length, as word2vec writes it.
  ///
  /// Takes seconds for a large file, and the memory of its numbers.
  /// - Throws: `.refused` for a file that cannot be read or is none of these, with the line.
  package init(
    path: String, settings: WordVectorSettings = WordVectorSettings()
  ) throws(EmbeddingError) {
    let analyzer = TextAnalyzer()
    var reading = WordTableReader(path: path, settings: settings, analyzer: analyzer)
    table = try reading.read()
    model = try reading.model()
    analyzer.forgetWords()
    self.analyzer = analyzer
  }

  /// How many words there are vectors of.
  package var wordCount: Int { table.places.count }

  /// How long the vectors are.
  package var dimensions: Int { table.dimensions }

  package func vectors(of texts: [String]) async throws(EmbeddingError) -> [[Float]] {
    var vectors: [[Float]] = []
    vectors.reserveCapacity(texts.count)
    for text in texts {
      if Task.isCancelled { throw EmbeddingError(.cancelled, "word vectors: given up") }
      // Stop words have no stem.
      let words = analyzer.words(of: text).filter { $0.stem != nil }.map(\.text)
      vectors.append(table.vector(of: words))
    }
    return vectors
  }
}
