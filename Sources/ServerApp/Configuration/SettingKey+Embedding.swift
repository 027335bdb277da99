import Embeddings

// The settings of where the vectors of texts come from.
extension SettingKey {
  /// A service for embeddings, or a file of word vectors.
  static let embeddingKeys: [SettingKey] = [
    optional(
      "memory.embeddings.url",
      "the service for embeddings, which recall weighs meaning by: its URL up to /v1",
      accepts: "an https:// URL, or an http:// one of this machine", \.embedding.url,
      check: EmbeddingsClient.canAsk),
    optional(
      "memory.embeddings.model", "the model for embeddings, by the service's name for it",
      accepts: "a name of up to 200 bytes", \.embedding.model, check: { $0.utf8.count <= 200 }),
    optional(
      "memory.embeddings.keyFile", "the file that holds the key for the service, and nothing else",
      accepts: "a path", \.embedding.keyFile, check: { _ in true }),
    integer(
      "memory.embeddings.dimensions",
      "how many numbers an embedding shall have; 0 for the model's own length", 0...8192,
      \.embedding.dimensions),
    integer(
      "memory.embeddings.timeoutMilliseconds",
      "how long the service may take for one request, tried again or not", 10...600_000,
      \.embedding.timeoutMilliseconds),
    optional(
      "memory.wordVectors",
      "a file of word vectors, as GloVe's, which recall weighs meaning by instead of a service",
      accepts: "a path", \.embedding.wordVectors, check: { _ in true }),
  ]
}
