import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct HeartbeatToolTests {
  @Test func whatIsHeldIsHeldForLonger() async throws {
    let harness = try ToolHarness()
    try await harness.enqueue("work_1")
    try await harness.enqueue("work_2")
    _ = try await harness.call(
      "claim_work", ["role": "triage", "worker": "w1", "capacity": 2, "leaseSeconds": 5])
    let work: JSONValue = [
      ["workID": "work_1", "claim": 1], ["workID": "work_2", "claim": 9],
      ["workID": "nobody", "claim": 1],
    ]
    let beat = try await harness.call(
      "heartbeat", ["worker": "w1", "work": work, "leaseSeconds": 90])
    let end = ToolHarness.now + .seconds(90)
    #expect(
      beat == [
        "held": ["work_1"], "lost": ["work_2", "nobody"], "leaseUntil": .string(end.iso8601),
      ])
    #expect(try harness.stores.item("work_1", in: .default)?.leaseUntil == end)
    let other = try await harness.call("heartbeat", ["worker": "w2", "work": work])
    #expect(other["held"] == [])
  }
}
