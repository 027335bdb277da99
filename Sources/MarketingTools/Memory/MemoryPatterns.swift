import JSONRPC
package import Marketing

/// Reads what consolidation has learned: which actions work in a situation.
package struct MemoryPatterns: Sendable {
  /// A pattern with the fact that holds it.
  package struct Known: Sendable, Hashable {
    /// The pattern; its episodes are those that the fact was derived from.
    package let pattern: ActionPattern
    /// The fact.
    package let factID: MemoryID
    /// Since when it is known.
    package let recordedAt: Timestamp
  }

  private let store: any MemoryStore

  /// Patterns in a store of memory.
  package init(_ store: any MemoryStore) { self.store = store }

  /// Every pattern of a situation that a reader may see, the surest first.
  package func all(
    in situation: String, for reader: MemoryReader, now: Timestamp, of workspace: WorkspaceID
  ) async throws(StoreError) -> [Known] {
    var query = MemoryQuery(for: reader, at: MemoryMoment(now: now), now: now, limit: 100)
    query.factKey = ActionPatterns.key(of: situation)
    let records = try await store.list(query, in: workspace).records
    return records.filter { $0.leadID == nil && $0.source.name == ActionPatterns.sourceName }
      .flatMap { record in
        ActionPatterns.patterns(in: record.fact?.value ?? .null).map {
          Known(pattern: $0, factID: record.id, recordedAt: record.recordedAt)
        }
      }
      .sorted { $0.isBetter(than: $1) }
  }

  /// The sequence of actions that is surest to work; `nil` when none is known to.
  package func best(
    in situation: String, for reader: MemoryReader, now: Timestamp, of workspace: WorkspaceID
  ) async throws(StoreError) -> Known? {
    try await all(in: situation, for: reader, now: now, of: workspace).first
  }
}

extension MemoryPatterns.Known {
  fileprivate func isBetter(than other: Self) -> Bool {
    let (left, right) = (pattern, other.pattern)
    if left.interval.low != right.interval.low { return left.interval.low > right.interval.low }
    if left.trials != right.trials { return left.trials > right.trials }
    return left.actions.lexicographicallyPrecedes(right.actions)
  }
}
