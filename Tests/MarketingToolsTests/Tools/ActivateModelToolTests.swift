import JSONRPC
import MCP
import Marketing
import Testing

@Suite(.timeLimit(.minutes(3))) struct ActivateModelToolTests {
  @Test func triageIsAnsweredByWhatIsChosen() async throws {
    let harness = try ToolHarness()
    let lead = ScoringLeads(1).fields(0)
    let before = try await harness.call("triage_lead", lead)
    #expect(before.modelVersion == "scorecard-1" && before["calibrated"] == false)
    #expect(before["mapping"] == "points")
    try await harness.add("leads")
    // Stored alone it does not answer.
    #expect(try await harness.call("triage_lead", lead).modelVersion == "scorecard-1")
    let chosen = try await harness.call("activate_model", ["model": "leads"])
    #expect(chosen["active"] == "leads-1" && chosen["previous"] == "scorecard")
    #expect(chosen["since"] == .string(ToolHarness.now.iso8601))
    let after = try await harness.call("triage_lead", lead)
    #expect(after.modelVersion == "leads-1" && after["calibrated"] == true)
    #expect(after["mapping"] == "lift")
    #expect(after["probability"] != before["probability"])
    let id = LeadID(rawValue: try #require(after["leadID"]?.stringValue))
    let stored = try #require(try harness.stores.latestTriage(of: id, in: .default))
    #expect(stored.modelVersion == "leads-1" && stored.isCalibrated)
  }

  @Test func choicesAreTakenBackOneByOne() async throws {
    let harness = try ToolHarness()
    for _ in 0..<2 { try await harness.add("leads") }
    for name in ["leads-1", "leads-2", "leads-2"] {
      _ = try await harness.call("activate_model", ["model": .string(name)])
    }
    let lead = ScoringLeads(1).fields(0)
    for expected in ["leads-1", "scorecard"] {
      let back = try await harness.call("activate_model", ["rollBack": true])
      #expect(back["active"] == .string(expected))
      let version = expected == "scorecard" ? "scorecard-1" : expected
      #expect(try await harness.call("triage_lead", lead).modelVersion == version)
    }
    let message = try await harness.failure("activate_model", ["rollBack": true])
    #expect(message.contains("no earlier choice"))
    let events = try harness.events().filter { $0.kind.rawValue.hasPrefix("model.") }
    #expect(
      events.map(\.kind.rawValue) == [
        "model.activated", "model.activated", "model.rolled_back", "model.rolled_back",
      ])
    #expect(
      events.map { $0.facts["model"] } == ["leads-1", "leads-2", "leads-1", "scorecard"])
    #expect(events.allSatisfy { $0.actor == "tester/activate_model" })
  }

  @Test func aChallengerIsSetAndEnded() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    try await harness.add("leads", TrainedModels.weak)
    let set = try await harness.call("activate_model", ["challenger": "leads"])
    #expect(set["challenger"] == "leads-2" && set["active"] == "leads-1")
    let own = try await harness.failure("activate_model", ["challenger": "leads-1"])
    #expect(own.contains("'leads-1'") && own.contains("own challenger"))
    // What answers is no challenger any more.
    let won = try await harness.call("activate_model", ["model": "leads-2"])
    #expect(won["active"] == "leads-2" && won["challenger"] == nil)
    _ = try await harness.call("activate_model", ["challenger": "leads-1"])
    let ended = try await harness.call("activate_model", ["challenger": "none"])
    #expect(ended["challenger"] == nil && ended["active"] == "leads-2")
  }

  static let refusals: [(JSONObject, [String])] = [
    (["model": "leads-11"], ["no model 'leads-11'", "leads-1"]),
    (["model": "laeds"], ["no model 'laeds'", "leads-1"]),
    (["model": "../etc"], ["no model '../etc'"]),
    (["model": "incremental"], ["0 conversions and 0 losses", "10 of each"]),
    (["challenger": "lead-1"], ["no model 'lead-1'", "leads-1"]),
    (["rollBack": true], ["no earlier choice"]),
    ([:], ["at least 1 property"]),
    (["model": "leads-1", "rollBack": true], ["at most 1 property"]),
    (["rollBack": false], ["/rollBack"]),
  ]

  @Test(arguments: refusals.indices)
  func whatCannotBeChosenChangesNothing(_ index: Int) async throws {
    let (arguments, texts) = Self.refusals[index]
    let harness = try ToolHarness()
    try await harness.add("leads")
    let message = try await harness.failure("activate_model", arguments)
    for text in texts { #expect(message.contains(text), "\(message)") }
    #expect(try harness.stores.choices(in: .default) == ScoringChoices())
    #expect(try harness.events().isEmpty)
  }

  @Test func whatCannotAnswerIsNotActivated() async throws {
    let harness = try ToolHarness()
    var broken = try await TrainedModels.full.value
    broken.name = "broken"
    broken.content = Array(broken.content.dropLast(40))
    _ = try await harness.stores.add(broken, role: .stored, events: { _ in [] }, in: .default)
    let message = try await harness.failure("activate_model", ["model": "broken-1"])
    #expect(message.contains("broken-1") && message.contains("cannot be read"))
    #expect(try harness.stores.choices(in: .default) == ScoringChoices())
    // Activated by others it does not stop triage: the scorecard answers, and says so.
    _ = try await harness.stores.add(broken, role: .active, events: { _ in [] }, in: .default)
    let triage = try await harness.call("triage_lead", ScoringLeads(1).fields(0))
    #expect(triage.modelVersion == "scorecard-1" && triage["calibrated"] == false)
    #expect(abs(triage.imbalance) < 1e-9)
    #expect(triage.warnings.contains { $0.contains("could not answer") && $0.contains("broken-2") })
    // Why is for operators.
    #expect(!triage.warnings.contains { $0.contains("be read") })
    let report = try await harness.call("get_model_report", [:])
    #expect(report["active"] == true && report["drift"] == nil)
    #expect(report["problem"]?.stringValue?.contains("the scorecard answers") == true)
  }

  @Test func aChallengerThatCannotBeReadIsTold() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    var broken = try await TrainedModels.full.value
    broken.name = "broken"
    broken.content = Array(broken.content.dropLast(40))
    _ = try await harness.stores.add(broken, role: .challenger, events: { _ in [] }, in: .default)
    let triage = try await harness.call("triage_lead", ScoringLeads(1).fields(0))
    #expect(triage.modelVersion == "leads-1")
    let report = try await harness.call("get_model_report", ["model": "broken-1"])
    #expect(report["challenger"] == true)
    #expect(report["problem"]?.stringValue?.contains("nothing is compared") == true)
    #expect(try await harness.call("get_model_report", [:])["problem"] == nil)
  }
}
