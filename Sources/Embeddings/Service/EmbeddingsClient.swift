import AsyncHTTPClient
import JSONRPC
package import Marketing
import NIOCore

/// Vectors from a service that speaks OpenAI's `/v1/embeddings`, of which there are many for one's own machine
/// too.
///
/// A class, for its connections are closed when nobody has it any more.
package final class EmbeddingsClient: TextEmbedder {
  /// How a service is asked.
  package struct Settings: Sendable, Hashable {
    /// The base URL, such as `https://api.example.com/v1`, or the whole one, which ends in `/embeddings`.
    package var url: String
    /// The model's name, as the service has it.
    package var model: String
    /// What the service knows us by; `nil` where it does not ask.
    package var key: APIKey?
    /// How long vectors are asked to be, for models that leave the choice; `nil` for the model's own length.
    package var dimensions: Int?
    /// How long one request may take, with what is tried again.
    package var timeLimit = Duration.seconds(10)
    /// How many texts go into one request.
    package var batchLimit = 64
    /// How many bytes of a text are sent. Models read about 512 tokens, some 8192.
    package var mostTextBytes = 16_384
    /// Whether texts may go over the network in the open.
    package var allowsPlainHTTP = false
    /// How often a request is made again that the service could not answer.
    package var retries = 2
    /// How long to wait before the first of them, twice as long before the next, unless the service says.
    package var pause = Duration.milliseconds(250)

    /// The settings for a service's model.
    package init(url: String, model: String, key: APIKey? = nil) {
      self.url = url
      self.model = model
      self.key = key
    }
  }

  /// The model's name, and behind `@` the length that was asked for.
  package let model: String
  package let basis = EmbeddingBasis.sentences
  package let batchLimit: Int
  let settings: Settings
  let address: EmbeddingAddress
  let client: HTTPClient

  /// A client that has asked for nothing yet.
  /// - Throws: `.refused` for settings by which nothing can be asked.
  package init(_ settings: Settings) throws(EmbeddingError) {
    address = try EmbeddingAddress(settings.url, allowsPlainHTTP: settings.allowsPlainHTTP)
    guard (1...200).contains(settings.model.utf8.count) else {
      throw EmbeddingError(.refused, "the model for embeddings: expected a name of 1 to 200 bytes")
    }
    guard (1...EmbeddingAnswer.longestVector).contains(settings.dimensions ?? 1) else {
      throw EmbeddingError(
        .refused,
        "the dimensions of embeddings: expected 1 to \(EmbeddingAnswer.longestVector)")
    }
    self.settings = settings
    model = settings.model + (settings.dimensions.map { "@\($0)" } ?? "")
    batchLimit = max(1, settings.batchLimit)
    var configuration = HTTPClient.Configuration()
    // A redirect could carry the key and the texts to another server.
    configuration.redirectConfiguration = .disallow
    configuration.httpVersion = .http1Only
    configuration.timeout.connect = .nanoseconds(settings.timeLimit.nanoseconds)
    // Tried again here, within the time limit.
    configuration.connectionPool.retryConnectionEstablishment = false
    // Shorter than servers keep idle connections, so that none is used that is being closed.
    configuration.connectionPool.idleTimeout = .seconds(10)
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Whether a URL can be asked without texts going over the network in the open.
  package static func canAsk(_ url: String) -> Bool {
    (try? EmbeddingAddress(url, allowsPlainHTTP: false)) != nil
  }

  /// Nothing waits for it: the connections are idle, for a request under way keeps the client.
  deinit { client.shutdown { _ in } }

  package func vectors(of texts: [String]) async throws(EmbeddingError) -> [[Float]] {
    var vectors = [[Float]](repeating: [], count: texts.count)
    // Services refuse the whole batch for an empty text.
    let sent = texts.indices.compactMap { place in
      Self.cut(texts[place], to: settings.mostTextBytes).map { (place: place, text: $0) }
    }
    var length = settings.dimensions
    for start in stride(from: 0, to: sent.count, by: batchLimit) {
      let batch = sent[start..<min(start + batchLimit, sent.count)]
      let bytes = try await answer(to: batch.map(\.text))
      let found: [[Float]]
      do throws(EmbeddingAnswer.Problem) {
        found = try EmbeddingAnswer.vectors(in: bytes, count: batch.count, length: length)
      } catch {
        throw EmbeddingError(.refused, "\(address.origin): \(error.description)")
      }
      length = found.first { !$0.isEmpty }?.count ?? length
      for (one, vector) in zip(batch, found) { vectors[one.place] = vector }
    }
    return vectors
  }

  /// A text without the white space before it, cut between two characters; `nil` when nothing is left.
  static func cut(_ text: String, to limit: Int) -> String? {
    let text = String(text.drop(while: \.isWhitespace))
    guard !text.isEmpty else { return nil }
    guard text.utf8.count > limit else { return text }
    let end = text.utf8.index(text.startIndex, offsetBy: max(0, limit))
    var character = end
    while character > text.startIndex, String.Index(character, within: text) == nil {
      character = text.utf8.index(before: character)
    }
    if character > text.startIndex { return String(text[..<character]) }
    // One character can be as long as the whole text: then it is cut between two of its scalars.
    var scalar = end
    while scalar > text.startIndex, text.utf8[scalar] & 0xC0 == 0x80 {
      scalar = text.utf8.index(before: scalar)
    }
    return scalar > text.startIndex ? String(text.unicodeScalars[..<scalar]) : nil
  }
}

extension Duration {
  /// The whole of it, for what counts in 64 bits; the most there is when it is longer.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return isTooLong
      ? .max : product.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
  }
}
