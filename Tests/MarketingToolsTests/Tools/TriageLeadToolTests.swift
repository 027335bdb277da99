import Glibc
import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct TriageLeadToolTests {
  static let ada: JSONObject = [
    "name": "Ada Byron", "email": "Ada.Byron@acme-robotics.test", "phone": "+47 912 34 567",
    "company": "Acme Robotics", "jobTitle": "Chief Marketing Officer", "source": "Referral",
    "industry": "SaaS", "companySize": "201-1000", "region": "EU", "persona": "CMO",
    "preferredChannel": "call", "consent": true,
    "message": "Please show us a demo and tell us the price.",
  ]

  @Test(arguments: [
    ClientSession.Mode.modern, .legacy(.v2025November), .legacy(.v2025June),
  ])
  func aNewLeadIsStoredWithItsTriage(_ mode: ClientSession.Mode) async throws {
    let harness = try ToolHarness()
    let result = try await harness.call("triage_lead", Self.ada, mode: mode)
    #expect(result["isNew"] == true)
    #expect(result["calibrated"] == false)
    #expect(result["triagedAt"] == .string(ToolHarness.now.iso8601))
    let id = LeadID(rawValue: try #require(result["leadID"]?.stringValue))
    let lead = try #require(try harness.stores.lead(id, in: .default))
    #expect(lead.contact.email == "Ada.Byron@acme-robotics.test")
    #expect(lead.score == result["score"]?.doubleValue)
    #expect(lead.category?.rawValue == result["category"]?.stringValue)
    let stored = try #require(try harness.stores.latestTriage(of: id, in: .default))
    #expect(stored.probability == result["probability"]?.doubleValue)
    let kinds = try harness.stores.events(of: id, limit: 10, in: .default).map(\.event.kind)
    #expect(kinds == [.leadCreated, .leadTriaged])
  }

  @Test func contributionsAddUpToTheProbability() async throws {
    let result = try await ToolHarness().call("triage_lead", Self.ada)
    let reasons = try #require(result["reasons"]?.arrayValue)
    let sum = reasons.reduce(0) { $0 + ($1["contribution"]?.doubleValue ?? .nan) }
    let probability = try #require(result["probability"]?.doubleValue)
    #expect(abs(sum - log(probability / (1 - probability))) < 1e-9)
    #expect(reasons.contains { $0["field"] == "intercept" })
  }

  @Test func aGoodLeadScoresAboveAPoorOne() async throws {
    let harness = try ToolHarness()
    let good = try await harness.call("triage_lead", Self.ada)
    let poor = try await harness.call(
      "triage_lead",
      ["email": "x@gmail.com", "message": "I am a student and look for an internship"])
    let scores = [good, poor].compactMap { $0["score"]?.doubleValue }
    #expect(scores.count == 2 && scores[0] > scores[1] + 30)
    #expect(good["category"] == "campaign_qualified")
    #expect(good["nextAction"]?["action"] == "call_now")
    #expect(poor["category"] == "general_inquiry")
    #expect(poor["intent"] == "job_application")
  }

  @Test func aKnownLeadIsChangedAndTriagedAgain() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "bo@beta.test"])
    let before = try await harness.call("triage_lead", ["leadID": .string(id)])
    let after = try await harness.call(
      "triage_lead", ["leadID": .string(id), "jobTitle": "CEO", "source": "Referral"])
    #expect(before["isNew"] == false && after["isNew"] == false)
    #expect((after["score"]?.doubleValue ?? 0) > (before["score"]?.doubleValue ?? 100))
    let lead = try #require(try harness.stores.lead(LeadID(rawValue: id), in: .default))
    #expect(lead.contact.jobTitle == "CEO" && lead.contact.email == "bo@beta.test")
    let events = try harness.stores.events(of: lead.id, limit: 20, in: .default)
    #expect(
      events.map(\.event.kind) == [
        .leadCreated, .leadTriaged, .leadTriaged, .leadUpdated, .leadTriaged,
      ])
    #expect(events[3].event.personal == ["jobTitle": "CEO"])
  }

  /// Two calls about one lead in flight together: neither undoes what the other did.
  @Test func concurrentChangesAreAllKept() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "bo@beta.test", "consent": true])
    let changes: [JSONObject] = [
      ["consent": false], ["jobTitle": "CEO"], ["phone": "+4722334455"], ["region": "EU"],
      ["attributes": ["a": 1]], ["attributes": ["b": 2]],
    ]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for change in changes {
        group.addTask {
          _ = try await harness.call("triage_lead", change.merging(["leadID": .string(id)]))
        }
      }
      group.addTask {
        _ = try await harness.call(
          "record_outcome", ["leadID": .string(id), "disposition": "converted"])
      }
      try await group.waitForAll()
    }
    let lead = try #require(try harness.stores.lead(LeadID(rawValue: id), in: .default))
    #expect(lead.hasConsent == false)
    #expect(lead.contact.jobTitle == "CEO" && lead.contact.phone == "+4722334455")
    #expect(lead.region == "EU" && lead.attributes == ["a": 1, "b": 2])
    #expect(lead.status == .converted)
  }

  @Test func aFormSentSeveralTimesMakesLeadsThatKnowOfEachOther() async throws {
    let harness = try ToolHarness()
    let results = try await withThrowingTaskGroup(of: JSONObject.self) { group in
      for _ in 0..<5 { group.addTask { try await harness.call("triage_lead", Self.ada) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let alone = results.filter { $0["duplicates"] == [] }
    #expect(alone.count == 1)
    #expect(results.count { $0["nextAction"]?["action"] == "call_now" } == 1)
  }

  /// A wish to be left alone outlives the message it was in; only consent given anew ends it.
  @Test func aRefusalIsKept() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(Self.ada)
    func triage(_ changes: JSONObject) async throws -> JSONValue? {
      try await harness.call("triage_lead", changes.merging(["leadID": .string(id)]))[
        "nextAction"]?["action"]
    }
    let steps: [(JSONObject, String, Bool)] = [
      (["message": "Please unsubscribe me"], "do_not_contact", false),
      (["jobTitle": "CEO"], "do_not_contact", false),
      (["message": "Could you show us a demo?"], "reply_only", false),
      (["intent": "none"], "ask_for_consent", false),
      (["consent": true], "call_now", true),
      (["message": "No more emails please", "consent": true], "do_not_contact", false),
      ([:], "do_not_contact", false),
      (["consent": true], "start_nurture_sequence", true),
      ([:], "start_nurture_sequence", true),
      (["intent": "unsubscribe"], "do_not_contact", false),
    ]
    for (changes, action, consent) in steps {
      #expect(try await triage(changes) == .string(action), "\(changes)")
      let lead = try harness.stores.lead(LeadID(rawValue: id), in: .default)
      #expect(lead?.hasConsent == consent, "\(changes)")
    }
    let consents = try harness.stores.events(of: LeadID(rawValue: id), limit: 50, in: .default)
      .compactMap { $0.event.facts["consent"]?.boolValue }
    #expect(consents == [true, false, true, false, true, false])
  }

  /// What calls add one after the other is bounded as what one call brings.
  @Test func attributesAreBoundedInAll() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "bo@beta.test"])
    func keys(_ name: String) -> JSONValue {
      .object(JSONObject((0..<60).map { ("\(name)\($0)", .integer(1)) }))
    }
    _ = try await harness.call("triage_lead", ["leadID": .string(id), "attributes": keys("a")])
    let message = try await harness.failure(
      "triage_lead", ["leadID": .string(id), "attributes": keys("b")])
    #expect(message.contains("/attributes: found 120 keys, expected at most 100 keys in all"))
    let lead = try harness.stores.lead(LeadID(rawValue: id), in: .default)
    #expect(lead?.attributes.count == 60)
  }

  /// What the lead writes now counts as activity now, the first time as the second.
  @Test func writingIsActivity() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "bo@beta.test", "source": "Website"])
    _ = try await harness.call(
      "record_interaction",
      [
        "leadID": .string(id), "channel": "email", "kind": "reply",
        "occurredAt": .string((ToolHarness.now + .days(-300)).iso8601),
      ])
    let first = try await harness.call(
      "triage_lead", ["leadID": .string(id), "message": "What is your pricing?"])
    let second = try await harness.call("triage_lead", ["leadID": .string(id)])
    #expect(first["score"] == second["score"])
    #expect(
      first["reasons"]?.arrayValue?.contains {
        $0["text"]?.stringValue?.contains("last active today") == true
      } == true)
  }

  @Test func duplicatesAreNamed() async throws {
    let harness = try ToolHarness()
    let first = try await harness.newLead(Self.ada)
    let second = try await harness.call(
      "triage_lead", ["email": "ada.byron+news@ACME-robotics.test"])
    #expect(second["duplicates"]?[0]?["leadID"] == .string(first))
    #expect(second["duplicates"]?[0]?["reason"] == "email")
  }

  @Test func everyFieldErrorIsReportedAtOnce() async throws {
    let harness = try ToolHarness()
    let message = try await harness.failure(
      "triage_lead",
      ["name": "Ann", "phone": "12", "companySize": "huge", "timeZone": "Mars", "company": "Acme"])
    for field in ["/phone", "/companySize", "/timeZone"] {
      #expect(message.contains(field), "\(field) is not named in: \(message)")
    }
    #expect(try await harness.stores.search(LeadQuery(), in: .default).total == 0)
  }

  static let refused: [(JSONObject, String)] = [
    (["email": 5], "/email"), (["leadID": "a b"], "/leadID"),
    (["colour": "red", "email": "a@b.test"], "colour"), ([:], ""),
    (["preferredChannel": "fax", "email": "a@b.test"], "/preferredChannel"),
  ]

  @Test(arguments: refused)
  func argumentsOutsideTheSchemaAreRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("triage_lead", arguments)
    #expect(message.hasPrefix("Invalid arguments"))
    #expect(message.contains(named))
  }

  @Test func anUnknownLeadIsRefused() async throws {
    let message = try await ToolHarness().failure("triage_lead", ["leadID": "nobody"])
    #expect(message.contains("/leadID"))
  }

  @Test(arguments: [ClientSession.Mode.modern, .legacy(.v2025November)])
  func theHostsModelMayReadTheMessage(_ mode: ClientSession.Mode) async throws {
    let handlers = ClientHandlers(sample: { params throws(RPCError) in
      let text = params["messages"]?[0]?["content"]?["text"]?.stringValue ?? ""
      return [
        "role": "assistant", "model": "m",
        "content": [
          "type": "text", "text": .string(text.contains("Zahlen") ? "pricing" : "none?"),
        ],
      ]
    })
    let result = try await ToolHarness(handlers: handlers).call(
      "triage_lead",
      ["email": "a@b.test", "message": "Was muss man Zahlen?", "interpretMessage": true], mode: mode
    )
    #expect(result["intent"] == "pricing")
    #expect(
      result["warnings"]?.arrayValue?.contains { $0.stringValue?.contains("model") == true }
        == false)
  }

  @Test func withoutAModelTheKeywordsDecide() async throws {
    let result = try await ToolHarness().call(
      "triage_lead",
      ["email": "a@b.test", "message": "What does it cost?", "interpretMessage": true])
    #expect(result["intent"] == "pricing")
    #expect(result["warnings"]?[0]?.stringValue?.contains("keywords") == true)
  }

  @Test func aCallerWithoutTheScopeDoesNotSeeTheTool() async throws {
    let harness = try ToolHarness(scopes: ["leads:read"])
    let error = await #expect(throws: RPCError.self) {
      try await harness.withClient { client in
        try await client.request("tools/call", ["name": "triage_lead", "arguments": [:]])
      }
    }
    #expect(error?.code == .invalidParams)
    let names = try await harness.withClient { client in
      try await client.request("tools/list")["tools"]?.arrayValue?.compactMap { $0["name"] }
    }
    #expect(names?.contains("get_lead") == true && names?.contains("triage_lead") == false)
  }
}
