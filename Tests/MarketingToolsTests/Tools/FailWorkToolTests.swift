import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct FailWorkToolTests {
  @Test func itIsTriedAgainLater() async throws {
    let harness = try ToolHarness()
    try await harness.enqueue("work_1")
    _ = try await harness.claimed()
    let failed = try await harness.call(
      "fail_work", ["workID": "work_1", "claim": 1, "error": "SMTP timeout"])
    #expect(failed["state"] == "ready" && failed["attempts"] == 1 && failed["maxAttempts"] == 3)
    let wait =
      try #require(
        try harness.stores.item("work_1", in: .default)
      ).notBefore - ToolHarness.now
    #expect(wait > .zero && wait <= .seconds(2))
    #expect(try await harness.claimed() == .null)
    #expect(try harness.workEvents() == ["work.enqueued", "work.claimed", "work.failed"])
  }

  @Test func whatIsGivenBackWasNoAttempt() async throws {
    let harness = try ToolHarness()
    try await harness.enqueue("work_1", attempts: 1)
    for claim in 1...3 {
      #expect(try await harness.claimed()["claim"] == .integer(Int64(claim)))
      // Who did not hear the answer says so again.
      for _ in 1...2 {
        let released = try await harness.call(
          "fail_work",
          [
            "workID": "work_1", "claim": .integer(Int64(claim)), "error": "shutting down",
            "retry": "now",
          ])
        #expect(released["state"] == "ready" && released["attempts"] == 0)
      }
    }
    #expect(try harness.workEvents().count { $0 == "work.released" } == 3)
    #expect(try await harness.claimed()["lastError"] == "shutting down")
    let lost = try await harness.failure(
      "fail_work", ["workID": "work_1", "claim": 3, "error": "again", "retry": "now"])
    #expect(lost.contains("taken back"))
  }

  @Test func whatCannotSucceedIsADeadLetter() async throws {
    let harness = try ToolHarness()
    try await harness.enqueue("work_1")
    _ = try await harness.claimed()
    let failed = try await harness.call(
      "fail_work", ["workID": "work_1", "claim": 1, "error": "no address", "retry": "never"])
    #expect(failed["state"] == "dead")
    #expect(try harness.workEvents().last == "work.dead_lettered")
    for retry: JSONValue in ["later", "now"] {
      let unknown = try await harness.failure(
        "fail_work", ["workID": "nobody", "claim": 1, "error": "x", "retry": retry])
      #expect(unknown.contains("There is no work 'nobody'"))
    }
  }
}
