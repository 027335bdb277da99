import JSONRPC
package import Logging
package import Marketing
package import MarketingTools
import ServiceLifecycle

/// Keeps the queue of work by itself: takes back what silent workers have, which wakes those who wait for work,
/// and deletes what was done long ago.
package final class WorkUpkeep: Service {
  private static let actor = "server/upkeep"
  private static let removeInterval = Duration.seconds(300)
  /// So many items at a time, so that nobody else who writes waits long, and so often at a look.
  private static let step = 500
  private static let mostSteps = 100

  private let desk: WorkDesk
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let hasFailed = Locked(false)
  private let removedAt = Locked<Timestamp?>(nil)

  /// - Parameter pause: returns when it is time to look again.
  package init(
    _ desk: WorkDesk, logger: Logger, now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(1))
    }
  ) {
    self.desk = desk
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
    let time = now()
    var failure: StoreError?
    do throws(StoreError) {
      let (store, step) = (desk.store, Self.step)
      let events = desk.noting(.workReleased, actor: Self.actor, at: time)
      try await Self.inSteps { () async throws(StoreError) in
        try await store.takeBack(at: time, limit: step, events: events)
      }
      if isTimeToRemove(at: time) {
        let oldest = time + (.zero - desk.settings.keepsDone)
        try await Self.inSteps { () async throws(StoreError) in
          try await store.removeDone(before: oldest, limit: step)
        }
      }
    } catch {
      failure = error
    }
    // Said once until it succeeds.
    let isNew = hasFailed.withLock { failed in
      defer { failed = failure != nil }
      return !failed
    }
    guard let failure, isNew else { return }
    logger.warning("the queue of work could not be kept up", metadata: ["cause": "\(failure)"])
  }

  private func isTimeToRemove(at now: Timestamp) -> Bool {
    removedAt.withLock { last in
      if let last, now >= last, now < last + Self.removeInterval { return false }
      last = now
      return true
    }
  }

  /// Takes steps until one finds less than it may take; what is left then waits for the next time.
  private static func inSteps(
    _ take: () async throws(StoreError) -> Int
  ) async throws(StoreError) {
    for _ in 0..<mostSteps where !Task.isCancelled {
      if try await take() < step { return }
    }
  }

  /// - Returns: whether it is time to look again, and not to end.
  private func isTimeAgain() async -> Bool {
    let pause = pause
    let isOver: Void? = try? await cancelWhenGracefulShutdown { try await pause() }
    return isOver != nil && !Task.isCancelled && !Task.isShuttingDownGracefully
  }
}
