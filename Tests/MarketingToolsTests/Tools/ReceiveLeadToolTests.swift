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

  @Test func whatASecondFormSaysTheKnownLeadHears() async throws {
    let harness = try ToolHarness()
    let known = try await harness.newLead(["email": "ada@acme.test", "consent": true])
    let form = try await harness.newLead([
      "email": "ADA@acme.test", "message": "And what does it cost?", "phone": "+47 22123456",

    ])
    let request: JSONObject = ["leadID": .string(known), "mergeFrom": .string(form)]
    let merged = try await harness.call("receive_lead", request)
    #expect(merged["leadID"] == .string(known) && merged["workID"] != nil)
    let lead = try harness.stores.lead(LeadID(rawValue: known), in: .default)
    #expect(lead?.message == "And what does it cost?" && lead?.contact.phone != nil)
    #expect(lead?.hasConsent == true)
    #expect(try await harness.claimed()["workID"] == merged["workID"])
    // Whoever did not hear the answer asks again.
    #expect(try await harness.call("receive_lead", request)["workID"] == nil)
    let other = try await harness.newLead(["email": "bob@acme.test"])
    let message = try await harness.failure(
      "receive_lead", ["leadID": .string(other), "mergeFrom": .string(form)])
    #expect(message.contains("mergeFrom"), "\(message)")
  }

  @Test func whoAnswersIsNotSentWhatWasPlannedBefore() async throws {
    let harness = try ToolHarness()
    let first = try await harness.call("process_lead", EngagementBench.question)
    _ = try await harness.call(
      "receive_lead", ["leadID": first["leadID"] ?? .null, "message": "And what does it cost?"])
    let ended = try await harness.call(
      "get_engagement", ["engagementID": first["engagement"]?["engagementID"] ?? .null])
    #expect(ended["engagement"]?["exit"] == "reply")
  }

  static let refused: [(JSONObject, String)] = [
    (["mergeFrom": "lead_1", "email": "a@b.test"], "leadID"),
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
