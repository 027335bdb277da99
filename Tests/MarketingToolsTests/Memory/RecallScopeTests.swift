import Marketing
import MarketingTools
import Recall
import Testing

/// Random workspaces and roles: whoever asks finds all that is there for them and nothing else, also where indexes
/// are let go of for want of memory.
@Suite struct RecallScopeTests {
  private struct Kept: Hashable {
    let workspace: WorkspaceID
    let id: MemoryID
    let role: AgentRoleID?
    let words: Set<String>
  }

  private static let now = Timestamp(milliseconds: 1_767_225_600_000)
  private static let words = ["walrus", "piano", "berlin", "quetzal", "holiday", "contract"]
  private static let roles: [AgentRoleID?] = [nil, nil, "closer", "opener", "analyst"]

  @Test(arguments: 1...8, [nil, 30_000])
  func `a search finds what is there for its reader in its workspace`(
    seed: Int, indexBytes: Int?
  ) async throws {
    let stores = InMemoryStores()
    defer { stores.close() }
    var settings = MemorySettings()
    if let indexBytes { settings.indexBytes = indexBytes }
    let vectors = seed % 2 == 0 ? MemoryVectors(store: stores, embedder: HashedWords()) : nil
    let desk = MemoryDesk(store: stores, vectors: vectors, settings: settings)
    var random = SplitMix64(state: UInt64(seed))
    func number(_ end: Int) -> Int { Int(random.next() % UInt64(end)) }
    let workspaces = (0..<2 + number(5)).map { WorkspaceID(rawValue: "w\($0)_\(seed)") }
    var kept: [Kept] = []
    for step in 0..<240 {
      let workspace = workspaces[number(workspaces.count)]
      if number(4) == 0, !kept.isEmpty {
        let gone = kept.remove(at: number(kept.count))
        _ = try await stores.forget(
          [gone.id], for: .agent(gone.role), events: { _ in [] }, in: gone.workspace)
      } else {
        let words = (0..<3).map { _ in Self.words[number(Self.words.count)] }
        let record = Kept(
          workspace: workspace, id: MemoryID(rawValue: "m\(step)"),
          role: Self.roles[number(Self.roles.count)], words: Set(words))
        try await Self.remember(record, words.joined(separator: " "), desk, stores)
        kept.append(record)
      }
      guard step % 6 == 5 else { continue }
      if vectors != nil { try await Self.embed(stores) }
      let (role, word) = (
        Self.roles[number(Self.roles.count)], Self.words[number(Self.words.count)]
      )
      let request = RecallRequest(
        QueryAnalysis("where is the \(word)?", by: desk.analyzer, now: Self.now),
        in: RecallScope(for: .agent(role), at: MemoryMoment(now: Self.now), now: Self.now),
        limit: 300)
      let found = Set(try await desk.recall(request, in: workspace).found.map(\.record.id))
      let visible = kept.filter {
        $0.workspace == workspace && ($0.role == nil || $0.role == role)
      }
      #expect(found.isSubset(of: visible.map(\.id)))
      #expect(found.isSuperset(of: visible.filter { $0.words.contains(word) }.map(\.id)))
    }
  }

  private static func remember(
    _ kept: Kept, _ text: String, _ desk: MemoryDesk, _ stores: InMemoryStores
  ) async throws {
    var record = MemoryRecord(
      id: kept.id, kind: .longTerm, text: text, source: MemorySource(name: "test"),
      validFrom: now, recordedAt: now)
    record.role = kept.role
    _ = try await stores.remember(
      [desk.analyzed(record)], events: { _ in [] }, in: kept.workspace)
  }

  private static func embed(_ stores: InMemoryStores) async throws {
    let missing = try await stores.withoutVectors(
      of: "hashed-words", after: 0, limit: 1000, now: now)
    try await stores.store(
      missing.map { MemoryVector(version: $0.version, vector: HashedWords.vector(of: $0.text)) },
      of: "hashed-words")
  }
}
