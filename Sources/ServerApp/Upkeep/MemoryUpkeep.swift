package import Logging
package import Marketing
package import MarketingTools
import ServiceLifecycle

/// Keeps memory by itself: deletes what has expired, stores what was recalled, and leaves no trace in memory
/// of what was deleted, nor in the log of changes of who was erased. That something was deleted is not kept for
/// ever either.
package final class MemoryUpkeep: Service {
  /// So many changes at the end of each list stay whole. An index that falls further behind between two looks,
  /// as where another process stores very many records, is made anew.
  private static let keptChanges = 100_000
  /// So many changes are pruned at a time, and so often at a look.
  private static let pruneStep = 1000
  private static let mostPruneSteps = 100

  private let desk: MemoryDesk
  private let knowledge: any KnowledgeGraphStore
  private let erasures: any LeadErasureStore
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let keptChanges: Int
  private let notice: FailureNotice
  private let pruning = Interval(.seconds(300))

  /// - Parameters:
  ///   - keptChanges: so many of the newest changes of memory, and of the graph, are not pruned; `nil` for the
  ///     usual number.
  ///   - pause: returns when it is time to look again.
  package init(
    _ desk: MemoryDesk, knowledge: any KnowledgeGraphStore, erasures: any LeadErasureStore,
    logger: Logger, keptChanges: Int? = nil, now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(10))
    }
  ) {
    self.desk = desk
    self.knowledge = knowledge
    self.keptChanges = keptChanges ?? Self.keptChanges
    self.erasures = erasures
    notice = FailureNotice("memory could not be kept up", logger: logger)
    self.now = now
    self.pause = pause
  }

  /// Looks again and again until the server is stopped; then stores once more what was recalled.
  package func run() async throws {
    while await Upkeep.isTimeAgain(after: pause) { await keep() }
    await keep()
  }

  /// Looks once. What fails keeps nothing else from being done.
  package func keep() async {
    let failures = [
      await failure { () async throws(StoreError) in try await desk.storeUses() },
      await failure { () async throws(StoreError) in _ = try await desk.sweep(at: now()) },
      await failure { () async throws(StoreError) in try await desk.scrub(at: now()) },
      // Behind what makes this process's own indexes follow, so that they do not have to begin anew.
      await failure { () async throws(StoreError) in try await prune(at: now()) },
      // Where it cannot be done yet, the next look tries again.
      await failure { () async throws(StoreError) in
        _ = try await erasures.finishErasures()
      },
    ].compactMap(\.self)
    notice.note(failures.first)
  }

  /// Prunes the lists of changes from time to time.
  private func prune(at now: Timestamp) async throws(StoreError) {
    guard pruning.isOver(at: now) else { return }
    let (memories, knowledge, kept) = (desk.store, knowledge, keptChanges)
    try await Upkeep.inSteps(of: Self.pruneStep, atMost: Self.mostPruneSteps) {
      (limit) async throws(StoreError) in
      try await memories.pruneChanges(keeping: kept, limit: limit)
    }
    try await Upkeep.inSteps(of: Self.pruneStep, atMost: Self.mostPruneSteps) {
      (limit) async throws(StoreError) in
      try await knowledge.pruneGraphChanges(keeping: kept, limit: limit)
    }
  }

  private func failure(
    _ step: () async throws(StoreError) -> Void
  ) async -> StoreError? {
    do throws(StoreError) {
      try await step()
      return nil
    } catch {
      return error
    }
  }
}
