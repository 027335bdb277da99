package import Logging
package import Marketing
package import MarketingTools
import ServiceLifecycle

/// Keeps the queue of work by itself: takes back what silent workers have, which wakes those who wait for work,
/// and deletes what was done long ago.
package final class WorkUpkeep: Service {
  private static let actor = "server/upkeep"
  /// So many items at a time, and so often at a look.
  private static let step = 500
  private static let mostSteps = 100

  private let desk: WorkDesk
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let notice: FailureNotice
  private let removing = Interval(.seconds(300))

  /// - Parameter pause: returns when it is time to look again.
  package init(
    _ desk: WorkDesk, logger: Logger, now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(1))
    }
  ) {
    self.desk = desk
    notice = FailureNotice("the queue of work could not be kept up", logger: logger)
    self.now = now
    self.pause = pause
  }

  /// Looks again and again until the server is stopped.
  package func run() async throws {
    while await Upkeep.isTimeAgain(after: pause) { await keep() }
  }

  /// Looks once.
  package func keep() async {
    let (store, time) = (desk.store, now())
    do throws(StoreError) {
      let events = desk.noting(.workReleased, actor: Self.actor, at: time)
      try await Upkeep.inSteps(of: Self.step, atMost: Self.mostSteps) {
        (limit) async throws(StoreError) in
        try await store.takeBack(at: time, limit: limit, events: events)
      }
      if removing.isOver(at: time) {
        let oldest = time + (.zero - desk.settings.keepsDone)
        try await Upkeep.inSteps(of: Self.step, atMost: Self.mostSteps) {
          (limit) async throws(StoreError) in
          try await store.removeDone(before: oldest, limit: limit)
        }
      }
      notice.note(nil)
    } catch {
      notice.note(error)
    }
  }
}
