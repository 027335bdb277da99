import JSONRPC
import Marketing
import MarketingTools
import Recall
import Testing

/// Recall with vectors, as the desk does it.
@Suite struct VectorRecallTests {
  private static let now = Timestamp(milliseconds: 1_767_225_600_000)

  let store = InMemoryStores()
  let embedder = HashedWords()
  let desk: MemoryDesk

  init() {
    desk = MemoryDesk(store: store, vectors: MemoryVectors(store: store, embedder: embedder))
  }

  private func remember(_ id: String, _ text: String) async throws {
    let record = MemoryRecord(
      id: MemoryID(rawValue: id), kind: .longTerm, text: text, source: MemorySource(name: "test"),
      validFrom: Self.now, recordedAt: Self.now)
    _ = try await store.remember([desk.analyzed(record)], events: { _ in [] }, in: .default)
  }

  private func embed() async throws {
    let missing = try await store.withoutVectors(
      of: embedder.model, after: 0, limit: 1000, now: Self.now)
    try await store.store(
      missing.map { MemoryVector(version: $0.version, vector: HashedWords.vector(of: $0.text)) },
      of: embedder.model)
  }

  private func recall(_ question: String) async throws -> MemoryDesk.Answer {
    let request = RecallRequest(
      QueryAnalysis(question, by: desk.analyzer, now: Self.now),
      in: RecallScope(
        for: .agent(nil), at: MemoryMoment(now: Self.now), now: Self.now))
    return try await desk.recall(request, in: .default)
  }

  @Test("a word that is no stem of the text's is found by its vector, once that is stored")
  func found() async throws {
    // Stop words have no stems, but places in the vector.
    try await remember("a", "between themselves")
    try await remember("b", "tea time")
    try await remember("c", "coffee break")
    #expect(try await recall("between themselves").found.isEmpty)
    try await embed()
    let answer = try await recall("between themselves")
    #expect(answer.found.first?.record.id.rawValue == "a")
    #expect(answer.vectors == .used)
  }

  @Test("a question is embedded once; after a failure the embedder is left alone for a while")
  func questions() async throws {
    try await remember("a", "tea time")
    try await remember("b", "coffee break")
    try await embed()
    _ = try await recall("tea")
    _ = try await recall("tea")
    #expect(embedder.asked.withLock { $0 } == ["tea"])
    embedder.failure.withLock { $0 = EmbeddingError(.unavailable, "down") }
    for _ in 0..<3 {
      let answer = try await recall("coffee")
      #expect(answer.vectors == .unavailable)
      #expect(answer.found.map(\.record.id.rawValue) == ["b"])
    }
    #expect(embedder.asked.withLock { $0 } == ["tea", "coffee"])
    // What is known needs no embedder.
    #expect(try await recall("tea").vectors == .used)
  }

  @Test(
    "what is deleted has no vector in memory, and questions are forgotten when memory is cleaned")
  func forgotten() async throws {
    for number in 0..<40 { try await remember("n\(number)", "note number \(number)") }
    try await embed()
    _ = try await recall("note")
    let before = desk.indexBytes
    _ = try await store.forget(
      (0..<39).map { MemoryID(rawValue: "n\($0)") }, for: .agent(nil), events: { _ in [] },
      in: .default)
    try await desk.scrub()
    // Each vector takes 64 times 4 bytes.
    #expect(desk.indexBytes < before - 39 * 256)
    let asked = embedder.asked.withLock { $0.count }
    #expect(try await recall("note").found.map(\.record.id.rawValue) == ["n39"])
    #expect(embedder.asked.withLock { $0.count } == asked + 1)
  }
}
