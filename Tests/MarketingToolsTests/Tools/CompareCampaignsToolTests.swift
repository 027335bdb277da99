import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct CompareCampaignsToolTests {
  @Test func campaignsAreRankedWithTheChanceToBeBest() async throws {
    let harness = try ToolHarness()
    try await harness.recordDays("C1", 28, cost: { _ in 25 })
    try await harness.recordDays("C2", 28, cost: { _ in 40 }, clicks: { _ in 400 })
    let found = try await harness.call("compare_campaigns", ["campaignIDs": ["C1", "C2"]])
    let comparisons = found["comparisons"]?.arrayValue ?? []
    #expect(comparisons.map { $0["measure"] } == ["ctr", "cpl", "roas"])
    #expect(comparisons.map { $0["campaigns"]?[0]?["campaignID"] } == ["C2", "C1", "C1"])
    #expect(comparisons[0]["campaigns"]?[0]?["chanceToBeBest"]?.doubleValue ?? 0 > 0.99)
    let pair = try #require(comparisons[1]["pairs"]?[0])
    #expect(abs((pair["ratio"]?.doubleValue ?? 0) - 0.625) < 0.01)
    #expect(pair["p"]?.doubleValue ?? 1 < 0.001)
    let again = try await harness.call("compare_campaigns", ["campaignIDs": ["C1", "C2"]])
    #expect(again == found)
  }

  @Test(
    arguments: [
      (["campaignIDs": ["C1", "C1"]], "/campaignIDs"), (["campaignIDs": ["C1"]], "campaignIDs"),
      (["campaignIDs": ["C1", "C9"]], "'C9'"),
      (["campaignIDs": ["C1", "C2"], "measures": ["luck"]], "measures"),
    ] as [(JSONObject, String)])
  func whatCannotBeComparedIsRefused(arguments: JSONObject, place: String) async throws {
    let harness = try ToolHarness()
    for id in ["C1", "C2"] { try await harness.recordDays(id, 7, cost: { _ in 25 }) }
    let problem = try await harness.failure("compare_campaigns", arguments)
    #expect(problem.contains(place), "\(problem)")
  }
}
