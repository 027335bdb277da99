import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct AssignVariantToolTests {
  @Test func aLeadKeepsItsVariantUntilItIsTakenOut() async throws {
    let harness = try ToolHarness()
    _ = try await harness.call("create_experiment", CreateExperimentToolTests.plan)
    var shown: [String: JSONValue] = [:]
    for number in 0..<20 {
      let lead = try await harness.newLead(["company": .string("Acme \(number)")])
      let first = try await assign(lead, harness)
      #expect(first["takesPart"] == true && first["isNew"] == true)
      let again = try await assign(lead, harness)
      #expect(again["variant"] == first["variant"] && again["isNew"] == false)
      shown[lead] = first["variant"]
    }
    #expect(Set(shown.values) == ["A", "B"])
    let off = try await harness.call(
      "stop_experiment", ["experimentID": "exp_1", "variant": "B", "reason": "complaints"])
    #expect(off["isNew"] == true && off["experiment"]?["state"] == "running")
    let one = try #require(shown.first { $0.value == "B" }?.key)
    let later = try await assign(one, harness)
    #expect(later["variant"] == "A" && later["countsAs"] == "B")
    #expect(later["reason"]?.stringValue?.contains("taken out") == true)
    _ = try await harness.call(
      "stop_experiment", ["experimentID": "exp_1", "decision": "keep_control"])
    let ended = try await assign(one, harness)
    #expect(ended["variant"] == "A" && ended["takesPart"] == false)
  }

  @Test func whoIsUnknownIsRefused() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["company": "Acme"])
    let missing = try await harness.failure(
      "assign_variant", ["experimentID": "exp_1", "leadID": .string(lead)])
    #expect(missing.contains("no experiment 'exp_1'"))
    _ = try await harness.call("create_experiment", CreateExperimentToolTests.plan)
    let nobody = try await harness.failure(
      "assign_variant", ["experimentID": "exp_1", "leadID": "L9"])
    #expect(nobody.contains("'L9'"))
  }

  private func assign(_ lead: String, _ harness: ToolHarness) async throws -> JSONObject {
    try await harness.call("assign_variant", ["experimentID": "exp_1", "leadID": .string(lead)])
  }
}
