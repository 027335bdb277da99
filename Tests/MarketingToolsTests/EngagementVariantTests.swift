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

  @Test func anExperimentOfTheCampaignComesFirst() async throws {
    let harness = try ToolHarness(comparesTexts: true)
    _ = try await harness.call(
      "create_experiment",
      [
        "experimentID": "spring", "name": "Spring", "hypothesis": "Short is better",
        "campaignID": "CMP1",
        "variants": [["name": "long", "isControl": true], ["name": "short"]],
        "primaryMetric": "reply", "baselineRate": 0.1,
      ])
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
