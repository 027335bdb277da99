import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct CancelEngagementToolTests {
  @Test func aPlanIsCancelledBeforeAnythingIsSent() async throws {
    let bench = try EngagementBench()
    let lead = try await bench.harness.newLead(EngagementBench.question)
    let planned = try await bench.harness.call("plan_engagement", ["leadID": .string(lead)])
    let id = planned["engagement"]?["engagementID"] ?? .null
    let arguments: JSONObject = ["engagementID": id, "reason": "a customer already"]
    let cancelled = try await bench.harness.call("cancel_engagement", arguments)
    #expect(cancelled["engagement"]?["state"] == "cancelled")
    #expect(cancelled["engagement"]?["reason"] == "a customer already")
    #expect(try await bench.harness.call("cancel_engagement", arguments) == cancelled)
    let events = try bench.harness.events().map(\.kind)
    #expect(events.count { $0 == .engagementCancelled } == 1)
    // The next one is another.
    let next = try await bench.harness.call("plan_engagement", ["leadID": .string(lead)])
    #expect(next["isNew"] == true && next["engagement"]?["engagementID"] != id)
  }

  static let refused: [(JSONObject, String)] = [
    (["engagementID": "nothing"], "nothing")
  ]

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("cancel_engagement", arguments)
    #expect(message.contains(named), "\(message)")
  }
}
