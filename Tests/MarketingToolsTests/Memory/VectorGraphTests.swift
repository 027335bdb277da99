import JSONRPC
import Marketing
import MarketingTools
import Recall
import Testing

/// Recall where there are too many vectors to compare all.
@Suite struct VectorGraphTests {
  private static let now = Timestamp(milliseconds: 1_767_225_600_000)

  @Test("the nearest are found in the graph, those behind it and without those that are gone")
  func nearest() async throws {
    let store = InMemoryStores()
    var vectors = MemoryVectors(store: store, embedder: HashedWords())
    vectors.exactLimit = 100
    let desk = MemoryDesk(store: store, vectors: vectors)
    let names = ["amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heath"]
    func remember(_ numbers: Range<Int>) async throws {
      let records = numbers.map { number in
        // Stop words have no stems: what is found is found by its vector.
        let text =
          number % 50 == 7 ? "between themselves" : "\(names[number % 8]) \(names[number / 8 % 8])"
        return desk.analyzed(
          MemoryRecord(
            id: MemoryID(rawValue: "m\(number)"), kind: .longTerm, text: text,
            source: MemorySource(name: "test"), validFrom: Self.now, recordedAt: Self.now))
      }
      _ = try await store.remember(records, events: { _ in [] }, in: .default)
      let missing = try await store.withoutVectors(
        of: "hashed-words", after: 0, limit: 10_000, now: Self.now)
      try await store.store(
        missing.map { MemoryVector(version: $0.version, vector: HashedWords.vector(of: $0.text)) },
        of: "hashed-words")
    }
    func found() async throws -> Set<String> {
      let request = RecallRequest(
        QueryAnalysis("between themselves", by: desk.analyzer, now: Self.now),
        in: RecallScope(for: .agent(nil), at: MemoryMoment(now: Self.now), now: Self.now),
        limit: 20)
      let answer = try await desk.recall(request, in: .default)
      #expect(answer.vectors == .used)
      return Set(
        answer.found.filter { $0.record.text == "between themselves" }.map(\.record.id.rawValue))
    }
    try await remember(0..<300)
    let first: Set = ["m7", "m57", "m107", "m157", "m207", "m257"]
    #expect(try await found() == first)
    let bytes = desk.indexBytes
    await desk.coverVectors()
    #expect(desk.indexBytes > bytes)
    #expect(try await found() == first)
    // What comes behind what is covered is compared.
    try await remember(300..<400)
    #expect(try await found() == first.union(["m307", "m357"]))
    await desk.coverVectors()
    #expect(try await found() == first.union(["m307", "m357"]))
    _ = try await store.forget(
      ["m57", "m307"], for: .agent(nil), events: { _ in [] }, in: .default)
    try await desk.scrub()
    #expect(try await found() == first.subtracting(["m57"]).union(["m357"]))
    // Where few are left all are compared again.
    _ = try await store.forget(
      (0..<350).map { MemoryID(rawValue: "m\($0)") }, for: .agent(nil), events: { _ in [] },
      in: .default)
    #expect(try await found() == ["m357"])
    await desk.coverVectors()
    #expect(try await found() == ["m357"])
  }
}
