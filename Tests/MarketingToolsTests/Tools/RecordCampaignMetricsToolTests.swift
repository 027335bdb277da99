import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct RecordCampaignMetricsToolTests {
  private func row(_ changes: JSONObject = [:]) -> JSONValue {
    var row: JSONObject = [
      "campaignID": "CMP0001", "day": "2025-12-30", "channel": "Search", "impressions": 10_000,
      "clicks": 310, "leads": 42, "conversions": 6, "spend": 840.5, "revenue": 2950,
      "currency": "USD",
    ]
    for change in changes {
      row[change.key] = change.value == .null ? Optional.none : change.value
    }
    return .object(row)
  }

  @Test func theSameRowsAgainChangeNothingAndCorrectionsReplace() async throws {
    let harness = try ToolHarness()
    let rows: JSONValue = [row(), row(["day": "2025-12-29"]), row(["variant": "A"])]
    let counts: [(JSONValue, JSONObject)] = [
      (rows, ["added": 3, "changed": 0, "unchanged": 0]),
      (rows, ["added": 0, "changed": 0, "unchanged": 3]),
      (
        [row(["channel": "search"]), row(["day": "2025-12-29", "leads": 41])],
        ["added": 0, "changed": 1, "unchanged": 1]
      ),
    ]
    var warnings: JSONValue = ["Campaign 'CMP0001' is new: nothing was known of it before."]
    for (metrics, expected) in counts {
      var expected = expected
      expected["warnings"] = warnings
      #expect(try await harness.call("record_campaign_metrics", ["metrics": metrics]) == expected)
      warnings = []
    }
    let events = try harness.stores.events(after: 0, limit: 10).map(\.event)
    #expect(events.map(\.kind) == [.campaignMetricsRecorded, .campaignMetricsRecorded])
    #expect(events[1].campaignID == "CMP0001" && events[1].facts == ["added": 0, "changed": 1])
  }

  @Test func variantsThatAnExperimentDoesNotHaveAreNamed() async throws {
    let harness = try ToolHarness()
    _ = try await harness.call("record_campaign_metrics", ["metrics": [row()]])
    let plan: JSONObject = [
      "experimentID": "exp_ads", "campaignID": "CMP0001", "unit": "impression",
      "hypothesis": "B is clicked more often", "primaryMetric": "click", "baselineRate": 0.03,
      "variants": [["name": "A", "isControl": true], ["name": "B"]],
    ]
    _ = try await harness.call("create_experiment", plan)
    let rows: JSONValue = [row(["variant": "A"]), row(["variant": "b"])]
    let done = try await harness.call("record_campaign_metrics", ["metrics": rows])
    #expect(done["added"] == 2)
    let warnings = try #require(done["warnings"]?.arrayValue)
    #expect(warnings.count == 1)
    #expect(warnings[0].stringValue?.contains("Variant 'b'") == true)
    #expect(warnings[0].stringValue?.contains("'exp_ads'") == true)
  }

  @Test(
    arguments: [
      (["clicks": 10_001], "/metrics/1/clicks", "at most as many clicks as impressions"),
      (["clicks": -1], "/metrics/1/clicks", "0"),
      (["spend": -0.5], "/metrics/1/spend", "0"), (["spend": 1e-290], "/metrics/1/spend", "1e-6"),
      (["day": "2025-02-30"], "/metrics/1/day", "date"),
      (["day": "2026-01-03"], "/metrics/1/day", "up to today"),
      (["currency": "usd"], "/metrics/1/currency", "pattern"),
      (["currency": .null], "/metrics/1/currency", "three capital letters"),
      (["variant": " A"], "/metrics/1/variant", "letters"),
      (["day": "2025-12-30"], "/metrics/1", "only once"),
      (["currency": "EUR", "day": "2025-12-28"], "Campaign 'CMP0001'", "counted in USD"),
    ] as [(JSONObject, String, String)])
  func whatIsImpossibleIsRefusedAsAWhole(
    changes: JSONObject, place: String, expected: String
  ) async throws {
    let harness = try ToolHarness()
    _ = try await harness.call("record_campaign_metrics", ["metrics": [row(["day": "2025-12-01"])]])
    let before = try harness.stores.latestSequence()
    var changes = changes
    if changes["day"] == nil { changes["day"] = "2025-12-29" }
    let problem = try await harness.failure(
      "record_campaign_metrics", ["metrics": [row(), row(changes)]])
    #expect(problem.contains(place) && problem.contains(expected), "\(problem)")
    #expect(try harness.stores.latestSequence() == before)
    let day = CalendarDay(iso8601: "2025-12-30") ?? CalendarDay(rawValue: 0)
    let record = try harness.stores.record(of: "CMP0001", day...day, in: .default)
    #expect(record?.reported == [])
  }
}
