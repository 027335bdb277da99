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
