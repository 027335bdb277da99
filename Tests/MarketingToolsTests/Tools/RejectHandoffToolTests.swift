import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct RejectHandoffToolTests {
  @Test func aRejectionGoesBackWithItsReason() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    let id = try await harness.offered(lead)
    let rejected = try await harness.call(
      "reject_handoff",
      ["handoffID": .string(id), "receiver": "agent-1", "reason": "no telephone number"])
    #expect(rejected["handoff"]?["state"] == "rejected")
    #expect(rejected["handoff"]?["rejection"] == "no telephone number")
    let problem = try await harness.failure(
      "accept_handoff", ["handoffID": .string(id), "receiver": "agent-2"])
    #expect(problem.contains("rejected"))
    // The next packet says why the last one came back.
    let next = try #require(try await harness.prepare(lead)["handoff"]?["handoffID"])
    let packet = try await harness.call("get_handoff", ["handoffID": next])["packet"]
    let history = JSONWriter.text(of: packet?["history"] ?? .null)
    #expect(history.contains("no telephone number"))
    // The reason is the receiver's own text: the log of events does not hold it.
    let events = try harness.stores.events(of: LeadID(rawValue: lead), limit: 99, in: .default)
    let event = try #require(events.last { $0.event.kind == .handoffRejected }?.event)
    #expect(!JSONWriter.text(of: .object(event.facts)).contains("telephone"))
  }

  @Test func theSendersRoleGetsWorkAndTheReceiversHaveNoneUntilTheNextOffer() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    let id = try await harness.offered(lead)
    let rejection: JSONObject = ["handoffID": .string(id), "receiver": "a", "reason": "no phone"]
    for _ in 0..<2 { _ = try await harness.call("reject_handoff", rejection) }
    let engagement: JSONObject = ["role": "engagement"]
    #expect(try await harness.claimed(engagement) == .null)
    let work = try await harness.claimed()
    #expect(work["kind"] == "triage_lead" && work["subject"] == .string(id))
    #expect(work["leadID"] == .string(lead) && work["payload"] == ["handoff": "rejected"])
    #expect(try await harness.claimed() == .null)
    let later = try ToolHarness(stores: harness.stores, now: ToolHarness.now + .seconds(1))
    _ = try await later.call("offer_handoff", ["handoffID": .string(id)])
    #expect(try await later.claimed(engagement)["subject"] == .string(id))
  }

  @Test func onlyTheOneThatAcceptedItMayGiveItBack() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    let id = try await harness.offered(lead)
    _ = try await harness.call("accept_handoff", ["handoffID": .string(id), "receiver": "a"])
    let problem = try await harness.failure(
      "reject_handoff", ["handoffID": .string(id), "receiver": "b", "reason": "x"])
    #expect(problem.contains("another receiver"))
    let back = try await harness.call(
      "reject_handoff", ["handoffID": .string(id), "receiver": "a", "reason": "x"])
    #expect(back["handoff"]?["state"] == "rejected")
  }
}
