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

  /// Texts of more bytes than this together are not analyzed where a session runs.
  private static let bytesInPlace = 4096

  /// Records ready to be stored.
  func analyzed(_ records: [MemoryRecord]) async -> [AnalyzedMemory] {
    let analyzer = analyzer
    let analyze = { @Sendable in
      records.map { AnalyzedMemory(record: $0, text: analyzer.analyze($0.text)) }
    }
    let bytes = records.reduce(0) { $0 + $1.text.utf8.count }
    return bytes > Self.bytesInPlace ? await pool.run(analyze) : analyze()
  }

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
    uses.withLock { uses in
      for id in ids {
        if var use = uses[workspace]?[id] {
          use.count += 1
          use.lastAt = max(use.lastAt, now)
          uses[workspace]?[id] = use
        } else if uses[workspace, default: [:]].count < Self.mostUses {
          uses[workspace, default: [:]][id] = MemoryUse(count: 1, lastAt: now)
        }
      }
    }
  }

  /// Stores what was recalled since the last time.
  package func storeUses() async throws(StoreError) {
    let noted = uses.withLock { uses in
      defer { uses = [:] }
      return uses
    }
    for (workspace, uses) in noted {
      try await store.noteUses(
        uses, extending: settings.isSliding ? settings.shortTermLifetime : nil, in: workspace)
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
