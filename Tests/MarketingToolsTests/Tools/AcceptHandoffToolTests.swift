import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct AcceptHandoffToolTests {
  @Test func oneOfFiftyGetsThePacketAndTheSameAgain() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    let id = try await harness.offered(lead)
    let answers = try await harness.withClient { client in
      try await withThrowingTaskGroup(of: JSONObject.self) { group in
        for number in 0..<50 {
          group.addTask {
            try await client.request(
              "tools/call",
              [
                "name": "accept_handoff",
                "arguments": ["handoffID": .string(id), "receiver": .string("agent-\(number)")],
              ])
          }
        }
        return try await group.reduce(into: [JSONObject]()) { $0.append($1) }
      }
    }
    let won = answers.filter { $0["isError"] != true }
    #expect(won.count == 1)
    let accepted = try #require(won.first?["structuredContent"])
    let winner = try #require(accepted["handoff"]?["acceptedBy"]?.stringValue)
    let packet = JSONWriter.text(of: accepted["packet"] ?? .null)
    #expect(packet.contains("ann@acme.test"))
    let lost = answers.first { $0["isError"] == true }
    #expect(lost?["content"]?[0]?["text"]?.stringValue?.contains("another receiver") == true)
    let again = try await harness.call(
      "accept_handoff", ["handoffID": .string(id), "receiver": .string(winner)])
    #expect(.object(again) == accepted)
  }

  @Test func whatIsNotOfferedCannotBeAccepted() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    let id = try #require(try await harness.prepare(lead)["handoff"]?["handoffID"])
    let problem = try await harness.failure(
      "accept_handoff", ["handoffID": id, "receiver": "agent-1"])
    #expect(problem.contains("prepared, not offered"))
  }

  @Test func anotherTakesOverWhenTheLeaseIsOver() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    let id = try await harness.offered(lead)
    func accept(_ receiver: String, after seconds: Int) async throws -> JSONValue? {
      let later = try ToolHarness(
        stores: harness.stores, now: ToolHarness.now + .seconds(seconds))
      return try await later.call(
        "accept_handoff",
        ["handoffID": .string(id), "receiver": .string(receiver), "leaseSeconds": 60])["handoff"]?[
          "acceptedBy"]
    }
    #expect(try await accept("a", after: 0) == "a")
    #expect(try await accept("b", after: 60) == "b")
  }
}
