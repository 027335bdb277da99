import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ListExperimentsToolTests {
  @Test func experimentsAreListedPageByPage() async throws {
    let harness = try ToolHarness()
    for number in 0..<3 {
      var plan = CreateExperimentToolTests.plan
      plan["experimentID"] = .string("exp_\(number)")
      _ = try await harness.call("create_experiment", plan)
    }
    _ = try await harness.call(
      "stop_experiment", ["experimentID": "exp_1", "decision": "inconclusive"])
    var found: [String] = []
    var cursor: JSONValue?
    repeat {
      var arguments: JSONObject = ["limit": 2]
      arguments["cursor"] = cursor
      let page = try await harness.call("list_experiments", arguments)
      found += (page["experiments"]?.arrayValue ?? []).compactMap {
        $0["experimentID"]?.stringValue
      }
      cursor = page["nextCursor"]
    } while cursor != nil
    #expect(found == ["exp_0", "exp_1", "exp_2"])
    let running = try await harness.call("list_experiments", ["state": "running"])
    #expect(running["experiments"]?.arrayValue?.map { $0["experimentID"] } == ["exp_0", "exp_2"])
    #expect(try await harness.call("list_experiments", ["campaignID": "C9"])["experiments"] == [])
    let problem = try await harness.failure("list_experiments", ["cursor": "nonsense"])
    #expect(problem.contains("cursor"))
  }
}
