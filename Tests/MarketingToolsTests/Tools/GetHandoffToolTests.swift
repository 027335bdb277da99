import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct GetHandoffToolTests {
  @Test func aHandoffIsShownWithAndWithoutItsPacket() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    let id = try await harness.offered(lead)
    let shown = try await harness.call("get_handoff", ["handoffID": .string(id)])
    #expect(shown["handoff"]?["state"] == "offered" && shown["intact"] == true)
    #expect(shown["packet"]?["leadID"] == .string(lead))
    let tokens = try #require(shown["handoff"]?["tokens"]?.integerValue)
    let bytes = JSONWriter.bytes(of: shown["packet"] ?? .null).count
    #expect(tokens == Int64((bytes + 3) / 4))
    let short = try await harness.call(
      "get_handoff", ["handoffID": .string(id), "includePacket": false])
    #expect(short["packet"] == nil && short["handoff"] == shown["handoff"])
    let read = try await harness.withClient { client in
      try await client.request("resources/read", ["uri": .string("handoff://\(id)")])
    }
    let text = try #require(read["contents"]?[0]?["text"]?.stringValue)
    #expect(try JSONParser().parse(text) == .object(shown))
  }

  @Test func aHandoffThatIsNotThereIsNamed() async throws {
    let problem = try await ToolHarness().failure("get_handoff", ["handoffID": "h404"])
    #expect(problem.contains("h404") && problem.contains("list_handoffs"))
  }
}
