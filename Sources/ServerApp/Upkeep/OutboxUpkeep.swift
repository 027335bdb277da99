package import Logging
package import Marketing
package import Metrics
import ServiceLifecycle

/// Deletes messages that came to their end long ago, and shows how many there are.
package final class OutboxUpkeep: Service {
  /// So many messages at a time, and so often at a look.
  private static let step = 500
  private static let mostSteps = 100

  private let store: any OutboxStore
  private let workspace: WorkspaceID
  private let retention: Duration
  private let now: @Sendable () -> Timestamp
  private let pause: @Sendable () async throws -> Void
  private let notice: FailureNotice
  private let removing = Interval(.seconds(300))
  private let gauges: [OutboxEntry.State: any MeterHandler]

  /// - Parameters:
  ///   - workspace: whose messages are counted.
  ///   - retention: how long messages are kept after their end.
  ///   - pause: returns when it is time to look again.
  package init(
    _ store: any OutboxStore, in workspace: WorkspaceID, retention: Duration,
    metrics: any MetricsFactory, logger: Logger, now: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(30))
    }
  ) {
    self.store = store
    self.workspace = workspace
    self.retention = retention
    self.now = now
    self.pause = pause
    notice = FailureNotice("the outbox could not be kept up", logger: logger)
    gauges = Dictionary(
      uniqueKeysWithValues: OutboxEntry.State.allCases.map { state in
        let labels = [("workspace", workspace.rawValue), ("state", state.rawValue)]
        return (state, metrics.makeMeter(label: "leadrelay_outbox_messages", dimensions: labels))
      })
  }

  /// Looks again and again until the server is stopped.
  package func run() async throws {
    while await Upkeep.isTimeAgain(after: pause) { await keep() }
  }

  /// Looks once.
  package func keep() async {
    let (store, time) = (store, now())
    do throws(StoreError) {
      if removing.isOver(at: time) {
        let oldest = time + (.zero - retention)
        try await Upkeep.inSteps(of: Self.step, atMost: Self.mostSteps) {
          (limit) async throws(StoreError) in
          try await store.pruneSettled(before: oldest, limit: limit)
        }
      }
      let counts = try await store.counts(in: workspace)
      for (state, gauge) in gauges { gauge.set(Int64(counts[state, default: 0])) }
      notice.note(nil)
    } catch {
      notice.note(error)
    }
  }
}
