import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct OfferHandoffToolTests {
  @Test func anOfferStandsForAsLongAsTheSenderSays() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    let id = try #require(try await harness.prepare(lead)["handoff"]?["handoffID"])
    let offer = try await harness.call(
      "offer_handoff", ["handoffID": id, "expiresInSeconds": 60])
    #expect(offer["handoff"]?["state"] == "offered")
    #expect(
      offer["handoff"]?["expiresAt"] == .string((ToolHarness.now + .seconds(60)).iso8601))
    let again = try await harness.call("offer_handoff", ["handoffID": id])
    #expect(again == offer)
    let events = try harness.stores.events(of: LeadID(rawValue: lead), limit: 99, in: .default)
    #expect(events.count { $0.event.kind == .handoffOffered } == 1)
    // A second one of the lead would have two agents work on it.
    let second = try #require(try await harness.prepare(lead)["handoff"]?["handoffID"])
    let problem = try await harness.failure("offer_handoff", ["handoffID": second])
    #expect(problem.contains(id.stringValue ?? "?"))
  }

  @Test func theReceiversRoleGetsTheWorkAndTheJourneyGoesOn() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    func stage() async throws -> JSONValue? {
      try await harness.call("get_journey", ["leadID": .string(lead)])["stage"]
    }
    let id = try #require(try await harness.prepare(lead)["handoff"]?["handoffID"])
    let engagement: JSONObject = ["role": "engagement"]
    #expect(try await harness.claimed(engagement) == .null)
    for _ in 0..<2 { _ = try await harness.call("offer_handoff", ["handoffID": id]) }
    #expect(try await stage() == "triaged")
    let work = try await harness.claimed(engagement)
    #expect(work["kind"] == "engage_lead" && work["subject"] == id)
    #expect(work["leadID"] == .string(lead))
    #expect(try await harness.claimed(engagement) == .null)
    _ = try await harness.call("accept_handoff", ["handoffID": id, "receiver": "e1"])
    #expect(try await stage() == "handed_off")
    _ = try await harness.call(
      "reject_handoff", ["handoffID": id, "receiver": "e1", "reason": "no budget named"])
    #expect(try await stage() == "triaged")
  }

  @Test func aHandoffThatIsNotThereIsNamed() async throws {
    let problem = try await ToolHarness().failure("offer_handoff", ["handoffID": "h404"])
    #expect(problem.contains("h404"))
  }
}
