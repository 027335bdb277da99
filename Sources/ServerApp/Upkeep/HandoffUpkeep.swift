import JSONRPC
package import Logging
package import Marketing
import MarketingTools
import ServiceLifecycle

/// Ends offers of handoffs that nobody accepted in time, so that the leads do not lie where nobody looks.
package final class HandoffUpkeep: Service {
  /// So many end at a time, so that nobody else who writes waits long.
  private static let atOnce = 100

  private let store: any HandoffStore
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let hasFailed = Locked(false)

  /// - Parameter pause: returns when it is time to look again.
  package init(
    _ store: any HandoffStore, logger: Logger, now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(1))
    }
  ) {
    self.store = store
    self.logger = logger
    self.now = now
    self.pause = pause
  }

  /// Looks again and again until the server is stopped.
  package func run() async throws {
    while await isTimeAgain() { await keep() }
  }

  /// Looks once.
  package func keep() async {
    do {
      while true {
        let time = now()
        let ended = try await store.expire(dueBy: time, limit: Self.atOnce) { handoff in
          HandoffEvents.expired(handoff, at: time)
        }
        if ended.count < Self.atOnce || Task.isCancelled { break }
      }
      hasFailed.withLock { $0 = false }
    } catch {
      // Said once until it succeeds.
      let isNew = hasFailed.withLock { failed in
        defer { failed = true }
        return !failed
      }
      if isNew {
        logger.warning("handoffs could not be kept up", metadata: ["cause": "\(error)"])
      }
    }
  }

  /// - Returns: whether it is time to look again, and not to end.
  private func isTimeAgain() async -> Bool {
    let pause = pause
    let isOver: Void? = try? await cancelWhenGracefulShutdown { try await pause() }
    return isOver != nil && !Task.isCancelled && !Task.isShuttingDownGracefully
  }
}
