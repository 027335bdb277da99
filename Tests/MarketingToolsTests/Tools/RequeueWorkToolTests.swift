import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct RequeueWorkToolTests {
  @Test func whatWasGivenUpIsTriedAgain() async throws {
    let harness = try ToolHarness()
    for id in ["work_1", "work_2"] {
      try await harness.enqueue(id)
      _ = try await harness.claimed()
      _ = try await harness.call(
        "fail_work", ["workID": .string(id), "claim": 1, "error": "x", "retry": "never"])
    }
    // The same work as the second, which is open.
    _ = try await harness.stores.enqueue(
      [
        WorkDraft(
          id: "work_3", kind: .triageLead, role: "triage", subject: "work_2",
          dueAt: ToolHarness.now + .seconds(9))
      ], at: ToolHarness.now, events: { _ in [] }, in: .default)
    let requeued = try await harness.call(
      "requeue_work", ["workIDs": ["work_1", "work_2", "nobody"]])
    #expect(
      requeued == ["requeued": ["work_1"], "notDead": ["nobody"], "duplicates": ["work_2"]])
    #expect(try harness.workEvents().last == "work.requeued")
    let again = try await harness.claimed()
    #expect(again["workID"] == "work_1" && again["claim"] == 2 && again["attempts"] == 1)
  }
}
