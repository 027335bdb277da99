import JSONRPC
import MCP
import Marketing
import Recall
import Testing

@testable import MarketingTools

/// Stores whose first pages of changes wait, once they are read, until somebody lets them go on.
private struct HeldStores: MemoryStore {
  /// A page of changes that has been read.
  struct Page: Sendable {
    let isRead = OneShot<Void>()
    let mayGoOn = OneShot<Void>()
  }

  let stores: InMemoryStores
  let pages: [Page]
  let asked = Locked(0)

  func changes(
    after place: ChangePlace, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryChanges? {
    let number = asked.withLock { asked in
      defer { asked += 1 }
      return asked
    }
    let changes = try await stores.changes(after: place, limit: limit, in: workspace)
    guard pages.indices.contains(number) else { return changes }
    pages[number].isRead.fulfil(())
    await pages[number].mayGoOn.value()
    return changes
  }

  func latestChange(in workspace: WorkspaceID) throws(StoreError) -> Int64 {
    try stores.latestChange(in: workspace)
  }

  func versions(
    _ versions: [Int64], in workspace: WorkspaceID
  ) throws(StoreError) -> [Int64: MemoryRecord] { try stores.versions(versions, in: workspace) }

  func remember(
    _ memories: [AnalyzedMemory], events: @escaping @Sendable ([Remembered]) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [Remembered] {
    try await stores.remember(memories, events: events, in: workspace)
  }

  func memories(
    _ ids: [MemoryID], for reader: MemoryReader, knownAt: Timestamp, now: Timestamp,
    in workspace: WorkspaceID
  ) throws(StoreError) -> [MemoryRecord] {
    try stores.memories(ids, for: reader, knownAt: knownAt, now: now, in: workspace)
  }

  func list(
    _ query: MemoryQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryPage { try await stores.list(query, in: workspace) }

  func forget(
    _ ids: [MemoryID], for reader: MemoryReader,
    events: @escaping @Sendable ([MemoryRecord]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MemoryID] {
    try await stores.forget(ids, for: reader, events: events, in: workspace)
  }

  func noteUses(
    _ uses: [OwnedMemoryID: MemoryUse], extending lifetime: Duration?, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try await stores.noteUses(uses, extending: lifetime, in: workspace)
  }

  func sweep(expiredBy now: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await stores.sweep(expiredBy: now, limit: limit)
  }

  func pruneChanges(keeping newest: Int, limit: Int) async throws(StoreError) -> Int {
    try await stores.pruneChanges(keeping: newest, limit: limit)
  }
}

@Suite(.timeLimit(.minutes(1))) struct FollowingTogetherTests {
  private static let now = Timestamp(milliseconds: 1_767_225_600_000)

  private static func remember(_ id: String, in stores: InMemoryStores) async throws {
    let record = MemoryRecord(
      id: MemoryID(rawValue: id), kind: .longTerm, text: "walrus \(id)",
      source: MemorySource(name: "test"), validFrom: now, recordedAt: now)
    _ = try await stores.remember(
      [AnalyzedMemory(record: record, text: TextAnalyzer().analyze(record.text))], events: [],
      in: .default)
  }

  private static func found(by desk: MemoryDesk) async throws -> Set<String> {
    let request = RecallRequest(
      QueryAnalysis("where is the walrus?", by: desk.analyzer, now: now),
      in: RecallScope(for: .agent(nil), at: MemoryMoment(now: now), now: now), limit: 9)
    return Set(try await desk.recall(request, in: .default).found.map(\.record.id.rawValue))
  }

  @Test func `who asks behind a change is answered with it, whoever else follows at once`()
    async throws
  {
    let stores = InMemoryStores()
    defer { stores.close() }
    let pages = [HeldStores.Page(), HeldStores.Page()]
    let desk = MemoryDesk(store: HeldStores(stores: stores, pages: pages))
    try await Self.remember("m1", in: stores)
    async let first = Self.found(by: desk)
    await pages[0].isRead.value()
    try await Self.remember("m2", in: stores)
    async let second = Self.found(by: desk)
    await pages[1].isRead.value()
    // The first takes over what it has read; the second finds that somebody has been there before it.
    pages[0].mayGoOn.fulfil(())
    #expect(try await first == ["m1"])
    pages[1].mayGoOn.fulfil(())
    #expect(try await second == ["m1", "m2"])
  }
}
