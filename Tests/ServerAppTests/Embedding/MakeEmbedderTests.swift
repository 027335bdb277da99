import Foundation
import Marketing
import ServerApp
import Testing

/// The embedder that settings ask for.
@Suite struct MakeEmbedderTests {
  private static func with<Value>(
    _ content: String, _ body: (String) async throws -> Value
  ) async throws -> Value {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "embedding-\(UUID().uuidString)").path()
    try content.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }

  private static func service(_ change: (inout EmbeddingSettings) -> Void = { _ in })
    -> EmbeddingSettings
  {
    var settings = EmbeddingSettings()
    settings.url = "https://api.example.com/v1"
    settings.model = "small"
    change(&settings)
    return settings
  }

  @Test func noneByDefault() async throws {
    let embedder = try await makeEmbedder(EmbeddingSettings())
    #expect(embedder == nil)
  }

  @Test(arguments: ["sk-1", " \n sk-1 \r\n"]) func serviceWithKey(_ key: String) async throws {
    let embedder = try await Self.with(key) { path in
      try await makeEmbedder(
        Self.service {
          $0.keyFile = path
          $0.dimensions = 256
        })
    }
    #expect(embedder?.model == "small@256")
    #expect(embedder?.basis == .sentences)
  }

  @Test func serviceWithoutKey() async throws {
    let embedder = try await makeEmbedder(Self.service())
    #expect(embedder?.model == "small")
  }

  @Test func wordVectors() async throws {
    let embedder = try await Self.with("lead 1 0\ndeal 0 1\n") { path in
      var settings = EmbeddingSettings()
      settings.wordVectors = path
      return try await makeEmbedder(settings)
    }
    #expect(embedder?.basis == .words)
    let vectors = try await embedder?.vectors(of: ["a lead", "none"])
    #expect(vectors?.map(\.count) == [2, 0])
  }

  /// Settings and what is said of them.
  static let refused: [(EmbeddingSettings, String)] = [
    (
      service { $0.model = nil },
      "memory.embeddings.model: found nothing, expected the model's name"
    ),
    (service { $0.wordVectors = "w" }, "memory.wordVectors: found a file, expected none"),
    (
      service { $0.url = nil },
      "memory.embeddings.url: found nothing, expected the service's URL, since memory.embeddings.model is set"
    ),
    (
      service { $0.keyFile = "/no/such" },
      "memory.embeddings.keyFile: /no/such: there is no such file"
    ),
    (service { $0.keyFile = "/tmp" }, "memory.embeddings.keyFile: /tmp: "),
    (
      service { $0.url = "http://example.com" },
      "memory.embeddings.url: http://example.com:80: expected https"
    ),
    (
      {
        var settings = EmbeddingSettings()
        settings.wordVectors = "/no/such"
        return settings
      }(), "memory.wordVectors: /no/such: No such file"
    ),
  ]

  @Test(arguments: refused) func isRefused(_ settings: EmbeddingSettings, _ message: String) async {
    let error = await #expect(throws: ConfigurationError.self) {
      _ = try await makeEmbedder(settings)
    }
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: ["", "  \n", "two keys", "sk-ü"]) func keysThatAreNone(_ key: String)
    async throws
  {
    try await Self.with(key) { path in
      let error = await #expect(throws: ConfigurationError.self) {
        _ = try await makeEmbedder(Self.service { $0.keyFile = path })
      }
      #expect(
        error?.message
          == "memory.embeddings.keyFile: \(path): expected one key of visible characters")
    }
  }

  @Test func settingsThatContradict() {
    let variables = [
      "LEADRELAY_MEMORY_EMBEDDINGS_URL": "http://127.0.0.1:8080/v1",
      "LEADRELAY_MEMORY_EMBEDDINGS_MODEL": "m", "LEADRELAY_MEMORY_WORD_VECTORS": "/srv/words.txt",
    ]
    let error = #expect(throws: ConfigurationError.self) {
      try ConfigurationReader(flags: [:], environment: variables, file: nil).load()
    }
    #expect(error?.message.contains("vectors come from one of the two") == true)
  }
}
