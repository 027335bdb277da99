import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct RevertOptimizationToolTests {
  @Test func everyAppliedChangeCanBeTakenBack() async throws {
    var settings = CampaignSettings()
    settings.tellsPlatforms = true
    let harness = try ToolHarness(campaigns: settings)
    let id = try await harness.proposeBid()
    let before = try harness.stores.controls(of: "CMP1", in: .default)
    _ = try await harness.call(
      "apply_optimization",
      ["optimizationID": .string(id), "dryRun": false, "approvedBy": "Maria"])
    let arguments: JSONObject = ["optimizationID": .string(id), "reason": "Leads fell"]
    let back = try await harness.call("revert_optimization", arguments)
    #expect(back["isNew"] == true && back["leftAlone"] == [] && back["told"] == true)
    let after = try harness.stores.controls(of: "CMP1", in: .default)
    #expect(after[.bid(channel: "search")] == before[.bid(channel: "search")])
    #expect(after.revision == 2)
    let again = try await harness.call("revert_optimization", arguments)
    #expect(again["isNew"] == false && again["told"] == false)
    let stored = try #require(
      try harness.stores.optimization(OptimizationID(rawValue: id), in: .default))
    #expect(stored.state == .reverted && stored.revertReason == "Leads fell")
    let orders = try await harness.stores.dueOrders(at: ToolHarness.now, limit: 9)
    #expect(orders.map(\.id) == ["\(id)-applied", "\(id)-reverted"])
    #expect(orders.last?.payload["data"]?["changes"]?[0]?["to"]?["multiplier"]?.doubleValue == 1)
  }

  @Test func whatIsNotAppliedCannotBeReverted() async throws {
    let harness = try ToolHarness()
    let id = try await harness.proposeBid()
    let problem = try await harness.failure(
      "revert_optimization", ["optimizationID": .string(id), "reason": "no"])
    #expect(problem.contains("is not applied"))
    let unknown = try await harness.failure(
      "revert_optimization", ["optimizationID": "opt-9", "reason": "no"])
    #expect(unknown.contains("'opt-9'"))
  }
}
