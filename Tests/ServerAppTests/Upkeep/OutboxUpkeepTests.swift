import JSONRPC
import Logging
import Marketing
import MetricsTestKit
import ServerApp
import Testing

@Suite struct OutboxUpkeepTests {
  @Test func whatIsDoneIsDeletedInTimeAndTheRestIsCounted() async throws {
    let samples = try await OutreachSamples()
    let clock = Locked(OutreachSamples.start)
    let metrics = TestMetrics()
    let upkeep = OutboxUpkeep(
      samples.stores, in: .default, retention: .days(30), metrics: metrics,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { clock.withLock { $0 } })
    func shown(_ state: String) throws -> Double? {
      try metrics.expectMeter(
        "leadrelay_outbox_messages", [("workspace", "default"), ("state", state)]
      ).lastValue
    }
    // More than one step takes.
    try await samples.enqueue((0..<700).map { OutreachSamples.message("m\($0)") })
    let cancelled = try await samples.outbox.cancel(
      .lead(samples.lead), reason: "test", at: OutreachSamples.start, events: { _ in [] },
      in: .default)
    #expect(cancelled.count == 700)
    try await samples.enqueue([OutreachSamples.message("last")])
    clock.withLock { $0 = OutreachSamples.start + .days(30) }
    await upkeep.keep()
    #expect(try shown("cancelled") == 700 && shown("queued") == 1 && shown("dead") == 0)
    // Not looked at again before its time.
    clock.withLock { $0 = $0 + .seconds(299) }
    await upkeep.keep()
    #expect(try shown("cancelled") == 700)
    clock.withLock { $0 = $0 + .seconds(1) }
    await upkeep.keep()
    #expect(try shown("cancelled") == 0 && shown("queued") == 1)
    #expect(try await samples.outbox.counts(in: .default) == [.queued: 1])
  }
}
