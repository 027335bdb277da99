import JSONRPC
import Marketing
import MarketingTools
import ServerApp
import Testing

@Suite("MemoryEmbedding")
struct MemoryEmbeddingTests {
  /// Makes a vector of a text's length; refuses what its closure names.
  private struct Lengths: TextEmbedder {
    let model = "lengths"
    let basis = EmbeddingBasis.sentences
    let batchLimit = 8
    var problem: @Sendable ([String]) -> EmbeddingError? = { _ in nil }

    func vectors(of texts: [String]) async throws(EmbeddingError) -> [[Float]] {
      if let problem = problem(texts) { throw problem }
      return texts.map { [Float($0.utf8.count), 1] }
    }
  }

  private static let now = Timestamp(milliseconds: 1_767_225_600_000)
  private let store = InMemoryStores()

  private func embedding(_ embedder: Lengths) -> MemoryEmbedding {
    MemoryEmbedding(
      MemoryVectors(store: store, embedder: embedder), now: { Self.now })
  }

  private func remember(_ texts: [String], from number: Int = 0) async throws {
    let memories = texts.enumerated().map { place, text in
      AnalyzedMemory(
        record: MemoryRecord(
          id: MemoryID(rawValue: "m\(number + place)"), kind: .longTerm, text: text,
          source: MemorySource(name: "test"), validFrom: Self.now, recordedAt: Self.now),
        text: AnalyzedText(plain: text))
    }
    _ = try await store.remember(memories, events: { _ in [] }, in: .default)
  }

  private func vectors() async throws -> [[Float]] {
    try await store.vectors(of: "lengths", after: 0, limit: 1000, in: .default).vectors
      .sorted { $0.version < $1.version }.map(\.vector)
  }

  @Test("everything gets its vector, in as many looks as it takes, and what is new later")
  func everything() async throws {
    let texts = (0..<70).map { String(repeating: "x", count: $0 + 1) }
    try await remember(texts)
    let embedding = embedding(Lengths())
    #expect(await embedding.embed() == .hasMore)
    #expect(await embedding.embed() == .hasMore)
    #expect(await embedding.embed() == .upToDate)
    #expect(try await vectors() == texts.map { [Float($0.utf8.count), 1] })
    try await remember(["new"], from: 70)
    #expect(await embedding.embed() == .upToDate)
    #expect(try await vectors().count == 71)
  }

  @Test("a text that is refused alone has no vector, and the others have theirs")
  func refusedText() async throws {
    try await remember((0..<8).map { $0 == 5 ? "bad" : "good" })
    let embedder = Lengths { texts in
      texts.contains("bad") ? EmbeddingError(.refused, "no") : nil
    }
    #expect(await embedding(embedder).embed() == .upToDate)
    #expect(try await vectors() == (0..<8).map { $0 == 5 ? [] : [4, 1] })
  }

  @Test(
    "where everything is refused or nothing answers no vector is stored, until it does",
    arguments: [EmbeddingError.Kind.refused, .unavailable])
  func down(kind: EmbeddingError.Kind) async throws {
    try await remember(["one", "two"])
    let isDown = Locked(true)
    let embedder = Lengths { _ in
      isDown.withLock { $0 } ? EmbeddingError(kind, "down") : nil
    }
    let embedding = embedding(embedder)
    #expect(await embedding.embed() == .failed(EmbeddingError(kind, "down")))
    #expect(try await vectors() == [])
    isDown.withLock { $0 = false }
    #expect(await embedding.embed() == .upToDate)
    #expect(try await vectors() == [[3, 1], [3, 1]])
  }
}
