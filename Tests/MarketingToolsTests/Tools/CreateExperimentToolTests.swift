import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct CreateExperimentToolTests {
  static let plan: JSONObject = [
    "experimentID": "exp_1", "name": "Subject line", "hypothesis": "A question is read more",
    "variants": [["name": "A", "isControl": true], ["name": "B"]], "primaryMetric": "conversion",
    "baselineRate": 0.05, "minimumEffect": 0.1, "horizonDays": 28, "dailyUnits": 1000,
  ]

  @Test func theSampleSizeIsThatOfThePublishedFormula() async throws {
    let harness = try ToolHarness()
    let made = try await harness.call("create_experiment", Self.plan)
    let experiment = try #require(made["experiment"])
    #expect(made["isNew"] == true && made["assumed"] == [])
    #expect(experiment["design"]?["unitsPerArm"] == 31_231)
    #expect(experiment["design"]?["expectedDays"] == 63)
    #expect(made["warnings"]?[0]?.stringValue?.contains("63 days") == true)
    #expect(
      experiment["guardrails"]?.arrayValue?.map { $0["metric"] } == ["unsubscribe", "complaint"])
    #expect(experiment["endsAt"] == .string((ToolHarness.now + .days(28)).iso8601))
    let again = try await harness.call("create_experiment", Self.plan)
    #expect(again["isNew"] == false && again["experiment"] == experiment)
    let events = try harness.stores.events(after: 0, limit: 10).map(\.event)
    #expect(events.map(\.kind) == [.experimentCreated])
    #expect(events[0].facts["experimentID"] == "exp_1")
  }

  @Test func aRunningExperimentIsNotChanged() async throws {
    let harness = try ToolHarness()
    _ = try await harness.call("create_experiment", Self.plan)
    var other = Self.plan
    other["minimumEffect"] = 0.2
    let problem = try await harness.failure("create_experiment", other)
    #expect(problem.contains("is running with another plan"))
    let found = try await harness.call("list_experiments", [:])
    #expect(found["experiments"]?[0]?["design"]?["minimumEffect"] == 0.1)
  }

  @Test func whatIsNotSaidComesFromTheCampaign() async throws {
    let harness = try ToolHarness()
    let rows = (1...10).map { day -> JSONValue in
      [
        "campaignID": "CMP1", "day": .string((CalendarDay(ToolHarness.now) + -day).iso8601),
        "impressions": 1000, "clicks": 30, "leads": 20, "conversions": 2,
      ]
    }
    _ = try await harness.call("record_campaign_metrics", ["metrics": .array(rows)])
    var plan = Self.plan
    plan["campaignID"] = "CMP1"
    plan["baselineRate"] = Optional.none
    plan["dailyUnits"] = Optional.none
    let made = try await harness.call("create_experiment", plan)
    #expect(made["assumed"] == ["dailyUnits", "baselineRate"])
    #expect(made["experiment"]?["design"]?["baselineRate"] == 0.1)
    #expect(made["experiment"]?["design"]?["unitsPerArm"] == 14_749)
    // Once more after another day's figures it is still the same experiment.
    let more: JSONValue = [
      "campaignID": "CMP1", "day": .string((CalendarDay(ToolHarness.now) + -11).iso8601),
      "impressions": 1000, "clicks": 30, "leads": 90, "conversions": 1,
    ]
    _ = try await harness.call("record_campaign_metrics", ["metrics": [more]])
    let again = try await harness.call("create_experiment", plan)
    #expect(again["isNew"] == false && again["experiment"] == made["experiment"])
  }

  @Test(
    arguments: [
      (["variants": [["name": "A", "isControl": true]]], "/variants"),
      (["variants": [["name": "A"], ["name": "B"]]], "isControl"),
      (["variants": [["name": "A", "isControl": true], ["name": "A"]]], "/variants/1/name"),
      (
        ["variants": [["name": "A", "isControl": true], ["name": "B", "weight": -1]]],
        "/variants/1/weight"
      ),
      (["alpha": 0.5], "/alpha"), (["power": 0.2], "/power"),
      (["baselineRate": 1.5], "/baselineRate"),
      (["horizonDays": 400], "/horizonDays"), (["primaryMetric": "revenue"], "/currency"),
      (["currency": "USD"], "/currency"), (["primaryMetric": "smiles"], "/primaryMetric"),
      (["kind": "bandit", "banditFloor": 0.6], "/banditFloor"), (["unit": "visitor"], "/unit"),
      (["unit": "click"], "/campaignID"), (["experimentID": "no spaces"], "experimentID"),
      (["unit": "click", "campaignID": "C1", "primaryMetric": "reply"], "/primaryMetric"),
      (["guardrails": [["metric": "bounce", "limits": 0.1]]], "/guardrails/0"),
    ] as [(JSONObject, String)])
  func whatCannotBeTestedIsRefused(changes: JSONObject, place: String) async throws {
    let harness = try ToolHarness()
    var plan = Self.plan
    for change in changes { plan[change.key] = change.value }
    let problem = try await harness.failure("create_experiment", plan)
    #expect(problem.contains(place), "\(problem)")
    #expect(try harness.stores.latestSequence() == 0)
  }
}
