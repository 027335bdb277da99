import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct StopExperimentToolTests {
  @Test func whatIsNotOverIsNotEndedByItsData() async throws {
    let harness = try ToolHarness()
    _ = try await harness.call("create_experiment", CreateExperimentToolTests.plan)
    let problem = try await harness.failure("stop_experiment", ["experimentID": "exp_1"])
    #expect(problem.contains("is not over") && problem.contains("decision keep_control"))
    let stopped = try await harness.call(
      "stop_experiment", ["experimentID": "exp_1", "decision": "keep_control"])
    #expect(stopped["isNew"] == true)
  }

  @Test func withoutADecisionTheDataDecide() async throws {
    let before = try ToolHarness()
    _ = try await before.call("create_experiment", CreateExperimentToolTests.plan)
    let harness = try ToolHarness(stores: before.stores, now: ToolHarness.now + .days(28))
    let stopped = try await harness.call("stop_experiment", ["experimentID": "exp_1"])
    #expect(stopped["isNew"] == true)
    #expect(stopped["experiment"]?["stop"]?["decision"] == "inconclusive")
    #expect(stopped["experiment"]?["stoppedAt"] == .string((ToolHarness.now + .days(28)).iso8601))
    let again = try await harness.call("stop_experiment", ["experimentID": "exp_1"])
    #expect(again["isNew"] == false && again["experiment"] == stopped["experiment"])
    let other = try await harness.failure(
      "stop_experiment", ["experimentID": "exp_1", "decision": "ship", "winner": "B"])
    #expect(other.contains("was stopped already"))
    let events = try harness.stores.events(after: 0, limit: 10).map(\.event.kind)
    #expect(events == [.experimentCreated, .experimentStopped])
  }

  @Test(
    arguments: [
      (["decision": "ship"], "winner"), (["decision": "ship", "winner": "C"], "no such variant"),
      (["decision": "keep_control", "winner": "B"], "winner"),
      (["variant": "C"], "no such variant"),
      (["variant": "A"], "control"), (["variant": "B", "decision": "ship"], "/variant"),
      (["experimentID": "exp_9"], "no experiment"), (["winner": "B"], "/winner"),
    ] as [(JSONObject, String)])
  func whatMakesNoSenseIsRefused(changes: JSONObject, expected: String) async throws {
    let harness = try ToolHarness()
    _ = try await harness.call("create_experiment", CreateExperimentToolTests.plan)
    var arguments: JSONObject = ["experimentID": "exp_1"]
    for change in changes { arguments[change.key] = change.value }
    let problem = try await harness.failure("stop_experiment", arguments)
    #expect(problem.contains(expected), "\(problem)")
  }
}
