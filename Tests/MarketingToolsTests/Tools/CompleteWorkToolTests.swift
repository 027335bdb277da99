import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct CompleteWorkToolTests {
  @Test func whatFollowsConcernsTheSameLeadAndIsDueByItsUrgency() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(TriageLeadToolTests.ada)
    let category = try #require(
      try harness.stores.lead(LeadID(rawValue: lead), in: .default)?.category)
    try await harness.enqueue("work_1", lead: LeadID(rawValue: lead))
    let claim = try #require(try await harness.claimed()["claim"])
    let arguments: JSONObject = [
      "workID": "work_1", "claim": claim, "result": ["ok": true],
      "next": [
        ["kind": "engage_lead", "role": "engagement", "subject": "handoff_1", "payload": ["a": 1]],
        ["kind": "engage_lead", "role": "engagement", "subject": "handoff_1"],
      ],
    ]
    let done = try await harness.call("complete_work", arguments)
    #expect(done["isNew"] == true && done["workID"] == "work_1")
    let next = try #require(done["next"]?.arrayValue)
    #expect(next.map { $0["isNew"] } == [true, false] && next[0]["workID"] == next[1]["workID"])
    let item = try #require(
      try harness.stores.item(
        WorkID(rawValue: next[0]["workID"]?.stringValue ?? ""), in: .default))
    #expect(item.leadID?.rawValue == lead && item.payload == ["a": 1] && item.maxAttempts == 5)
    #expect(
      item.dueAt
        == WorkUrgency().dueAt(.engageLead, category: category, receivedAt: ToolHarness.now))
    #expect(try harness.stores.item("work_1", in: .default)?.result == ["ok": true])
    #expect(
      try harness.workEvents() == [
        "work.enqueued", "work.claimed", "work.completed", "work.enqueued",
      ])
    let again = try await harness.call("complete_work", arguments)
    #expect(again["isNew"] == false && again["next"] == [])
  }

  @Test func whatIsTooLongIsRefused() async throws {
    let harness = try ToolHarness()
    try await harness.enqueue("work_1")
    _ = try await harness.claimed()
    let long: JSONValue = ["text": .string(String(repeating: "x", count: 4096))]
    let refused = try await harness.failure(
      "complete_work",
      [
        "workID": "work_1", "claim": 1, "result": long,
        "next": [
          ["kind": "k", "role": "r", "payload": [:]], ["kind": "k", "role": "r", "payload": long],
        ],
      ])
    #expect(refused.contains("/result") && refused.contains("/next/1/payload"))
    #expect(!refused.contains("/next/0") && refused.contains("4096 bytes"))
    #expect(try harness.stores.item("work_1", in: .default)?.state == .claimed)
  }

  @Test func aLostClaimIsToldSo() async throws {
    let harness = try ToolHarness()
    try await harness.enqueue("work_1")
    _ = try await harness.claimed()
    let lost = try await harness.failure("complete_work", ["workID": "work_1", "claim": 2])
    #expect(lost.contains("work_1") && lost.contains("taken back"))
    for next: JSONValue in [[], [["kind": "k", "role": "r"]]] {
      let unknown = try await harness.failure(
        "complete_work", ["workID": "nobody", "claim": 1, "next": next])
      #expect(unknown.contains("There is no work 'nobody'"))
    }
  }
}
