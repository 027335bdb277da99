import JSONRPC
package import Logging
package import Marketing
package import Outreach
import ServiceLifecycle

/// Tells the platforms of campaigns what was changed, by signed posts: each order under its own name until it is taken,
/// so a platform that has taken it already can tell. The revision in it tells which of two came later.
package final class ControlDelivery: Service {
  private static let actor = "server/platform"
  private static let step = 50
  /// So often it is tried; with the back-off that is over a day.
  static let mostAttempts = 40

  private let store: any OptimizationStore
  private let post: SignedPost
  private let backoff = Backoff(base: .seconds(5), most: .seconds(3600))
  private let logger: Logger
  private let notice: FailureNotice
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void

  /// - Parameters:
  ///   - settings: where to, and how it is signed.
  ///   - pause: returns when it is time to look again.
  package init(
    _ store: any OptimizationStore, to settings: WebhookSettings, logger: Logger,
    now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(1))
    }
  ) {
    self.store = store
    post = SignedPost(settings, now: now)
    self.logger = logger
    notice = FailureNotice("what platforms are to be told could not be read", logger: logger)
    self.now = now
    self.pause = pause
  }

  /// Tells until the server is stopped.
  package func run() async throws {
    while await Upkeep.isTimeAgain(after: pause) { await deliver() }
  }

  /// Tells what is due.
  package func deliver() async {
    do throws(StoreError) {
      for order in try await store.dueOrders(at: now(), limit: Self.step) {
        if Task.isCancelled || Task.isShuttingDownGracefully { return }
        try await settle(order, await post.send(order.payload, as: order.id))
      }
      notice.note(nil)
    } catch {
      notice.note(error)
    }
  }

  private func settle(
    _ order: ControlOrder, _ outcome: DeliveryOutcome
  ) async throws(StoreError) {
    let (time, code) = (now(), outcome.answer.code)
    switch outcome {
    case .delivered:
      try await store.settle(
        order, answer: code, next: nil, event: event(.controlsTold, order, code, at: time))
    case .deferred(_, let deferral) where order.attempts + 1 < Self.mostAttempts:
      var generator = SystemRandomNumberGenerator()
      let wait =
        deferral.retryAfter ?? backoff.delay(after: order.attempts + 1, using: &generator)
      try await store.settle(order, answer: code, next: time + wait, event: nil)
    case .deferred, .refused, .bounced, .withdrawn:
      logger.error(
        "a platform could not be told of a change",
        metadata: ["campaign": "\(order.campaignID)", "order": "\(order.id)", "answer": "\(code)"])
      try await store.settle(
        order, answer: code, next: nil, event: event(.controlsNotTold, order, code, at: time))
    }
  }

  private func event(
    _ kind: Event.Kind, _ order: ControlOrder, _ code: String, at time: Timestamp
  ) -> Event {
    var generator = SystemRandomNumberGenerator()
    return Event(
      id: .make(prefix: "evt_", at: time, random: (generator.next(), generator.next())),
      kind: kind, campaignID: order.campaignID, occurredAt: time, actor: Self.actor,
      facts: [
        "order": .string(order.id), "answer": .string(code),
        "attempts": JSONValue(order.attempts + 1),
      ])
  }
}
