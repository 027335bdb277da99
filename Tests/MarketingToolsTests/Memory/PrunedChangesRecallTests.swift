import JSONRPC
import Marketing
import Recall
import Testing

@testable import MarketingTools

/// Indexes that are so far behind that it is not known any more what was deleted meanwhile.
@Suite struct PrunedChangesRecallTests {
  private static let now = Timestamp(milliseconds: 1_767_225_600_000)
  private static let readers: [MemoryReader] = [.agent(nil), .agent("closer"), .upkeep]

  private let store = InMemoryStores()

  private func desk() -> MemoryDesk {
    MemoryDesk(store: store, vectors: MemoryVectors(store: store, embedder: HashedWords()))
  }

  private func remember(_ id: String, _ text: String, _ role: AgentRoleID? = nil) async throws {
    var record = MemoryRecord(
      id: MemoryID(rawValue: id), kind: .longTerm, text: text,
      source: MemorySource(name: "test"), validFrom: Self.now, recordedAt: Self.now)
    record.role = role
    let analyzed = AnalyzedMemory(record: record, text: TextAnalyzer().analyze(text))
    _ = try await store.remember([analyzed], events: [], in: .default)
  }

  private func forget(_ ids: MemoryID...) async throws {
    let gone = try await store.forget(ids, for: .upkeep, events: { _ in [] }, in: .default)
    #expect(gone == ids)
  }

  /// Gives every record that has none its vector.
  private func embed() async throws {
    let missing = try await store.withoutVectors(
      of: "hashed-words", after: 0, limit: 1000, now: Self.now)
    try await store.store(
      missing.map { MemoryVector(version: $0.version, vector: HashedWords.vector(of: $0.text)) },
      of: "hashed-words")
  }

  private static func answers(
    _ desk: MemoryDesk, _ reader: MemoryReader, limit: Int = 12
  ) async throws -> [String] {
    let request = RecallRequest(
      QueryAnalysis("who has the common quetzal price?", by: desk.analyzer, now: now),
      in: RecallScope(for: reader, at: MemoryMoment(now: now), now: now), limit: limit)
    let answer = try await desk.recall(request, in: .default)
    #expect(answer.vectors == .used)
    return answer.found.map { found in
      let parts = found.hit.parts.map { "\($0.signal)=\($0.points)" }.sorted()
      return "\(found.record.id) \(found.hit.score) \(parts)"
    }
  }

  private static func planted(_ desk: MemoryDesk) -> Set<String> {
    desk.indexes.knownStems.filter { $0.contains("quetzal") || $0.contains("thimblerig") }
  }

  @Test("they begin anew and answer like fresh ones", arguments: [false, true])
  func behind(isScrubbed: Bool) async throws {
    defer { store.close() }
    let desk = desk()
    try await remember("m1", "common quetzal thimblerig price")
    try await remember("m2", "common quetzal thimblerig floor", "closer")
    for number in 3..<20 { try await remember("m\(number)", "common price of walrus \(number)") }
    try await remember("own", "common price floor", "closer")
    try await embed()
    for reader in Self.readers { #expect(try await Self.answers(desk, reader).count > 3) }
    #expect(Self.planted(desk).count == 2)
    #expect(desk.indexes.vectorCount == 20)
    let place = ChangePlace(try store.latestChange(in: .default))
    try await forget("m1", "m5")
    _ = try await store.forget(["m2"], for: .agent("closer"), events: { _ in [] }, in: .default)
    try await remember("m30", "common walrus price again")
    try await remember("m31", "common price of the closer", "closer")
    try await embed()
    #expect(try await store.pruneChanges(keeping: 1, limit: 99) == 3)
    #expect(try await store.changes(after: place, limit: 9, in: .default) == nil)
    if isScrubbed {
      try await desk.scrub(at: Self.now)
      #expect(Self.planted(desk) == [])
      #expect(desk.indexes.vectorCount == 0, "read anew when somebody asks")
    }
    let fresh = self.desk()
    for reader in Self.readers {
      let answers = try await Self.answers(desk, reader)
      #expect(answers.count > 3)
      #expect(try await Self.answers(fresh, reader) == answers)
    }
    #expect(Self.planted(desk) == [])
    #expect(desk.indexes.knownStems == fresh.indexes.knownStems)
    #expect(desk.indexes.vectorCount == 19 && fresh.indexes.vectorCount == 19)
    // From then on they follow as before.
    try await forget("m30")
    for reader in Self.readers {
      let answers = try await Self.answers(desk, reader)
      #expect(!answers.contains { $0.hasPrefix("m30 ") })
      #expect(try await Self.answers(fresh, reader) == answers)
    }
    #expect(desk.indexes.vectorCount == 18)
  }

  @Test("whatever is pruned while they are asked, what is stored is found")
  func together() async throws {
    defer { store.close() }
    let desk = desk()
    for number in 0..<40 { try await remember("m\(number)", "common price \(number)") }
    try await remember("own", "common price floor", "closer")
    try await embed()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 0..<40 where number != 7 {
          try await forget(MemoryID(rawValue: "m\(number)"))
          try await remember("n\(number)", "common walrus \(number)")
          _ = try await store.pruneChanges(keeping: 1, limit: 9)
          if number % 5 == 0 { try await embed() }
        }
      }
      for reader in Self.readers {
        group.addTask {
          for _ in 0..<60 {
            // So many that one is among them which stays all the time: others may go before they are read.
            let answers = try await Self.answers(desk, reader, limit: 100)
            #expect(answers.contains { $0.hasPrefix("m7 ") })
          }
        }
      }
      try await group.waitForAll()
    }
    try await embed()
    let fresh = self.desk()
    for reader in Self.readers {
      let answers = try await Self.answers(desk, reader)
      #expect(answers.contains { $0.hasPrefix("m7 ") })
      #expect(try await Self.answers(fresh, reader) == answers)
    }
    #expect(desk.indexes.vectorCount == 41)
  }
}
