import Dispatch
import JSONRPC
import Marketing
import Testing

@testable import MarketingTools

/// Models in memory: when they are made ready, and what is kept of them.
@Suite(.timeLimit(.minutes(1))) struct ScoringModelsTests {
  @Test func triageDoesNotWaitForATraining() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    let release = DispatchSemaphore(value: 0)
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let (version, isHeld) = try await withThrowingTaskGroup(of: Bool.self) { group in
      let pool = harness.models.models.pool
      group.addTask {
        await pool.run {
          start.finish()
          return release.isSignalled(within: .seconds(20))
        }
      }
      for await _ in started {}
      let triage = try await harness.call("triage_lead", ["email": "a@acme.test"])
      release.signal()
      return (triage.modelVersion, try await group.next())
    }
    #expect(version == "leads-1")
    #expect(isHeld == true, "triage waited for what trains")
  }

  @Test func manyWhoAskAtOnceGetTheSameModel() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    let models = harness.models.models
    let watches = try await withThrowingTaskGroup(of: DriftWatch?.self) { group in
      for _ in 0..<32 { group.addTask { try await models.lineup(in: .default).drift } }
      return try await group.reduce(into: [DriftWatch?]()) { $0.append($1) }
    }
    let answering = try #require(try await models.lineup(in: .default).drift)
    #expect(watches.count == 32)
    #expect(watches.allSatisfy { $0 === answering })
  }
}

extension DispatchSemaphore {
  /// Holds the thread, as a long computation does.
  fileprivate func isSignalled(within time: DispatchTimeInterval) -> Bool {
    wait(timeout: .now() + time) == .success
  }
}
