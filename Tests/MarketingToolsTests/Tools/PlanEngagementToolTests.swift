import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct PlanEngagementToolTests {
  @Test func aPlanSaysWhenHowAndWhy() async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let lead = try await harness.newLead(EngagementBench.question)
    let planned = try await harness.call(
      "plan_engagement",
      [
        "leadID": .string(lead), "category": "cold_lead", "engagementID": "spring-1",
        "experiment": ["name": "spring", "variants": ["a", "b"]],
      ])
    let engagement = try #require(planned["engagement"])
    #expect(engagement["engagementID"] == "spring-1" && engagement["state"] == "planned")
    let steps = engagement["steps"]?.arrayValue ?? []
    #expect(steps.map { $0["step"] } == ["guide", "figure", "case", "question"])
    #expect(steps.allSatisfy { $0["channel"] == "email" && $0["state"] == "planned" })
    let times = steps.compactMap { $0["at"]?.stringValue }
    #expect(times.count == 4 && times == times.sorted())
    let variants = Set(steps.map { $0["variantID"]?.stringValue })
    #expect(variants.count == 1 && variants.isSubset(of: ["a", "b"]))
    #expect(steps.allSatisfy { !($0["reasons"]?.arrayValue ?? []).isEmpty })
    let events = try harness.events().filter { $0.kind == .engagementPlanned }
    #expect(events.count == 1 && !"\(events)".contains("acme.test"))
    // Nothing is sent by a plan.
    #expect(try await harness.stores.counts(in: .default).isEmpty)
  }

  static let kept: [(JSONObject, gate: String?, state: String)] = [
    (
      ["name": "Ann Berg", "email": "ann@acme.test", "consent": false, "timeZone": "Europe/Oslo"],
      "consent", "refused"
    ),
    (
      ["name": "Ann Berg", "phone": "+47 22 33 44 55", "consent": true, "timeZone": "Europe/Oslo"],
      nil, "unreachable"
    ),
  ]

  @Test(arguments: kept)
  func whatAGateKeepsBackIsSaid(
    _ fields: JSONObject, _ gate: String?, _ state: String
  ) async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(fields)
    let planned = try await harness.call(
      "plan_engagement", ["leadID": .string(lead), "category": "cold_lead"])
    let steps = planned["engagement"]?["steps"]?.arrayValue ?? []
    #expect(!steps.isEmpty)
    for step in steps {
      #expect(step["state"]?.stringValue == state && step["gate"]?.stringValue == gate)
      #expect(step["at"] == nil && step["messageID"] == nil)
    }
    let message = try await harness.failure(
      "execute_engagement", ["engagementID": planned["engagement"]?["engagementID"] ?? .null])
    #expect(message.contains("guide: "), "\(message)")
    #expect(try await harness.stores.counts(in: .default).isEmpty)
  }

  @Test func whatAnotherLeadOfThePersonWaitsForCounts() async throws {
    let bench = try EngagementBench()
    let first = try await bench.running()
    var fields = EngagementBench.question
    fields["email"] = "Ann+trial@ACME.test"
    let lead = try await bench.harness.newLead(fields)
    let planned = try await bench.harness.call(
      "plan_engagement", ["leadID": .string(lead), "category": "cold_lead"])
    let second = planned["engagement"]?["steps"]?.arrayValue ?? []
    #expect(first.steps.count == 4 && second.count == 4)
    // Alone two mails without an answer are none too many at the third; with the other lead's there are four.
    func isKeptBack(_ step: JSONValue) -> Bool {
      step["deferredBy"] != nil || step["gate"] != nil
    }
    #expect(!first.steps[...2].contains(where: isKeptBack))
    #expect(second[...2].contains(where: isKeptBack), "\(second)")
  }

  @Test func contactsAreForgottenThatNoPlanLooksAt() async throws {
    let harness = try ToolHarness()
    let lead = LeadID(rawValue: try await harness.newLead(EngagementBench.question))
    let touches = [92, 90, 1].map {
      ContactTouch(leadID: lead, channel: .email, at: ToolHarness.now + .days(-$0))
    }
    try await harness.stores.note(touches, addresses: [], in: .default)
    #expect(try await harness.engagements.pruneTouches(at: ToolHarness.now, limit: 9) == 1)
    let left = try harness.stores.touches(
      of: lead, addresses: [], since: ToolHarness.now + .days(-99), in: .default)
    #expect(left == Array(touches.dropFirst()))
  }

  @Test func aHandoffThatIsNotAcceptedOfThisLeadIsNotFollowed() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(EngagementBench.question)
    var fields = EngagementBench.question
    fields["email"] = "bo@other.test"
    fields["company"] = "Other"
    fields["name"] = "Bo Dahl"
    let other = try await harness.newLead(fields)
    func plan(_ handoff: JSONValue, for lead: String) -> JSONObject {
      ["leadID": .string(lead), "handoffID": handoff, "category": "cold_lead"]
    }
    let unknown = try await harness.failure("plan_engagement", plan("h404", for: lead))
    #expect(unknown.contains("handoffID") && unknown.contains("'h404'"), "\(unknown)")
    let prepared = try await harness.call(
      "prepare_handoff",
      [
        "leadID": .string(lead), "from": "triage", "to": "engagement", "reason": "asks a question",
      ])
    let id = try #require(prepared["handoff"]?["handoffID"])
    let early = try await harness.failure("plan_engagement", plan(id, for: lead))
    #expect(early.contains("handoffID") && early.contains("prepared"), "\(early)")
    let foreign = try await harness.failure("plan_engagement", plan(id, for: other))
    #expect(foreign.contains("handoffID") && foreign.contains("another lead"), "\(foreign)")
    #expect(try harness.events().allSatisfy { $0.kind != .engagementPlanned })
    _ = try await harness.call("offer_handoff", ["handoffID": id])
    _ = try await harness.call("accept_handoff", ["handoffID": id, "receiver": "w1"])
    let planned = try await harness.call("plan_engagement", plan(id, for: lead))
    #expect(planned["engagement"]?["handoffID"] == id)
  }

  @Test func whoIsWonOrLostIsNotPlanned() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(EngagementBench.question)
    _ = try await harness.call(
      "record_outcome", ["leadID": .string(lead), "disposition": "converted"])
    let message = try await harness.failure("plan_engagement", ["leadID": .string(lead)])
    #expect(message.contains("converted"))
  }

  static let refused: [(JSONObject, String)] = [
    (["leadID": "nobody"], "nobody"),
    ([:], "leadID"),
  ]

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("plan_engagement", arguments)
    #expect(message.contains(named), "\(message)")
  }
}
