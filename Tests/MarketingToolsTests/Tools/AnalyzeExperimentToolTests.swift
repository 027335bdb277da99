import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct AnalyzeExperimentToolTests {
  /// Reports of clicks by variant, day by day; nobody is assigned.
  private func experiment(
    _ harness: ToolHarness, days: Int, clicks: [String: Int], impressions: [String: Int]
  ) async throws -> ToolHarness {
    let plan: JSONObject = [
      "experimentID": "exp_1", "name": "Creatives", "hypothesis": "B is clicked more often",
      "campaignID": "CMP1", "unit": "impression",
      "variants": [["name": "A", "isControl": true], ["name": "B"]], "primaryMetric": "click",
      "baselineRate": 0.05, "minimumEffect": 0.15, "horizonDays": 28,
    ]
    _ = try await harness.call("create_experiment", plan)
    let later = try ToolHarness(
      stores: harness.stores, now: ToolHarness.now + .days(days) + .seconds(60))
    let rows = (0..<days).flatMap { day in
      impressions.keys.sorted().map { variant -> JSONValue in
        [
          "campaignID": "CMP1", "day": .string((CalendarDay(ToolHarness.now) + day).iso8601),
          "channel": "search", "variant": .string(variant),
          "impressions": JSONValue(impressions[variant] ?? 0),
          "clicks": JSONValue(clicks[variant] ?? 0),
        ]
      }
    }
    _ = try await later.call("record_campaign_metrics", ["metrics": .array(rows)])
    return later
  }

  @Test func aWinnerIsNamedWithItsRule() async throws {
    let harness = try await experiment(
      ToolHarness(), days: 14, clicks: ["A": 50, "B": 70],
      impressions: ["A": 1000, "B": 1000])
    let found = try await harness.call("analyze_experiment", ["experimentID": "exp_1"])
    #expect(found["verdict"]?["decision"] == "ship" && found["verdict"]?["winner"] == "B")
    #expect(found["verdict"]?["rule"]?.stringValue?.contains("O'Brien") == true)
    #expect(
      found["sequential"]?[0]?["look"] == 14 && found["sequential"]?[0]?["plannedLooks"] == 28)
    let arms = try #require(found["metrics"]?[0]?["arms"]?.arrayValue)
    #expect(arms.map { $0["successes"] } == [700, 980])
    #expect(arms.map { $0["value"] } == [0.05, 0.07])
    let page = try await harness.withClient { client in
      try await client.request("resources/read", ["uri": "experiment-report://exp_1"])
    }
    let html = try #require(page["contents"]?[0]?["text"]?.stringValue)
    #expect(html.contains("<svg") && html.contains("Creatives") && !html.contains("<script"))
    // By the data it is stopped as that.
    let stopped = try await harness.call("stop_experiment", ["experimentID": "exp_1"])
    #expect(stopped["experiment"]?["stop"]?["winner"] == "B")
  }

  @Test func aWrongRatioBlocksTheVerdict() async throws {
    let harness = try await experiment(
      ToolHarness(), days: 10, clicks: ["A": 245, "B": 357],
      impressions: ["A": 4900, "B": 5100])
    let found = try await harness.call("analyze_experiment", ["experimentID": "exp_1"])
    #expect(found["ratioCheck"]?["isMismatch"] == true)
    #expect(found["verdict"]?["decision"] == "invalid" && found["sequential"] == [])
  }

  @Test func nothingIsSaidOfNothing() async throws {
    let harness = try ToolHarness()
    _ = try await harness.call("create_experiment", CreateExperimentToolTests.plan)
    let found = try await harness.call("analyze_experiment", ["experimentID": "exp_1"])
    #expect(found["verdict"]?["decision"] == "go_on" && found["sufficiency"]?["status"] == "none")
    #expect(found["ratioCheck"] == nil)
    let resource = try await harness.withClient { client in
      try await client.request("resources/read", ["uri": "experiment://exp_1"])
    }
    let text = try #require(resource["contents"]?[0]?["text"]?.stringValue)
    #expect(try JSONParser().parse(text)["verdict"] == found["verdict"])
    let missing = try await harness.failure("analyze_experiment", ["experimentID": "exp_2"])
    #expect(missing.contains("no experiment 'exp_2'"))
  }

  /// Leads that are assigned here, and what they do.
  @Test func whatLeadsDoIsCountedFromTheirAssignmentOn() async throws {
    let harness = try ToolHarness()
    _ = try await harness.call("create_experiment", CreateExperimentToolTests.plan)
    for number in 0..<12 {
      let lead = try await harness.newLead([
        "company": .string("Acme \(number)"), "region": number % 2 == 0 ? "EU" : "US",
      ])
      _ = try await harness.call(
        "assign_variant", ["experimentID": "exp_1", "leadID": .string(lead)])
      if number % 3 == 0 {
        _ = try await harness.call(
          "record_outcome", ["leadID": .string(lead), "disposition": "converted"])
      }
    }
    let found = try await harness.call("analyze_experiment", ["experimentID": "exp_1"])
    let arms = try #require(found["metrics"]?[0]?["arms"]?.arrayValue)
    #expect(arms.compactMap { $0["units"]?.integerValue }.reduce(0, +) == 12)
    #expect(arms.compactMap { $0["successes"]?.integerValue }.reduce(0, +) == 4)
    #expect(found["segments"] == nil)
    let divided = try await harness.call(
      "analyze_experiment", ["experimentID": "exp_1", "segmentBy": "region"])
    let segments = divided["segments"]?.arrayValue ?? []
    #expect(Set(segments.compactMap { $0["segment"]?.stringValue }) == ["EU", "US"])
    #expect(segments.allSatisfy { $0["isDifferent"] == false })
  }
}
