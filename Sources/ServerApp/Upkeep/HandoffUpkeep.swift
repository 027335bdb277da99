package import Logging
package import Marketing
import MarketingTools
import ServiceLifecycle

/// Ends offers of handoffs that nobody accepted in time, so that the leads do not lie where nobody looks:
/// the sender's role has work again.
package final class HandoffUpkeep: Service {
  /// So many end at a time, and so often at a look.
  private static let step = 100
  private static let mostSteps = 100

  private let store: any HandoffStore
  private let work: WorkSettings
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let notice: FailureNotice

  /// - Parameter pause: returns when it is time to look again; `nil` for what the settings say.
  package init(
    _ store: any HandoffStore, _ settings: HandoffSettings, work: WorkSettings, logger: Logger,
    now: @escaping @Sendable () -> Timestamp,
    pause: (@Sendable () async throws -> Void)? = nil
  ) {
    self.store = store
    self.work = work
    notice = FailureNotice("handoffs could not be kept up", logger: logger)
    self.now = now
    self.pause = pause ?? { try await Task.sleep(for: settings.checkInterval) }
  }

  /// Looks again and again until the server is stopped.
  package func run() async throws {
    while await Upkeep.isTimeAgain(after: pause) { await keep() }
  }

  /// Looks once.
  package func keep() async {
    let (store, work, time) = (store, work, now())
    do throws(StoreError) {
      try await Upkeep.inSteps(of: Self.step, atMost: Self.mostSteps) {
        (limit) async throws(StoreError) in
        try await store.expire(
          dueBy: time, limit: limit, work: { HandoffWork.toHandOver($0, at: time, work) },
          event: { HandoffEvents.expired($0, at: time) }
        ).count
      }
      notice.note(nil)
    } catch {
      notice.note(error)
    }
  }
}
