import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ListDeadMessagesToolTests {
  @Test func theyAreListedPageByPageWithoutWhoTheyGoTo() async throws {
    let bench = try EngagementBench()
    var leads: [String] = []
    var time = ToolHarness.now
    for name in ["ann", "bea", "cid"] {
      var fields = EngagementBench.question
      fields["email"] = .string("\(name)@acme.test")
      fields["name"] = .string(name)
      let (lead, engagement, steps) = try await bench.running(fields)
      leads.append(lead)
      // One behind the other.
      time = max(time + .seconds(60), try bench.time(of: steps[0]))
      try await bench.kill(at: time)
      let page = try await bench.harness.call("list_dead_messages", ["limit": 1])
      let message = page["deadMessages"]?[0]
      #expect(message?["leadID"]?.stringValue == lead)
      #expect(message?["engagementID"]?.stringValue == engagement)
      #expect(message?["messageID"] == steps[0]["messageID"])
      #expect(message?["channel"] == "email" && message?["lastError"] == "no connection")
      #expect(message?["attempts"] == .integer(Int64(OutboundMessage.usualAttempts)))
      #expect(
        !String(decoding: JSONWriter.bytes(of: .object(page)), as: UTF8.self).contains("acme"))
    }
    var (found, cursor): ([String?], JSONValue?) = ([], nil)
    repeat {
      var wish: JSONObject = ["limit": 2]
      if let cursor { wish["cursor"] = cursor }
      let page = try await bench.harness.call("list_dead_messages", wish)
      found += page["deadMessages"]?.arrayValue?.map { $0["leadID"]?.stringValue } ?? []
      cursor = page["nextCursor"]
    } while cursor != nil && found.count < 9
    #expect(found == leads.reversed().map(Optional.some))
    let wrong = try await bench.harness.failure("list_dead_messages", ["cursor": "x"])
    #expect(wrong.hasPrefix("cursor: "))
  }
}
