import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

/// Texts with variants are compared by an experiment, without anybody asking for one.
@Suite struct EngagementVariantTests {
  private func plan(
    _ number: Int, _ harness: ToolHarness, _ fields: JSONObject = [:]
  ) async throws -> (lead: String, steps: [JSONValue]) {
    let lead = try await harness.newLead([
      "name": "Ann Berg", "email": .string("ann\(number)@acme\(number).test"),
      "company": .string("Acme \(number)"), "consent": true, "timeZone": "Europe/Oslo",
      "message": "How does your route planning work?",
    ])
    var arguments: JSONObject = ["leadID": .string(lead), "category": "cold_lead"]
    for field in fields { arguments[field.key] = field.value }
    let planned = try await harness.call("plan_engagement", arguments)
    return (lead, planned["engagement"]?["steps"]?.arrayValue ?? [])
  }

  /// An experiment of the campaign CMP1 between long texts, the control, and short ones.
  private func create(_ id: String, _ harness: ToolHarness, group: String? = nil) async throws {
    var arguments: JSONObject = [
      "experimentID": .string(id), "name": .string(id), "hypothesis": "Short is better",
      "campaignID": "CMP1",
      "variants": [["name": "long", "isControl": true], ["name": "short"]],
      "primaryMetric": "reply", "baselineRate": 0.1,
    ]
    if let group { arguments["exclusionGroup"] = .string(group) }
    _ = try await harness.call("create_experiment", arguments)
  }

