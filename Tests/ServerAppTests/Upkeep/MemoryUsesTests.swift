import JSONRPC
import Logging
import Marketing
import ServerApp
import Testing

@testable import MarketingTools

/// Stores that refuse to count uses for a while.
private struct BusyStores: MemoryStore {
  let stores: InMemoryStores
  let usesLeft: Locked<Int>

  func noteUses(
    _ uses: [OwnedMemoryID: MemoryUse], extending lifetime: Duration?, in workspace: WorkspaceID
  ) async throws(StoreError) {
    let isRefused = usesLeft.withLock { left in
      defer { left -= 1 }
      return left <= 0
    }
    if isRefused { throw StoreError(.unavailable, "busy") }
    try await stores.noteUses(uses, extending: lifetime, in: workspace)
  }

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

  func versions(
    _ versions: [Int64], in workspace: WorkspaceID
  ) throws(StoreError) -> [Int64: MemoryRecord] {
    try stores.versions(versions, in: workspace)
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

  func sweep(expiredBy now: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await stores.sweep(expiredBy: now, limit: limit)
  }

  func changes(
    after place: ChangePlace, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryChanges? {
    try await stores.changes(after: place, limit: limit, in: workspace)
  }

  func latestChange(in workspace: WorkspaceID) throws(StoreError) -> Int64 {
    try stores.latestChange(in: workspace)
  }

  func pruneChanges(keeping newest: Int, limit: Int) async throws(StoreError) -> Int {
    try await stores.pruneChanges(keeping: newest, limit: limit)
  }
}

@Suite struct MemoryUsesTests {
  @Test func whatCannotBeStoredIsKeptAndTheRestGoesOn() async throws {
    let now = Timestamp(milliseconds: 1_752_580_800_000)
    let stores = InMemoryStores()
    defer { stores.close() }
    var records = (0..<1200).map { number in
      MemoryRecord(
        id: MemoryID(rawValue: "m\(number)"), kind: .longTerm, text: "tea",
        source: MemorySource(name: "test"), validFrom: now, recordedAt: now)
    }
    records[1199].expiresAt = now + .seconds(1)
    _ = try await stores.remember(
      records.map { AnalyzedMemory(record: $0, text: AnalyzedText(plain: $0.text)) },
      events: { _ in [] },
      in: .default)
    let busy = BusyStores(stores: stores, usesLeft: Locked(1))
    let desk = MemoryDesk(store: busy)
    let later = now + .seconds(2)
    let upkeep = MemoryUpkeep(
      desk, knowledge: stores, erasures: stores,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { later })
    let ids = records.dropLast().map(\.id)
    desk.note(records.dropLast().map(\.ownedID), at: now, in: .default)
    func uses() throws -> [Int] {
      try stores.memories(ids, for: .upkeep, knownAt: now, now: later, in: .default).map(\.uses)
    }
    await upkeep.keep()
    #expect(try uses().reduce(0, +) == 500, "a part was stored")
    #expect(try await stores.sweep(expiredBy: later, limit: 9) == 0, "what has expired is swept")
    desk.note([records[0].ownedID], at: later, in: .default)
    busy.usesLeft.withLock { $0 = 9 }
    await upkeep.keep()
    #expect(try uses() == [2] + Array(repeating: 1, count: 1198))
    await upkeep.keep()
    #expect(try uses().reduce(0, +) == 1200, "each once")
  }
}
