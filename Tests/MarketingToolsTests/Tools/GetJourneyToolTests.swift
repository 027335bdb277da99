import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct GetJourneyToolTests {
  private func stages(_ journey: JSONObject) -> [JSONValue?] {
    journey["steps"]?.arrayValue?.map { $0["stage"] } ?? []
  }

  @Test func aLeadsStepsAndItsOpenWorkAreShown() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(TriageLeadToolTests.ada)
    try await harness.enqueue("work_1", role: "engagement", lead: LeadID(rawValue: lead))
    let journey = try await harness.call("get_journey", ["leadID": .string(lead)])
    #expect(journey["stage"] == "triaged" && stages(journey) == ["received", "triaged"])
    let events = try harness.events().filter { $0.leadID?.rawValue == lead }
    #expect(
      journey["steps"]?.arrayValue?.map { $0["eventID"]?.stringValue }
        == events.prefix(2).map(\.id.rawValue))
    #expect(journey["steps"]?[1]?["actor"] == "tester/triage_lead")
    #expect(journey["work"]?.arrayValue?.map { $0["workID"] } == ["work_1"])
    #expect(journey["work"]?[0]?["state"] == "ready")
    _ = try await harness.call(
      "record_outcome",
      ["leadID": .string(lead), "disposition": "lost", "reason": "too dear"])
    let ended = try await harness.call("get_journey", ["leadID": .string(lead)])
    #expect(ended["stage"] == "closed" && ended["steps"]?[2]?["reason"] == "too dear")
    // It writes again.
    _ = try await harness.call(
      "triage_lead", ["leadID": .string(lead), "message": "We would like a demo after all"])
    let again = try await harness.call("get_journey", ["leadID": .string(lead)])
    #expect(stages(again) == ["received", "triaged", "closed", "received", "triaged"])
    #expect(try await harness.failure("get_journey", ["leadID": "nobody"]).contains("nobody"))
  }

  @Test func ofALongWayTheLatestStepsAreShown() async throws {
    var limits = SessionLimits()
    limits.pageBytes = 12_000
    let harness = try ToolHarness(limits: limits)
    let lead = try await harness.newLead(TriageLeadToolTests.ada)
    for number in 0..<40 {
      let stage: JourneyStage = number % 2 == 0 ? .engaged : .monitored
      let isTaken = try await harness.stores.advance(
        LeadID(rawValue: lead), to: stage, reason: .init(repeating: "r", count: 100),
        event: Event(
          id: EventID(rawValue: "evt_\(number)"), kind: .journeyAdvanced,
          leadID: LeadID(rawValue: lead), occurredAt: ToolHarness.now, actor: "tests"),
        in: .default)
      #expect(isTaken)
    }
    let journey = try await harness.call("get_journey", ["leadID": .string(lead)])
    let shown = try #require(journey["steps"]?.arrayValue)
    #expect(journey["stage"] == "monitored" && shown.last?["eventID"] == "evt_39")
    #expect((1..<42).contains(shown.count))
    #expect(journey["earlierSteps"] == JSONValue(42 - shown.count))
    let contents = try await harness.withClient { client in
      try await client.request(
        "resources/read", ["uri": .string("journey://\(lead)")])["contents"]
    }
    let read = try JSONParser().parse(try #require(contents?[0]?["text"]?.stringValue))
    #expect(read["stage"] == "monitored" && read["steps"]?.arrayValue?.isEmpty == false)
    #expect(read["leadID"] == .string(lead))
  }
}
