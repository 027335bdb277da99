import JSONRPC
package import Logging
package import Marketing
package import MarketingTools
import ServiceLifecycle

/// Keeps memory by itself: deletes what has expired, stores what was recalled, and leaves no trace in memory
/// of what was deleted, nor in the log of changes of who was erased.
package final class MemoryUpkeep: Service {
  private let desk: MemoryDesk
  private let erasures: any LeadErasureStore
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let hasFailed = Locked(false)

  /// - Parameter pause: returns when it is time to look again.
  package init(
    _ desk: MemoryDesk, erasures: any LeadErasureStore, logger: Logger,
    now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(10))
    }
  ) {
    self.desk = desk
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
