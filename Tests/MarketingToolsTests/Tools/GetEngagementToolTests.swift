import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct GetEngagementToolTests {
  static let stops: [(String, JSONObject, gate: String)] = [
    ("suppress_contact", ["reason": "unsubscribed"], "unsubscribe"),
    ("record_outcome", ["disposition": "converted"], "conversion"),
    ("record_interaction", ["channel": "email", "kind": "reply"], "reply"),
    ("record_interaction", ["channel": "web", "kind": "meeting"], "meeting"),
  ]

  @Test(arguments: stops)
  func whatHappensMeanwhileEndsIt(
    _ tool: String, _ arguments: JSONObject, _ exit: String
  ) async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let (lead, id, _) = try await bench.running()
    var arguments = arguments
    arguments["leadID"] = .string(lead)
    _ = try await harness.call(tool, arguments)
    let shown = try await harness.call("get_engagement", ["engagementID": .string(id)])
    #expect(shown["engagement"]?["state"] == "completed")
    #expect(shown["engagement"]?["exit"]?.stringValue == exit)
    #expect(try await harness.stores.counts(in: .default) == [.cancelled: 4])
  }

  static let refused: [(JSONObject, String)] = [
    ([:], "engagementID"),
    (["engagementID": "e", "leadID": "l"], "one of them"),
    (["leadID": "l"], "plan_engagement"),
  ]

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("get_engagement", arguments)
    #expect(message.contains(named), "\(message)")
  }
}
