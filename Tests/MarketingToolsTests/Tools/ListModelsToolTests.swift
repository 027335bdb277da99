import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ListModelsToolTests {
  @Test func theLatestStandsFirstAndTheChoicesAreTold() async throws {
    let harness = try ToolHarness()
    let none = try await harness.call("list_models", [:])
    #expect(none == ["active": "scorecard", "models": []])
    try await harness.add("leads", activating: true)
    try await harness.add("courses", TrainedModels.weak)
    try await harness.add("leads")
    _ = try await harness.call("activate_model", ["challenger": "courses-1"])
    let all = try await harness.call("list_models", [:])
    let names = all["models"]?.arrayValue?.compactMap { $0["model"]?.stringValue }
    #expect(names == ["leads-2", "courses-1", "leads-1"])
    #expect(all["active"] == "leads-1" && all["previous"] == "scorecard")
    #expect(all["challenger"] == "courses-1")
    let report = try await TrainedModels.full.value.report
    let first = try #require(all["models"]?[0])
    #expect(first["rows"] == 400 && first["kind"] == .string(report.kind.rawValue))
    #expect(first["auc"]?.doubleValue == report.metrics.auc)
    #expect(first["logLoss"]?.doubleValue == report.metrics.logLoss)
    #expect(first["calibrationError"]?.doubleValue == report.metrics.calibrationError)
    #expect(first["createdAt"] == .string(ToolHarness.now.iso8601))
  }

  static let names: [(String, [String])] = [
    ("leads", ["leads-2", "leads-1"]), ("courses", ["courses-1"]), ("nobody", []),
  ]

  @Test(arguments: names)
  func onlyVersionsOfANameAreListed(_ name: String, _ expected: [String]) async throws {
    let harness = try ToolHarness()
    for name in ["leads", "courses", "leads"] { try await harness.add(name) }
    let listed = try await harness.call("list_models", ["name": .string(name)])
    let names = listed["models"]?.arrayValue?.compactMap { $0["model"]?.stringValue }
    #expect(names == expected)
  }

  @Test func anotherWorkspacesModelsAreNotThere() async throws {
    let ours = try ToolHarness()
    let theirs = try ToolHarness(stores: ours.stores, workspace: "other")
    try await ours.add("leads", activating: true)
    #expect(try await theirs.call("list_models", [:]) == ["active": "scorecard", "models": []])
    let missing = try await theirs.failure("get_model_report", ["model": "leads-1"])
    #expect(missing.contains("no model 'leads-1'") && missing.contains("no model is stored"))
    let refused = try await theirs.failure("activate_model", ["model": "leads-1"])
    #expect(refused.contains("no model 'leads-1'"))
    let lead = ScoringLeads(1).fields(0)
    #expect(try await theirs.call("triage_lead", lead).modelVersion == "scorecard-1")
    #expect(try await ours.call("triage_lead", lead).modelVersion == "leads-1")
    // Their first version is their own.
    #expect(try await theirs.add("leads").rawValue == "leads-1")
  }
}
