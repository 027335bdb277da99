import Embeddings
import Foundation
import Marketing
import Testing

/// A real service with a real model: `clients/python/embedding_server.py`, or any other with its model, whose URL
/// is in LEADRELAY_TEST_EMBEDDINGS_URL.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["LEADRELAY_TEST_EMBEDDINGS_URL"] != nil,
    "start clients/python/embedding_server.py and put its URL into LEADRELAY_TEST_EMBEDDINGS_URL"))
struct RealServiceTests {
  private static func client() throws -> EmbeddingsClient {
    let url = ProcessInfo.processInfo.environment["LEADRELAY_TEST_EMBEDDINGS_URL"] ?? ""
    var settings = EmbeddingsClient.Settings(url: url, model: "all-MiniLM-L6-v2")
    settings.timeLimit = .seconds(60)
    return try EmbeddingsClient(settings)
  }

  @Test func meaning() async throws {
    let texts = [
      "The customer wants to cancel the contract", "They would like to end their subscription",
      "", "The brochure has a blue cover", String(repeating: "a very long text ", count: 5000),
    ]
    let vectors = try await Self.client().vectors(of: texts)
    #expect(vectors.map(\.count) == [384, 384, 0, 384, 384])
    func cosine(_ one: Int, _ other: Int) -> Float {
      zip(vectors[one], vectors[other]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(abs(cosine(0, 0) - 1) < 1e-5)
    #expect(cosine(0, 1) > cosine(0, 3) + 0.2)
  }

  @Test func manyTextsAsOneByOne() async throws {
    let texts = (0..<150).map {
      "Lead \($0) asked for \($0 % 7) seats" + String(repeating: " soon", count: $0 % 40)
    }
    let client = try Self.client()
    let together = try await client.vectors(of: texts)
    for place in [0, 1, 63, 64, 149] {
      let alone = try await client.vectors(of: [texts[place]])
      let cosine = zip(together[place], alone[0]).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(cosine > 0.999)
    }
  }

  @Test func refusal() async throws {
    let url = ProcessInfo.processInfo.environment["LEADRELAY_TEST_EMBEDDINGS_URL"] ?? ""
    let client = try EmbeddingsClient(.init(url: url, model: "no-such-model"))
    let error = await #expect(throws: EmbeddingError.self) { try await client.vectors(of: ["a"]) }
    #expect(error?.kind == .refused)
  }
}
