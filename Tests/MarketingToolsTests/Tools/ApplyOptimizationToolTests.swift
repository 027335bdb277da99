import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct ApplyOptimizationToolTests {
  @Test func aDryRunSaysWhatIsInTheWayAndChangesNothing() async throws {
    let harness = try ToolHarness()
    let id = try await harness.proposeBid()
    let before = try harness.stores.latestSequence()
    let dry = try await harness.call("apply_optimization", ["optimizationID": .string(id)])
    #expect(dry["dryRun"] == true && dry["applied"] == false)
    #expect(dry["obstacle"]?.stringValue?.contains("has to approve") == true)
    #expect(dry["controls"]?["revision"] == 0)
    let approved = try await harness.call(
      "apply_optimization", ["optimizationID": .string(id), "approvedBy": "Maria"])
    #expect(approved["obstacle"] == nil && approved["applied"] == false)
    #expect(try harness.stores.latestSequence() == before)
  }

  @Test func whatAPersonApprovesIsAppliedOnce() async throws {
    var settings = CampaignSettings()
    settings.tellsPlatforms = true
    let harness = try ToolHarness(campaigns: settings)
    let id = try await harness.proposeBid()
    let arguments: JSONObject = [
      "optimizationID": .string(id), "dryRun": false, "approvedBy": "Maria",
    ]
    let applied = try await harness.call("apply_optimization", arguments)
    #expect(applied["applied"] == true && applied["isNew"] == true && applied["told"] == true)
    #expect(applied["controls"]?["revision"] == 1)
    let again = try await harness.call("apply_optimization", arguments)
    #expect(again["applied"] == true && again["isNew"] == false && again["told"] == false)
    let event = try #require(try harness.stores.events(after: 0, limit: 100).last?.event)
    #expect(event.kind == .optimizationApplied && event.actor == "tester/apply_optimization")
    let orders = try await harness.stores.dueOrders(at: ToolHarness.now, limit: 9)
    #expect(orders.map(\.id) == ["\(id)-applied"])
    let told = try #require(orders.first?.payload)
    #expect(told["type"] == "campaign.controls_applied")
    #expect(told["data"]?["changes"]?[0]?["control"] == "bid/search")
    #expect(told["data"]?["changes"]?[0]?["from"]?["multiplier"]?.doubleValue == 1)
  }

  @Test func withoutApprovalNothingIsApplied() async throws {
    let harness = try ToolHarness()
    let id = try await harness.proposeBid()
    let problem = try await harness.failure(
      "apply_optimization", ["optimizationID": .string(id), "dryRun": false])
    #expect(problem.contains("A person has to approve"))
    // Nor may an agent approve in a person's name.
    let agent = try ToolHarness(
      scopes: ["campaigns:read", "campaigns:write"], stores: harness.stores)
    let refused = try await agent.failure(
      "apply_optimization",
      ["optimizationID": .string(id), "dryRun": false, "approvedBy": "Maria"])
    #expect(refused.contains("admin:write"))
    #expect(try harness.stores.controls(of: "CMP1", in: .default).revision == 0)
    let unknown = try await harness.failure(
      "apply_optimization", ["optimizationID": "opt-9", "approvedBy": "Maria"])
    #expect(unknown.contains("'opt-9'"))
  }

  @Test(arguments: [true, false]) func theUserIsAskedWhereTheHostCan(agrees: Bool) async throws {
    var handlers = ClientHandlers()
    handlers.elicitForm = { params throws(RPCError) in
      #expect(params["message"]?.stringValue?.contains("CMP1") == true)
      return ["action": "accept", "content": ["approve": .bool(agrees)]]
    }
    let harness = try ToolHarness(handlers: handlers)
    let id = try await harness.proposeBid()
    let arguments: JSONObject = ["optimizationID": .string(id), "dryRun": false]
    if agrees {
      let applied = try await harness.call("apply_optimization", arguments)
      #expect(applied["applied"] == true && applied["isNew"] == true)
      let stored = try harness.stores.optimization(OptimizationID(rawValue: id), in: .default)
      #expect(stored?.appliedBy == "tester")
    } else {
      let refused = try await harness.failure("apply_optimization", arguments)
      #expect(refused.contains("did not approve"))
      #expect(try harness.stores.controls(of: "CMP1", in: .default).revision == 0)
    }
  }

  @Test func aHostWhoseCredentialMayNotApproveIsNotAsked() async throws {
    let harness = try ToolHarness()
    let id = try await harness.proposeBid()
    var handlers = ClientHandlers()
    handlers.elicitForm = { _ throws(RPCError) in
      ["action": "accept", "content": ["approve": true]]
    }
    let agent = try ToolHarness(
      handlers: handlers, scopes: ["campaigns:read", "campaigns:write"], stores: harness.stores)
    let refused = try await agent.failure(
      "apply_optimization", ["optimizationID": .string(id), "dryRun": false])
    #expect(refused.contains("A person has to approve"))
    #expect(try harness.stores.controls(of: "CMP1", in: .default).revision == 0)
  }

  @Test func whatThePolicyLetsGoGoesByItself() async throws {
    var settings = CampaignSettings()
    settings.policy.modes[.bidChange] = .auto
    let harness = try ToolHarness(campaigns: settings)
    let id = try await harness.proposeBid()
    let applied = try await harness.call(
      "apply_optimization", ["optimizationID": .string(id), "dryRun": false])
    #expect(applied["applied"] == true)
    // Another change of the same bid has to wait, whoever approves.
    let next = try await harness.proposeBid()
    let dry = try await harness.call(
      "apply_optimization", ["optimizationID": .string(next), "approvedBy": "Maria"])
    #expect(dry["until"] == .string((ToolHarness.now + .days(7)).iso8601))
    let problem = try await harness.failure(
      "apply_optimization",
      ["optimizationID": .string(next), "dryRun": false, "approvedBy": "Maria"])
    #expect(problem.contains("7 days"))
  }

  @Test func ofTwoOptimizersAtOnceOneApplies() async throws {
    let harness = try ToolHarness()
    let id = try await harness.proposeBid()
    let arguments: JSONObject = [
      "optimizationID": .string(id), "dryRun": false, "approvedBy": "Maria",
    ]
    let news = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 {
        group.addTask {
          try await harness.call("apply_optimization", arguments)["isNew"] == true
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(news == 1)
    #expect(try harness.stores.controls(of: "CMP1", in: .default).revision == 1)
  }
}
