import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct AnalyzeCampaignToolTests {
  @Test func measuresComeWithIntervalsAndWhatTheyAreComparedWith() async throws {
    let harness = try ToolHarness()
    try await harness.recordDays("CMP1", 56, cost: { $0 < 28 ? 25 : 30 })
    for sibling in ["S1", "S2"] { try await harness.recordDays(sibling, 56, cost: { _ in 20 }) }
    let found = try await harness.call("analyze_campaign", ["campaignID": "CMP1"])
    let yesterday = CalendarDay(ToolHarness.now) + -1
    #expect(found["last"] == .string(yesterday.iso8601) && found["currency"] == "USD")
    #expect(found["first"] == .string((yesterday + -27).iso8601))
    let measures = found["analysis"]?["measures"]?.arrayValue ?? []
    let cpl = try #require(measures.first { $0["measure"] == "cpl" })
    #expect(cpl["value"]?.doubleValue == 30 && cpl["before"]?.doubleValue == 25)
    #expect(cpl["low"]?.doubleValue ?? 99 < 30 && cpl["high"]?.doubleValue ?? 0 > 30)
    #expect(abs((cpl["change"]?["value"]?.doubleValue ?? 0) - 0.2) < 0.01)
    #expect(cpl["siblings"]?["count"] == 2 && cpl["siblings"]?["betterThan"]?.doubleValue == 0)
    let ctr = try #require(measures.first { $0["measure"] == "ctr" })
    #expect(ctr["value"] == 0.03)
    #expect(found["analysis"]?["channels"]?[0]?["name"] == "search")
    #expect(found["analysis"]?["daysWithFigures"] == 28 && found["findings"] == [])
    let week = try await harness.call("analyze_campaign", ["campaignID": "CMP1", "days": 7])
    #expect(week["analysis"]?["figures"]?["impressions"] == 70_000)
    let back = try await harness.call(
      "analyze_campaign",
      ["campaignID": "CMP1", "days": 7, "asOf": .string((yesterday + -30).iso8601)])
    #expect(back["last"] == .string((yesterday + -30).iso8601))
  }

  @Test func whatIsNotKnownIsSaid() async throws {
    let harness = try ToolHarness()
    let row: JSONValue = [
      "campaignID": "CMP1", "day": .string((CalendarDay(ToolHarness.now) + -2).iso8601),
      "impressions": 0,
    ]
    _ = try await harness.call("record_campaign_metrics", ["metrics": [row]])
    let found = try await harness.call("analyze_campaign", ["campaignID": "CMP1"])
    for measure in found["analysis"]?["measures"]?.arrayValue ?? [] {
      #expect(measure["value"] == nil && measure["reason"]?.stringValue?.isEmpty == false)
    }
    let unknown = try await harness.failure("analyze_campaign", ["campaignID": "CMP9"])
    #expect(unknown.contains("'CMP9'"))
    let ahead = CalendarDay(ToolHarness.now) + 2
    let problem = try await harness.failure(
      "analyze_campaign", ["campaignID": "CMP1", "asOf": .string(ahead.iso8601)])
    #expect(problem.contains("/asOf"))
    let before = try await harness.failure(
      "analyze_campaign", ["campaignID": "CMP1", "asOf": "2020-01-01"])
    #expect(before.contains("No day of campaign 'CMP1'"))
  }

  @Test func theResourceShowsWhatWasProposedToo() async throws {
    let harness = try ToolHarness()
    let id = try await harness.proposeBid()
    let read = try await harness.withClient { client in
      try await client.request("resources/read", ["uri": "campaign://CMP1"])
    }
    let text = try #require(read["contents"]?[0]?["text"]?.stringValue)
    let contents = try JSONParser().parse(text)
    #expect(contents["optimizations"]?[0]?["optimizationID"] == .string(id))
    #expect(contents["campaign"]?["findings"]?[0]?["rule"] == "cpl")
    #expect(contents["campaign"]?["controls"]?["revision"] == 0)
    let page = try await harness.withClient { client in
      try await client.request("resources/read", ["uri": "campaign-report://CMP1"])
    }
    let html = try #require(page["contents"]?[0]?["text"]?.stringValue)
    #expect(page["contents"]?[0]?["mimeType"] == "text/html" && html.contains("CMP1"))
    #expect(html.contains("<svg") && !html.contains("<script"))
    await #expect(throws: RPCError.self) {
      try await harness.withClient { client in
        try await client.request("resources/read", ["uri": "campaign://CMP9"])
      }
    }
  }
}
