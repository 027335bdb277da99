/// Where the vectors of texts come from: a service, a file of word vectors, or nowhere.
package struct EmbeddingSettings: Sendable, Hashable {
  /// The URL of a service that speaks OpenAI's `/v1/embeddings`.
  package var url: String?
  /// The model's name, as the service has it.
  package var model: String?
  /// The file that holds what the service knows us by.
  package var keyFile: String?
  /// How long vectors are asked to be; 0 for the model's own length.
  package var dimensions = 0
  /// How long the service may take, in milliseconds.
  package var timeoutMilliseconds = 10_000
  /// A file of word vectors.
  package var wordVectors: String?

  /// The defaults: there are no vectors.
  package init() {}

  /// Settings that are good alone and make no sense together.
  func contradictions() -> [String] {
    var problems: [String] = []
    if url != nil {
      if model == nil {
        problems.append(
          "memory.embeddings.model: found nothing, expected the model's name, since "
            + "memory.embeddings.url is set")
      }
      if wordVectors != nil {
        problems.append(
          "memory.wordVectors: found a file, expected none, since memory.embeddings.url is set: "
            + "vectors come from one of the two")
      }
    } else if let other = dependents.first {
      problems.append(
        "memory.embeddings.url: found nothing, expected the service's URL, since "
          + "memory.embeddings.\(other) is set")
    }
    return problems
  }

  /// What is set and says nothing without a URL.
  private var dependents: [String] {
    [
      ("model", model != nil), ("keyFile", keyFile != nil), ("dimensions", dimensions != 0),
    ].filter(\.1).map(\.0)
  }
}
