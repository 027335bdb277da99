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

  @Test func aHandoffThatIsNotThereIsNamed() async throws {
    let problem = try await ToolHarness().failure("offer_handoff", ["handoffID": "h404"])
    #expect(problem.contains("h404"))
  }
}
