package import Logging
package import Marketing
package import MarketingTools
import ServiceLifecycle

/// Completes engagements of which nothing is waiting to be sent any more, and forgets sums and contacts that are too
/// old to be asked for.
package final class EngagementUpkeep: Service {
  /// So many are looked at a time, and so often at a look.
  private static let step = 100
  private static let mostSteps = 100
  /// Longer than plans look back.
  private static let keptDays = 400

  private let desk: EngagementDesk
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let notice: FailureNotice
  private let pruning = Interval(.seconds(3600))

  /// - Parameter pause: returns when it is time to look again.
  package init(
    _ desk: EngagementDesk, logger: Logger, now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(2))
    }
  ) {
    self.desk = desk
    notice = FailureNotice("engagements could not be kept up", logger: logger)
    self.now = now
    self.pause = pause
  }

  /// Looks again and again until the server is stopped.
  package func run() async throws {
    while await Upkeep.isTimeAgain(after: pause) { await keep() }
  }

  /// Looks once.
  package func keep() async {
    let desk = desk
    do throws(StoreError) {
      try await Upkeep.inSteps(of: Self.step, atMost: Self.mostSteps) {
        (limit) async throws(StoreError) in
        try await desk.completeFinished(limit: limit)
      }
      let time = now()
      if pruning.isOver(at: time) {
        try await Upkeep.inSteps(of: Self.step, atMost: Self.mostSteps) {
          (limit) async throws(StoreError) in
          try await desk.store.prunePerformance(
            before: time + .days(-Self.keptDays), limit: limit)
        }
        try await Upkeep.inSteps(of: Self.step, atMost: Self.mostSteps) {
          (limit) async throws(StoreError) in
          try await desk.pruneTouches(at: time, limit: limit)
        }
      }
      notice.note(nil)
    } catch {
      notice.note(error)
    }
  }
}
