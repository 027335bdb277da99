import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ResolveEscalationToolTests {
  @Test func whatAPersonDecidesLetsTheHandoffGoOn() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["company": "Acme"])
    let prepared = try await harness.prepare(lead, to: "sales")
    let escalation = try #require(prepared["escalationID"])
    let handoff = try #require(prepared["handoff"]?["handoffID"])
    let resolved = try await harness.call(
      "resolve_escalation",
      ["escalationID": escalation, "resolution": "call the switchboard", "resolvedBy": "Maria"])
    #expect(resolved["escalation"]?["state"] == "resolved")
    #expect(resolved["escalation"]?["resolvedBy"] == "Maria")
    let again = try await harness.call(
      "resolve_escalation", ["escalationID": escalation, "resolution": "drop it"])
    #expect(again == resolved)
    let events = try harness.stores.events(of: LeadID(rawValue: lead), limit: 99, in: .default)
    #expect(events.count { $0.event.kind == .escalationResolved } == 1)
    let offered = try await harness.call("offer_handoff", ["handoffID": handoff])
    #expect(offered["handoff"]?["state"] == "offered")
  }

  @Test func anEscalationThatIsNotThereIsNamed() async throws {
    let problem = try await ToolHarness().failure(
      "resolve_escalation", ["escalationID": "e404", "resolution": "x"])
    #expect(problem.contains("e404"))
  }
}
