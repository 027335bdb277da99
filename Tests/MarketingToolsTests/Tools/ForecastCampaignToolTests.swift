import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ForecastCampaignToolTests {
  @Test func eachFigureIsForetoldWithItsInterval() async throws {
    let harness = try ToolHarness()
    try await harness.recordDays("CMP1", 35, cost: { _ in 25 })
    let found = try await harness.call("forecast_campaign", ["campaignID": "CMP1", "days": 7])
    let forecast = try #require(found["forecast"])
    #expect(forecast["first"] == .string(CalendarDay(ToolHarness.now).iso8601))
    let lines = forecast["lines"]?.arrayValue ?? []
    #expect(
      lines.map { $0["figure"] } == [
        "impressions", "clicks", "leads", "conversions", "spend", "revenue",
      ])
    for (line, expected) in zip(lines, [70_000.0, 2100, 1400, 210, 35_000, 210_000]) {
      let sum = line["sum"]
      let mean = try #require(sum?["mean"]?.doubleValue)
      #expect(abs(mean / expected - 1) < 0.02, "\(line["figure"] ?? .null)")
      #expect(sum?["low"]?.doubleValue ?? 1e9 <= mean && sum?["high"]?.doubleValue ?? 0 >= mean)
      #expect(line["days"]?.arrayValue?.count == 7)
    }
  }

  @Test func ofTooFewDaysNothingIsForetold() async throws {
    let harness = try ToolHarness()
    try await harness.recordDays("CMP1", 6, cost: { _ in 25 })
    let problem = try await harness.failure("forecast_campaign", ["campaignID": "CMP1"])
    #expect(problem.contains("6 days are known of it, 7 are needed"))
    let unknown = try await harness.failure("forecast_campaign", ["campaignID": "CMP9"])
    #expect(unknown.contains("'CMP9'"))
  }
}
