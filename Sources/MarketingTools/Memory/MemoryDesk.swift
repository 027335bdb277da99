import JSONRPC
package import Marketing
package import Recall

/// Remembers and recalls: records, their words analyzed once, and the indexes over them.
package final class MemoryDesk: Sendable {
  /// A record that answers a question.
  struct Found: Sendable {
    let record: MemoryRecord
    let hit: RecallHit
  }

  /// The records.
  package let store: any MemoryStore
  /// What an operator may change.
  package let settings: MemorySettings
  /// Makes of a text what is indexed of it.
  package let analyzer: TextAnalyzer
  private let indexes: RecallIndexes
  private let pool: ComputePool
  /// What was recalled and is not stored yet: at most so many records, the rest is not counted.
  private let uses = Locked<[WorkspaceID: [MemoryID: MemoryUse]]>([:])
  private static let mostUses = 50_000
  private static let usesAtOnce = 500

  /// - Parameter analyzer: the one that made the words of all that is stored.
  package init(
    store: any MemoryStore, settings: MemorySettings = MemorySettings(),
    analyzer: TextAnalyzer = TextAnalyzer()
  ) {
    self.store = store
    self.settings = settings
    self.analyzer = analyzer
    indexes = RecallIndexes(store: store, analyzer: analyzer, byteLimit: settings.indexBytes)
    pool = ComputePool(width: 2)
  }

  func analyze(_ text: String) -> AnalyzedText { analyzer.analyze(text) }

  /// Finds what answers a question, the best first, as it is stored now.
  func recall(
    _ request: RecallRequest, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Found] {
    let (store, indexes) = (store, indexes)
    let result: Result<[Found], StoreError> = await pool.run {
      do throws(StoreError) {
        let hits = try await indexes.recall(request, in: workspace)
        let records = try store.versions(hits.map(\.version), in: workspace)
        let scope = request.scope
        return .success(
          hits.compactMap { hit in
            // What the index does not know yet counts: the record may be gone, or may not be shown.
            guard let record = records[hit.version], scope.reader.sees(recordOf: record.role),
              record.holds(at: scope.moment), !record.hasExpired(at: scope.now)
            else { return nil }
            return Found(record: record, hit: hit)
          })
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Takes down that records were recalled; they are stored together, a little later.
  func note(_ ids: [MemoryID], at now: Timestamp, in workspace: WorkspaceID) {
    for id in ids { note(MemoryUse(count: 1, lastAt: now), of: id, in: workspace) }
  }

  private func note(_ new: MemoryUse, of id: MemoryID, in workspace: WorkspaceID) {
    uses.withLock { uses in
      if var use = uses[workspace]?[id] {
        use.count += new.count
        use.lastAt = max(use.lastAt, new.lastAt)
        uses[workspace]?[id] = use
      } else if uses[workspace, default: [:]].count < Self.mostUses {
        uses[workspace, default: [:]][id] = new
      }
    }
  }

  /// Stores what was recalled since the last time.
  package func storeUses() async throws(StoreError) {
    let noted = uses.withLock { uses in
      defer { uses = [:] }
      return uses
    }
    var failure: StoreError?
    for (workspace, uses) in noted {
      do throws(StoreError) {
        try await storeUses(Array(uses), in: workspace)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Stores uses a few at a time, so that nobody else who writes waits long. What could not be stored is kept for
  /// the next time.
  private func storeUses(
    _ noted: [(key: MemoryID, value: MemoryUse)], in workspace: WorkspaceID
  ) async throws(StoreError) {
    var rest = noted[...]
    do throws(StoreError) {
      while !rest.isEmpty {
        let some = rest.prefix(Self.usesAtOnce)
        try await store.noteUses(
          Dictionary(uniqueKeysWithValues: some.map { ($0.key, $0.value) }),
          extending: settings.isSliding ? settings.shortTermLifetime : nil, in: workspace)
        rest = rest.dropFirst(some.count)
      }
    } catch {
      for (id, use) in rest { note(use, of: id, in: workspace) }
      throw error
    }
  }

  /// Deletes what has expired.
  /// - Returns: how many records.
  package func sweep(at now: Timestamp) async throws(StoreError) -> Int {
    var swept = 0
    while true {
      let count = try await store.sweep(expiredBy: now, limit: 500)
      swept += count
      if count < 500 || Task.isCancelled { return swept }
    }
  }

  /// Has every index follow its store, and leaves no trace in memory of what was deleted.
  package func scrub() async throws(StoreError) {
    try await indexes.scrub()
    analyzer.forgetWords()
  }

  /// How many bytes the indexes take.
  package var indexBytes: Int { indexes.memoryFootprint }
}
