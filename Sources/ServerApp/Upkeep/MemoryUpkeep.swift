import JSONRPC
package import Logging
package import Marketing
package import MarketingTools
import ServiceLifecycle

/// Keeps memory by itself: deletes what has expired, stores what was recalled, and leaves no trace in memory
/// of what was deleted, nor in the log of changes of who was erased. That something was deleted is not kept for
/// ever either.
package final class MemoryUpkeep: Service {
  /// So many changes at the end of each list stay whole: more than an index that is followed at every look
  /// falls behind meanwhile.
  private static let keptChanges = 10_000
  private static let pruneInterval = Duration.seconds(300)
  /// So many changes are pruned at a time, so that nobody else who writes waits long, and so often at a look.
  private static let pruneStep = 1000
  private static let mostPruneSteps = 100

  private let desk: MemoryDesk
  private let knowledge: any KnowledgeGraphStore
  private let erasures: any LeadErasureStore
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let keptChanges: Int
  private let hasFailed = Locked(false)
  private let prunedAt = Locked<Timestamp?>(nil)

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
    self.logger = logger
    self.now = now
    self.pause = pause
  }

  /// Looks again and again until the server is stopped; then stores once more what was recalled.
  package func run() async throws {
    while await isTimeAgain() { await keep() }
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
    // Said once until all succeeds.
    let isNew = hasFailed.withLock { failed in
      defer { failed = !failures.isEmpty }
      return !failed
    }
    guard let first = failures.first, isNew else { return }
    logger.warning("memory could not be kept up", metadata: ["cause": "\(first)"])
  }

  /// Prunes the lists of changes from time to time.
  private func prune(at now: Timestamp) async throws(StoreError) {
    let isTime = prunedAt.withLock { last in
      if let last, now >= last, now < last + Self.pruneInterval { return false }
      last = now
      return true
    }
    guard isTime else { return }
    let (memories, knowledge, kept) = (desk.store, knowledge, keptChanges)
    try await Self.prune { (limit) async throws(StoreError) in
      try await memories.pruneChanges(keeping: kept, limit: limit)
    }
    try await Self.prune { (limit) async throws(StoreError) in
      try await knowledge.pruneGraphChanges(keeping: kept, limit: limit)
    }
  }

  /// Takes steps until one finds less than it may take; what is left then waits for the next time.
  private static func prune(
    _ step: (_ limit: Int) async throws(StoreError) -> Int
  ) async throws(StoreError) {
    for _ in 0..<mostPruneSteps where !Task.isCancelled {
      if try await step(pruneStep) < pruneStep { return }
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

  /// - Returns: whether it is time to look again, and not to end.
  private func isTimeAgain() async -> Bool {
    let pause = pause
    let isOver: Void? = try? await cancelWhenGracefulShutdown { try await pause() }
    return isOver != nil && !Task.isCancelled && !Task.isShuttingDownGracefully
  }
}
