import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct RecordInteractionToolTests {
  @Test func theSameInteractionIsRecordedOnce() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "a@acme.test"])
    let arguments: JSONObject = [
      "interactionID": "I1", "leadID": .string(id), "channel": "email", "kind": "reply",
      "outcome": "positive", "occurredAt": "2025-12-31T10:00:00Z",
      "metadata": ["subject": "Re: demo"],
    ]
    let first = try await harness.call("record_interaction", arguments)
    let second = try await harness.call("record_interaction", arguments)
    #expect(first["recorded"] == true && second["recorded"] == false)
    let lead = try #require(try harness.stores.lead(LeadID(rawValue: id), in: .default))
    #expect(lead.lastActiveAt == Timestamp(iso8601: "2025-12-31T10:00:00Z"))
  }

  @Test func whatHappenedIsRemembered() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "a@acme.test"])
    for _ in 0..<2 {
      _ = try await harness.call(
        "record_interaction",
        [
          "interactionID": "I1", "leadID": .string(id), "channel": "email", "kind": "reply",
          "conversationID": "C1", "metadata": ["text": "We need the security review first"],
        ])
    }
    let found = try await harness.call("recall", ["query": "What about the security review?"])
    let memories = try #require(found["memories"]?.arrayValue)
    #expect(memories.count == 1)
    #expect(memories.first?["text"] == "We need the security review first")
    let listed = try await harness.call(
      "list_memories", ["leadID": .string(id), "kinds": ["episodic"]])
    let record = try #require(listed["memories"]?[0])
    #expect(record["trust"] == "untrusted" && record["conversationID"] == "C1")
  }

  @Test func aNameBelongsToOneInteraction() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "a@acme.test"])
    let arguments: JSONObject = [
      "interactionID": "I1", "leadID": .string(id), "channel": "email", "kind": "reply",
    ]
    _ = try await harness.call("record_interaction", arguments)
    let message = try await harness.failure(
      "record_interaction", arguments.merging(["kind": "bounce"]))
    #expect(message.contains("I1"))
  }

  static let refused: [(JSONObject, String)] = [
    (["leadID": "nobody", "channel": "email", "kind": "reply"], "nobody"),
    (["leadID": "L1", "channel": "fax", "kind": "reply"], "/channel"),
    (["channel": "email"], "leadID"),
    (
      ["leadID": "L1", "channel": "email", "kind": "reply", "occurredAt": "2031-01-01T00:00:00Z"],
      "occurredAt"
    ),
  ]

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("record_interaction", arguments)
    #expect(message.contains(named), "\(message)")
  }

  @Test func engagementRaisesTheScore() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "a@acme.test", "source": "Website"])
    let before = try await harness.call("triage_lead", ["leadID": .string(id)])
    for kind in ["reply", "email_click", "meeting"] {
      _ = try await harness.call(
        "record_interaction", ["leadID": .string(id), "channel": "email", "kind": .string(kind)])
    }
    let after = try await harness.call("triage_lead", ["leadID": .string(id)])
    #expect((after["score"]?.doubleValue ?? 0) > (before["score"]?.doubleValue ?? 100))
  }
}
