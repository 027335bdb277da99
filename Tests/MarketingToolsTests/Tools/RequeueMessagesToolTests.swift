import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct RequeueMessagesToolTests {
  @Test func whatWasGivenUpIsSentAfterAll() async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let (lead, engagement, steps) = try await bench.running(category: "general_inquiry")
    let time = try bench.time(of: steps[0])
    let message = steps[0]["messageID"] ?? .null
    // All that the engagement has to send: it comes to its end.
    for step in steps { try await bench.kill(at: try bench.time(of: step)) }
    #expect(try await harness.engagements.completeFinished(limit: 9) == 1)
    let ids: JSONObject = ["messageIDs": [message, "nobody"]]
    let requeued = try await harness.call("requeue_messages", ids)
    #expect(requeued == ["requeued": [message], "notDead": ["nobody"]])
    let event = try #require(try harness.events().last)
    #expect(event.kind == .messageRequeued && event.leadID?.rawValue == lead)
    #expect(event.facts["messageID"] == message)
    let again = try await harness.call("requeue_messages", ids)
    #expect(again == ["requeued": [], "notDead": [message, "nobody"]])
    let left = try await harness.call("list_dead_messages", [:])["deadMessages"]
    #expect(left?.arrayValue?.count == steps.count - 1)
    let sent = try await bench.send(at: time + .days(30))
    #expect(sent.map(\.1) == [.go])
    let shown = try await harness.call(
      "get_engagement", ["engagementID": .string(engagement)])
    #expect(shown["engagement"]?["steps"]?[0]?["state"] == "delivered")
  }

  @Test func aPersonIsToldOfWhatWasGivenUp() async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let (lead, engagement, steps) = try await bench.running(category: "general_inquiry")
    for step in steps { try await bench.kill(at: try bench.time(of: step)) }
    #expect(try await harness.engagements.completeFinished(limit: 9) == 1)
    let open = try await harness.call("list_escalations", ["leadID": .string(lead)])["escalations"]
    #expect(open?.arrayValue?.count == 1)
    let found = try #require(open?[0])
    #expect(found["subject"]?.stringValue == engagement && found["owner"] == "sales-manager")
    #expect(found["context"]?["messageID"] == steps[0]["messageID"])
    #expect(found["context"]?["cause"] == "no connection")
    let shown = try await harness.call(
      "get_engagement", ["engagementID": .string(engagement)])["engagement"]
    let message = try #require(steps[0]["messageID"]?.stringValue)
    #expect(shown?["state"] == "completed")
    #expect(shown?["reason"]?.stringValue == "message \(message) was given up")
  }

  @Test func theGatesAreAskedAgain() async throws {
    let bench = try EngagementBench()
    let (_, engagement, steps) = try await bench.running()
    let time = try bench.time(of: steps[0])
    try await bench.kill(at: time)
    _ = try await bench.harness.call(
      "cancel_engagement", ["engagementID": .string(engagement)])
    _ = try await bench.harness.call(
      "requeue_messages", ["messageIDs": [steps[0]["messageID"] ?? .null]])
    #expect(try await bench.send(at: time + .seconds(60)).map(\.1) == [.stop(gate: "cancelled")])
  }
}
