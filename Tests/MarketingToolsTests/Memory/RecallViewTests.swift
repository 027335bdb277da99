import JSONRPC
import Marketing
import MarketingTools
import Recall
import Testing

/// What a reader may not see does not change anything that it is answered.
@Suite struct RecallViewTests {
  private static let start = Timestamp(milliseconds: 1_767_225_600_000)
  private static let words = [
    "piano", "budget", "contract", "pricing", "price", "priced", "renewal", "oslo", "security",
    "pilot", "tea", "May", "Monday", "invoice?", "who", "Contoso", "plans", "planning",
  ]
  private static let roles: [AgentRoleID?] = [nil, nil, "closer", "opener"]

  private static func record(_ number: Int, _ random: inout SplitMix64) -> MemoryRecord {
    func pick<Value>(_ values: [Value]) -> Value {
      values[Int(random.next() % UInt64(values.count))]
    }
    let text = (0..<4 + Int(random.next() % 6)).map { _ in pick(words) }.joined(separator: " ")
    let at = start + .seconds(60 * number)
    var record = MemoryRecord(
      id: MemoryID(rawValue: "m\(number)"), kind: pick([.longTerm, .episodic]), text: text,
      content: pick([.note, .utterance]), source: MemorySource(name: "test"), validFrom: at,
      recordedAt: at)
    record.role = pick(roles)
    if record.content == .utterance {
      record.conversationID = pick(["C1", "C2", "C3"])
      record.speaker = pick(["Ann", "Bob", record.role == nil ? "Ann" : "Piano Man"])
    }
    if pick([true, false, false]) { record.validTo = at + .days(30) }
    return record
  }

  private static func desk(
    _ records: [MemoryRecord], _ embedder: HashedWords?
  ) async throws -> MemoryDesk {
    let store = InMemoryStores()
    let vectors = embedder.map { MemoryVectors(store: store, embedder: $0) }
    let desk = MemoryDesk(store: store, vectors: vectors)
    for record in records {
      _ = try await store.remember([desk.analyzed(record)], events: { _ in [] }, in: .default)
    }
    guard embedder != nil else { return desk }
    let missing = try await store.withoutVectors(
      of: "hashed-words", after: 0, limit: 10_000, now: start)
    try await store.store(
      missing.map { MemoryVector(version: $0.version, vector: HashedWords.vector(of: $0.text)) },
      of: "hashed-words")
    return desk
  }

  private static func answers(
    _ desk: MemoryDesk, _ question: String, for reader: MemoryReader
  ) async throws -> [String] {
    let now = start + .days(1)
    let request = RecallRequest(
      QueryAnalysis(question, by: desk.analyzer, now: now),
      in: RecallScope(for: reader, at: MemoryMoment(now: now), now: now), limit: 12)
    return try await desk.recall(request, in: .default).found.map { found in
      let parts = found.hit.parts.map { "\($0.signal)=\($0.points)" }.sorted()
      return "\(found.record.id) \(found.hit.score) \(parts) \(found.hit.stems)"
    }
  }

  @Test("answers are those of a world without what the reader may not see", arguments: 0..<12)
  func answers(seed: Int) async throws {
    var random = SplitMix64(state: UInt64(seed))
    let records = (0..<60).map { Self.record($0, &random) }
    let embedder = seed % 2 == 0 ? nil : HashedWords()
    let all = try await Self.desk(records, embedder)
    let questions = (0..<6).map { _ in
      (0..<3).map { _ in Self.words[Int(random.next() % UInt64(Self.words.count))] }
        .joined(separator: " ")
    }
    for role in [nil, "closer", "opener", "stranger"] as [AgentRoleID?] {
      let reader = MemoryReader.agent(role)
      let visible = records.filter { reader.sees(recordOf: $0.role) }
      #expect(visible.count < records.count)
      let alone = try await Self.desk(visible, embedder)
      var found = 0
      for question in questions + ["What did Piano Man say on Monday?", "prices"] {
        let answers = try await Self.answers(all, question, for: reader)
        found += answers.count
        #expect(try await Self.answers(alone, question, for: reader) == answers)
      }
      #expect(found > 20)
    }
    // Whoever keeps the store up sees everything.
    let ids = try await Self.answers(all, "price pricing Piano Man", for: .upkeep)
    #expect(ids.count == 12)
  }

  @Test("a role that gets records of its own later finds them from then on")
  func later() async throws {
    let desk = try await Self.desk([], nil)
    func note(_ id: String, _ role: AgentRoleID?) async throws {
      var record = MemoryRecord(
        id: MemoryID(rawValue: id), kind: .longTerm, text: "the price floor",
        source: MemorySource(name: "test"), validFrom: Self.start, recordedAt: Self.start)
      record.role = role
      _ = try await desk.store.remember([desk.analyzed(record)], events: { _ in [] }, in: .default)
    }
    func ids(_ role: AgentRoleID?) async throws -> Set<String> {
      Set(
        try await Self.answers(desk, "price floor", for: .agent(role)).map {
          String($0.prefix { $0 != " " })
        })
    }
    try await note("shared", nil)
    #expect(try await ids("closer") == ["shared"])
    try await note("own", "closer")
    #expect(try await ids("closer") == ["shared", "own"])
    #expect(try await ids(nil) == ["shared"])
    _ = try await desk.store.forget(
      ["own"], for: .agent("closer"), events: { _ in [] }, in: .default)
    #expect(try await ids("closer") == ["shared"])
  }
}
