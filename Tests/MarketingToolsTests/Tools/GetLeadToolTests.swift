import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct GetLeadToolTests {
  @Test func aLeadComesWithItsPast() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(TriageLeadToolTests.ada)
    for kind in ["email_sent", "reply"] {
      _ = try await harness.call(
        "record_interaction", ["leadID": .string(id), "channel": "email", "kind": .string(kind)])
    }
    _ = try await harness.call(
      "record_outcome", ["leadID": .string(id), "disposition": "converted"])
    let result = try await harness.call("get_lead", ["leadID": .string(id)])
    #expect(result["lead"]?["contact"]?["name"] == "Ada Byron")
    #expect(result["lead"]?["status"] == "converted")
    #expect(result["triage"]?["leadID"] == .string(id))
    #expect(result["interactions"]?.arrayValue?.count == 2)
    #expect(result["outcome"]?["disposition"] == "converted")
  }

  @Test func interactionsAreLimited() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "a@acme.test"])
    for index in 0..<4 {
      _ = try await harness.call(
        "record_interaction",
        [
          "leadID": .string(id), "channel": "web", "kind": "site_visit",
          "occurredAt": .string("2025-12-0\(index + 1)T00:00:00Z"),
        ])
    }
    let some = try await harness.call("get_lead", ["leadID": .string(id), "interactions": 2])
    #expect(
      some["interactions"]?.arrayValue?.compactMap { $0["occurredAt"]?.stringValue }
        == ["2025-12-04T00:00:00Z", "2025-12-03T00:00:00Z"])
    let none = try await harness.call("get_lead", ["leadID": .string(id), "interactions": 0])
    #expect(none["interactions"] == [])
  }

  @Test func whatIsTooLongIsLinked() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "a@acme.test"])
    let note = String(repeating: "x", count: 60_000)
    for _ in 0..<10 {
      _ = try await harness.call(
        "record_interaction",
        [
          "leadID": .string(id), "channel": "web", "kind": "form_submitted",
          "metadata": ["note": .string(note)],
        ])
    }
    try await harness.withClient { client in
      let result = try await client.request(
        "tools/call", ["name": "get_lead", "arguments": ["leadID": .string(id)]])
      #expect(result["isError"] == true)
      let link = result["content"]?[1]
      #expect(link?["type"] == "resource_link")
      let uri = try #require(link?["uri"]?.stringValue)
      let read = try await client.request("resources/read", ["uri": .string(uri)])
      #expect(read["contents"]?[0]?["text"]?.stringValue?.contains(id) == true)
      let less = try await client.request(
        "tools/call",
        ["name": "get_lead", "arguments": ["leadID": .string(id), "interactions": 2]])
      #expect(less["structuredContent"]?["interactions"]?.arrayValue?.count == 2)
    }
  }

  @Test func anUnknownLeadIsRefused() async throws {
    let message = try await ToolHarness().failure("get_lead", ["leadID": "nobody"])
    #expect(message.contains("nobody") && message.contains("search_leads"))
  }
}
