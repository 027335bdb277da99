import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct PauseEngagementToolTests {
  @Test func aPausedOneGoesOnWithTheRest() async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let (_, id, steps) = try await bench.running()
    let first = try bench.time(of: steps[0])
    try await bench.send(at: first)
    let paused = try await harness.call(
      "pause_engagement", ["engagementID": .string(id), "reason": "sales calls"])
    let states = paused["engagement"]?["steps"]?.arrayValue?.map { $0["state"] }
    #expect(states == ["delivered", "cancelled", "cancelled", "cancelled"])
    // Whoever repeats what it has done before undoes nobody's pause.
    let repeated = try await harness.call("execute_engagement", ["engagementID": .string(id)])
    #expect(repeated["isNew"] == false && repeated["engagement"]?["state"] == "paused")
    let resumed = try await harness.call(
      "execute_engagement", ["engagementID": .string(id), "resume": true])
    let again = resumed["engagement"]?["steps"]?.arrayValue?.map { $0["state"] }
    #expect(again == ["delivered", "queued", "queued", "queued"])
    let cancelled = try await harness.call("cancel_engagement", ["engagementID": .string(id)])
    #expect(cancelled["engagement"]?["state"] == "cancelled")
    #expect(
      try await harness.stores.counts(in: .default) == [.delivered: 1, .cancelled: 6])
    let message = try await harness.failure("execute_engagement", ["engagementID": .string(id)])
    #expect(message.contains("cancelled"))
  }

  static let refused: [(JSONObject, String)] = [
    (["engagementID": "nothing"], "nothing")
  ]

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("pause_engagement", arguments)
    #expect(message.contains(named), "\(message)")
  }
}
