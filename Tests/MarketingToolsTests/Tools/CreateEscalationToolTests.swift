import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct CreateEscalationToolTests {
  private let question: JSONObject = [
    "subject": "opt-1", "reason": "A person has to approve a bid change.",
    "campaignID": "CMP1", "context": ["changes": ["the bid on search"]],
  ]

  @Test func aTicketHasContextOwnerAndDeadline() async throws {
    let harness = try ToolHarness()
    let made = try await harness.call("create_escalation", question)
    let escalation = try #require(made["escalation"])
    #expect(escalation["state"] == "open" && escalation["owner"] == "campaign-manager")
    #expect(escalation["deadline"] == .string((ToolHarness.now + .seconds(14_400)).iso8601))
    #expect(escalation["context"]?["changes"] == ["the bid on search"])
    let resolved = try await harness.call(
      "resolve_escalation",
      ["escalationID": try #require(escalation["escalationID"]), "resolution": "Go on"])
    #expect(resolved["escalation"]?["state"] == "resolved")
    let events = try harness.stores.events(after: 0, limit: 10).map(\.event)
    #expect(events.map(\.kind) == [.escalationOpened, .escalationResolved])
    #expect(events[0].campaignID == "CMP1" && events[0].facts["subject"] == "opt-1")
  }

  @Test(arguments: [true, false]) func theUserDecidesAtOnceWhereTheHostCanAsk(
    decides: Bool
  ) async throws {
    var handlers = ClientHandlers()
    handlers.elicitForm = { params throws(RPCError) in
      #expect(params["message"]?.stringValue?.hasPrefix("opt-1: ") == true)
      return decides
        ? ["action": "accept", "content": ["decision": "Go on"]] : ["action": "decline"]
    }
    let harness = try ToolHarness(handlers: handlers)
    var asked = question
    asked["askUser"] = true
    let escalation = try await harness.call("create_escalation", asked)["escalation"]
    #expect(escalation?["state"] == (decides ? "resolved" : "open"))
    #expect(escalation?["resolution"] == (decides ? "Go on" : nil))
    #expect(escalation?["resolvedBy"] == (decides ? "tester" : nil))
  }

  @Test(
    arguments: [
      (["deadline": "2020-01-01T00:00:00Z"], "/deadline"), (["subject": ""], "/subject"),
      (["leadID": "L9"], "'L9'"),
      (["context": ["text": .string(String(repeating: "x", count: 40_000))]], "/context"),
    ] as [(JSONObject, String)])
  func whatMakesNoSenseIsRefused(changes: JSONObject, place: String) async throws {
    let harness = try ToolHarness()
    var arguments = question
    for change in changes { arguments[change.key] = change.value }
    let problem = try await harness.failure("create_escalation", arguments)
    #expect(problem.contains(place), "\(problem)")
    #expect(try harness.stores.latestSequence() == 0)
  }
}
