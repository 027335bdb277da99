import JSONRPC
import Marketing
import MarketingTools

extension EngagementBench {
  /// Has a channel that is out of order use up all attempts of what is due.
  func kill(at time: Timestamp) async throws {
    var now = time
    for _ in 0..<OutboundMessage.usualAttempts {
      for attempt in try await harness.stores.claimDue(
        [.email: 9], lease: .seconds(9), at: now)
      {
        _ = try await harness.stores.begin(attempt, lease: .seconds(9), at: now)
        let answer = DeliveryAnswer("no connection", "to ann@acme.test")
        _ = try await harness.stores.settle(
          attempt,
          as: .deferred(answer, until: now + .seconds(1), mayHaveArrived: false),
          effects: await harness.engagements.deliveryEffects(
            attempt, .deferred(answer, .init()), now), at: now
        ) { _ in [] }
      }
      now = now + .seconds(1)
    }
  }
}
