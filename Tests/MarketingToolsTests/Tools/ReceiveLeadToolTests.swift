import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ReceiveLeadToolTests {
  @Test func aNewLeadWaitsForItsTriage() async throws {
    let harness = try ToolHarness()
    let received = try await harness.call(
      "receive_lead", ["email": "ada@acme.test", "message": "A demo, please"])
    let id = try #require(received["leadID"]?.stringValue)
    #expect(received["isNew"] == true)
    #expect(received["journey"] == .string("journey://\(id)"))
    // Not judged yet, and found by whoever does that.
    let lead = try #require(try harness.stores.lead(LeadID(rawValue: id), in: .default))
    #expect(lead.score == nil && lead.contact.email == "ada@acme.test")
    let journey = try await harness.call("get_journey", ["leadID": .string(id)])
    #expect(journey["stage"] == "received")
    let work = try await harness.claimed()
    #expect(work["workID"] == received["workID"] && work["kind"] == "triage_lead")
    #expect(work["leadID"] == .string(id) && work["dueAt"] == received["dueAt"])
    _ = try await harness.call("triage_lead", ["leadID": .string(id)])
    #expect(try await harness.call("get_journey", ["leadID": .string(id)])["stage"] == "triaged")
  }

  @Test func aLeadThatWaitsIsNotQueuedTwice() async throws {
    let harness = try ToolHarness()
    let first = try await harness.call("receive_lead", ["email": "ada@acme.test"])
    let again = try await harness.call(
      "receive_lead", ["leadID": first["leadID"] ?? .null, "message": "Are you there?"])
    #expect(again["isNew"] == false && again["workID"] == first["workID"])
    #expect(again["dueAt"] == first["dueAt"])
    let id = try #require(first["leadID"]?.stringValue)
    let lead = try harness.stores.lead(LeadID(rawValue: id), in: .default)
    #expect(lead?.message == "Are you there?")
    #expect(try await harness.claimed()["workID"] == first["workID"])
    #expect(try await harness.claimed() == .null)
  }

  @Test func whatIsKnownIsTriagedAgain() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "ada@acme.test"])
    let received = try await harness.call(
      "receive_lead", ["leadID": .string(id), "message": "We are ready to buy"])
    #expect(received["isNew"] == false)
    #expect(try await harness.claimed()["leadID"] == .string(id))
  }

  @Test func whoWantsNoContactGetsNoneWhileTheLeadWaits() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "ada@acme.test", "consent": true])
    func consent() throws -> Bool? {
      try harness.stores.lead(LeadID(rawValue: id), in: .default)?.hasConsent
    }
    for message in ["Please unsubscribe me", "I said unsubscribe me, please"] {
      _ = try await harness.call(
        "receive_lead", ["leadID": .string(id), "message": .string(message)])
      #expect(try consent() == false)
      _ = try await harness.call("triage_lead", ["leadID": .string(id)])
      #expect(try consent() == false)
      // Given anew, it holds until the next such message.
      _ = try await harness.call("receive_lead", ["leadID": .string(id), "consent": true])
      #expect(try consent() == true)
    }
  }

  static let refused: [(JSONObject, String)] = [
    (["leadID": "nobody", "message": "x"], "a lead that is not stored"),
    (["name": "Ada"], "email"),
    (["email": "no address"], "/email"),
  ]

  @Test(arguments: refused)
  func wrongInputIsRefusedAndNothingIsQueued(_ arguments: JSONObject, _ named: String) async throws
  {
    let harness = try ToolHarness()
    let message = try await harness.failure("receive_lead", arguments)
    #expect(message.contains(named), "\(message)")
    #expect(try await harness.claimed() == .null)
  }
}
