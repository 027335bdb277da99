import Embeddings
package import Marketing

/// The embedder that is set; `nil` when none is. A file of word vectors is read here, which can take seconds; a
/// service is not asked yet.
/// - Throws: what is wrong with a setting, or with a file that it names.
@concurrent
package func makeEmbedder(
  _ settings: EmbeddingSettings
) async throws(ConfigurationError) -> (any TextEmbedder)? {
  if let problem = settings.contradictions().first { throw ConfigurationError(message: problem) }
  if let path = settings.wordVectors {
    do throws(EmbeddingError) {
      return try WordVectors(path: path)
    } catch {
      throw ConfigurationError(message: "memory.wordVectors: \(error)")
    }
  }
  guard let url = settings.url, let model = settings.model else { return nil }
  var service = EmbeddingsClient.Settings(url: url, model: model)
  service.key = try settings.keyFile.map(readKey)
  service.dimensions = settings.dimensions == 0 ? nil : settings.dimensions
  service.timeLimit = .milliseconds(settings.timeoutMilliseconds)
  do throws(EmbeddingError) {
    return try EmbeddingsClient(service)
  } catch {
    throw ConfigurationError(message: "memory.embeddings.url: \(error)")
  }
}

/// The key in a file, without the white space around it.
private func readKey(_ path: String) throws(ConfigurationError) -> APIKey {
  let file = SecretFile(key: "memory.embeddings.keyFile", path: path)
  guard let key = APIKey(try file.text()) else {
    throw file.refusal(expected: "one key of visible characters")
  }
  return key
}