  @Test func aStrategyWithVariantsMakesAnExperimentOfItsOwn() async throws {
    let harness = try ToolHarness(comparesTexts: true)
    var shown: [String: String] = [:]
    for number in 0..<24 {
      let (lead, steps) = try await plan(number, harness)
      let variant = try #require(steps.first?["variantID"]?.stringValue)
      #expect(steps.allSatisfy { $0["variantID"]?.stringValue == variant })
      #expect(
        steps.first?["template"]
          == (variant == "short" ? "nurture_guide_short" : "nurture_guide"))
      // Of the other steps there is one text.
      #expect(steps.last?["template"] == "nurture_question")
      shown[lead] = variant
    }
    #expect(Set(shown.values) == ["standard", "short"])
    let listed = try await harness.call("list_experiments", ["state": "running"])
    let experiment = try #require(listed["experiments"]?[0])
    #expect(listed["experiments"]?.arrayValue?.count == 1 && experiment["kind"] == "bandit")
    let id = try #require(experiment["experimentID"])
    let analysis = try await harness.call("analyze_experiment", ["experimentID": id])
    let units = (analysis["allocations"]?.arrayValue ?? []).compactMap { $0["units"]?.integerValue }
    #expect(units.reduce(0, +) == 24)
    // Planned anew a lead keeps what it has.
    for (lead, variant) in shown.prefix(3) {
      let again = try await harness.call(
        "assign_variant", ["experimentID": id, "leadID": .string(lead)])
      #expect(again["variant"] == .string(variant) && again["isNew"] == false)
    }
  }

  @Test func aVariantThatWasTakenOutIsNotSentAnyMore() async throws {
    let harness = try ToolHarness(comparesTexts: true)
    _ = try await plan(0, harness)
    let listed = try await harness.call("list_experiments", [:])
    let id = try #require(listed["experiments"]?[0]?["experimentID"])
    _ = try await harness.call("stop_experiment", ["experimentID": id, "variant": "short"])
    for number in 1..<12 {
      let (_, steps) = try await plan(number, harness)
      #expect(steps.first?["template"] == "nurture_guide")
    }
  }

  /// What waits in the outbox was written before a guardrail was broken.
  @Test func waitingMessagesOfAVariantThatWasTakenOutAreKeptBack() async throws {
    let bench = try EngagementBench(comparesTexts: true)
    var running: [String: (id: String, step: JSONValue)] = [:]
    for number in 0..<24 where running.count < 2 {
      var fields = EngagementBench.question
      fields["email"] = .string("ann\(number)@acme\(number).test")
      let (_, id, steps) = try await bench.running(fields)
      let step = try #require(steps.first)
      running[try #require(step["variantID"]?.stringValue)] = (id, step)
    }
    let (id, step) = try #require(running["short"])
    let other = try #require(running["standard"]).step
    let listed = try await bench.harness.call("list_experiments", [:])
    let experiment = try #require(listed["experiments"]?[0]?["experimentID"])
    _ = try await bench.harness.call(
      "stop_experiment", ["experimentID": experiment, "variant": "short"])
    var decisions: [JSONValue: SendDecision] = [:]
    let due = max(try bench.time(of: step), try bench.time(of: other))
    // Of several that are claimed at once the bench sends one; the lease of the others ends.
    for minute in 0..<24 {
      for (name, decision) in try await bench.send(at: due + .seconds(60 * minute)) {
        decisions[.string(name.rawValue)] = decision
      }
    }
    let message = try #require(step["messageID"])
    #expect(decisions[message] == .stop(gate: "variant_stopped"))
    #expect(decisions[try #require(other["messageID"])] == .go)
    // Paused and gone on with it is written anew.
    _ = try await bench.harness.call(
      "pause_engagement", ["engagementID": .string(id), "reason": "a poor text"])
    let resumed = try await bench.harness.call(
      "execute_engagement", ["engagementID": .string(id), "resume": true])
    let again = try #require(resumed["engagement"]?["steps"]?[0])
    #expect(again["variantID"] == "standard" && again["template"] == "nurture_guide")
    #expect(again["messageID"] != message)
  }

  @Test func ofTwoExperimentsOfACampaignALeadKeepsItsOwn() async throws {
    let harness = try ToolHarness(comparesTexts: true)
    func units(_ id: String) async throws -> Int64 {
      let analysis = try await harness.call("analyze_experiment", ["experimentID": .string(id)])
      let all = (analysis["allocations"]?.arrayValue ?? []).compactMap { $0["units"]?.integerValue }
      return all.reduce(0) { $0 + Int64($1) }
    }
    try await create("spring", harness, group: "texts")
    var shown: [String: JSONValue] = [:]
    for number in 0..<8 {
      let (lead, steps) = try await plan(number, harness, ["campaignID": "CMP1"])
      shown[lead] = steps.first?["variantID"]
    }
    #expect(Set(shown.values) == ["long", "short"])
    try await create("summer", harness, group: "texts")
    for (lead, variant) in shown {
      let planned = try await harness.call(
        "plan_engagement",
        ["leadID": .string(lead), "category": "cold_lead", "campaignID": "CMP1"])
      #expect(planned["engagement"]?["steps"]?[0]?["variantID"] == variant)
    }
    #expect(try await units("spring") == 8)
    #expect(try await units("summer") == 0)
    // New leads take part in one or the other.
    for number in 8..<24 { _ = try await plan(number, harness, ["campaignID": "CMP1"]) }
    let (spring, summer) = (try await units("spring"), try await units("summer"))
    #expect(spring > 8 && summer > 0 && spring + summer == 24)
  }

  @Test(arguments: [
    (ExperimentStop.Decision.ship, "short", "nurture_guide_short"),
    (.keepControl, "long", "nurture_guide"),
  ])
  func whatACampaignHasFoundIsSentToAll(
    _ decision: ExperimentStop.Decision, _ variant: String, _ template: String
  ) async throws {
    let harness = try ToolHarness(comparesTexts: true)
    try await create("spring", harness)
    _ = try await harness.stores.change(
      "spring",
      { (experiment: inout Experiment) throws(ExperimentConflict) in
        try experiment.stop(
          ExperimentStop(
            decision: decision, winner: decision == .ship ? variant : nil, reason: "found"),
          at: ToolHarness.now)
      }, event: { _ in harness.someEvent }, in: .default)
    for number in 0..<6 {
      let (_, steps) = try await plan(number, harness, ["campaignID": "CMP1"])
      #expect(steps.first?["variantID"]?.stringValue == variant)
      #expect(steps.first?["template"]?.stringValue == template)
    }
    // Of another campaign nothing is known.
    let (_, other) = try await plan(9, harness, ["campaignID": "CMP2"])
    #expect(["standard", "short"].contains(other.first?["variantID"]?.stringValue))
  }

  @Test func anExperimentOfTheCampaignComesFirst() async throws {
    let harness = try ToolHarness(comparesTexts: true)
    try await create("spring", harness)
    let (_, steps) = try await plan(0, harness, ["campaignID": "CMP1"])
    #expect(["long", "short"].contains(steps.first?["variantID"]?.stringValue))
    // One that is asked for by name is assigned and counted like any other.
    let (_, named) = try await plan(
      1, harness, ["experiment": ["name": "spring", "variants": ["x", "y"]]])
    #expect(["long", "short"].contains(named.first?["variantID"]?.stringValue))
    let analysis = try await harness.call("analyze_experiment", ["experimentID": "spring"])
    let units = (analysis["allocations"]?.arrayValue ?? []).compactMap { $0["units"]?.integerValue }
    #expect(units.reduce(0, +) == 2)
  }

  @Test func anExperimentThatNobodyStoredIsAssignedByItsNameAlone() async throws {
    let harness = try ToolHarness(comparesTexts: true)
    let (_, steps) = try await plan(
      0, harness, ["experiment": ["name": "once", "variants": ["a", "b"]]])
    #expect(["a", "b"].contains(steps.first?["variantID"]?.stringValue))
    #expect(try await harness.call("list_experiments", [:])["experiments"] == [])
  }
}
