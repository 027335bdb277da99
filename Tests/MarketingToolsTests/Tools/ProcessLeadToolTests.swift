import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct ProcessLeadToolTests {
  @Test func aLeadGoesAllTheWay() async throws {
    let harness = try ToolHarness()
    let result = try await harness.call("process_lead", EngagementBench.question)
    #expect(result["isNew"] == true && result["outcome"] == "succeeded")
    #expect(result["stage"] == "engaged")
    #expect(result["handoff"]?["state"] == "accepted")
    #expect(result["handoff"]?["acceptedBy"] == "process_lead")
    #expect(result["engagement"]?["state"] == "running")
    #expect(result["engagement"]?["handoffID"] == result["handoff"]?["handoffID"])
    let stages = result["stages"]?.arrayValue ?? []
    #expect(
      stages.map { $0["stage"] } == ["intake", "triage", "memory", "handoff", "engagement"])
    #expect(stages.allSatisfy { $0["status"] == "done" })
    #expect(try await !harness.stores.counts(in: .default).isEmpty)
    let lead = try #require(result["leadID"]?.stringValue)
    let memories = try await harness.call(
      "list_memories", ["leadID": .string(lead), "kinds": ["short_term"]])
    #expect(memories["memories"]?.arrayValue?.count == 1)
    // No agent is asked to do it again.
    #expect(try harness.stores.counts(in: .default) as [WorkCount] == [])
    #expect(try harness.workEvents() == ["work.claimed", "work.completed"])
  }

  @Test func whatAgentsHaveNotBegunIsTakenOverFromThem() async throws {
    let harness = try ToolHarness()
    let received = try await harness.call("receive_lead", EngagementBench.question)
    let result = try await harness.call(
      "process_lead", ["leadID": received["leadID"] ?? .null])
    #expect(result["outcome"] == "succeeded" && result["engagement"]?["state"] == "running")
    #expect(try await harness.claimed() == .null)
    let name = WorkID(rawValue: received["workID"]?.stringValue ?? "")
    let item = try #require(try harness.stores.item(name, in: .default))
    #expect(item.state == .done && item.worker == "process_lead")
    #expect(item.result?["handoffID"] == result["handoff"]?["handoffID"])
  }

  @Test func whatAnAgentHasItEnds() async throws {
    let harness = try ToolHarness()
    let received = try await harness.call("receive_lead", EngagementBench.question)
    let work = try await harness.claimed()
    let result = try await harness.call(
      "process_lead", ["leadID": received["leadID"] ?? .null])
    #expect(result["engagement"]?["state"] == "running")
    let done = try await harness.call(
      "complete_work", ["workID": work["workID"] ?? .null, "claim": work["claim"] ?? .null])
    #expect(done["isNew"] == true)
  }

  @Test func comingAgainSendsNothingTwice() async throws {
    let harness = try ToolHarness()
    let first = try await harness.call("process_lead", EngagementBench.question)
    let queued = try await harness.stores.counts(in: .default)
    let lead = first["leadID"] ?? .null
    let again = try await harness.call("process_lead", ["leadID": lead])
    #expect(again["isNew"] == false && again["outcome"] == "succeeded")
    #expect(again["engagement"]?["engagementID"] == first["engagement"]?["engagementID"])
    #expect(try await harness.stores.counts(in: .default) == queued)
    // The same form once more is another lead, and the same person.
    let twin = try await harness.call("process_lead", EngagementBench.question)
    #expect(twin["leadID"] != lead)
    #expect(twin["engagement"]?["engagementID"] == first["engagement"]?["engagementID"])
    let skipped = twin["stages"]?.arrayValue?.last
    #expect(skipped?["status"] == "skipped" && skipped?["detail"] != nil)
    #expect(try await harness.stores.counts(in: .default) == queued)
  }

  @Test func whoIsNotToBeContactedIsNot() async throws {
    let harness = try ToolHarness()
    var lead = EngagementBench.question
    lead["message"] = "Please unsubscribe me from all your mails"
    let result = try await harness.call("process_lead", lead)
    #expect(result["outcome"] == "succeeded" && result["engagement"] == nil)
    #expect(try await harness.stores.counts(in: .default).isEmpty)
    #expect(
      try harness.stores.isSuppressed([.email("ann@acme.test")], on: .email, in: .default))
  }

  @Test func whoWritesAgainGetsAnotherPlan() async throws {
    let harness = try ToolHarness()
    let first = try await harness.call("process_lead", EngagementBench.question)
    let again = try await harness.call(
      "process_lead", ["leadID": first["leadID"] ?? .null, "message": "And what does it cost?"])
    #expect(again["engagement"]?["state"] == "running")
    let (old, new) = (first["engagement"]?["engagementID"], again["engagement"]?["engagementID"])
    #expect(old != new)
    let ended = try await harness.call("get_engagement", ["engagementID": old ?? .null])
    #expect(ended["engagement"]?["exit"] == "reply")
  }

  /// A form has no name of a lead: who writes again is known by the address.
  @Test func whoSendsAnotherFormIsAnsweredAnew() async throws {
    let harness = try ToolHarness()
    var form = EngagementBench.question
    form["createdAt"] = "2025-12-30T12:00:00Z"
    let first = try await harness.call("process_lead", form)
    form["createdAt"] = nil
    form["message"] = "Our budget is approved: please call me, we want to buy 500 seats"
    form["phone"] = "+47 22 12 34 56"
    let second = try await harness.call("process_lead", form)
    #expect(second["isNew"] == true && second["outcome"] == "succeeded")
    #expect(second["nextAction"]?["action"] == "continue_with_duplicate")
    let lead = first["leadID"] ?? .null
    #expect(second["engagement"]?["leadID"] == lead && second["engagement"]?["state"] == "running")
    #expect(second["engagement"]?["engagementID"] != first["engagement"]?["engagementID"])
    let ended = try await harness.call(
      "get_engagement", ["engagementID": first["engagement"]?["engagementID"] ?? .null])
    #expect(ended["engagement"]?["exit"] == "reply")
    let known = try #require(
      try harness.stores.lead(LeadID(rawValue: lead.stringValue ?? ""), in: .default))
    #expect(known.message == form["message"]?.stringValue && known.contact.phone != nil)
    #expect(try harness.stores.counts(in: .default) as [WorkCount] == [])
    // Anybody can send a form in another one's name.
    form["name"] = "Somebody Else"
    form["consent"] = false
    form["message"] = nil
    _ = try await harness.call("process_lead", form)
    let after = try harness.stores.lead(known.id, in: .default)
    #expect(after?.contact.name == known.contact.name && after?.hasConsent == false)
  }

  @Test func whoWasClosedAndSendsAnotherFormIsTakenInAnew() async throws {
    let harness = try ToolHarness()
    var form = EngagementBench.question
    form["createdAt"] = "2025-12-30T12:00:00Z"
    let lead = try await harness.call("process_lead", form)["leadID"] ?? .null
    _ = try await harness.call(
      "record_outcome",
      ["leadID": lead, "disposition": "lost", "occurredAt": "2025-12-31T12:00:00Z"])
    form["createdAt"] = nil
    form["message"] = "We have thought about it: what does it cost?"
    let second = try await harness.call("process_lead", form)
    #expect(second["engagement"]?["leadID"] == lead && second["engagement"]?["state"] == "running")
    #expect(try await harness.call("get_journey", ["leadID": lead])["stage"] == "engaged")
  }

  @Test(arguments: [
    ("support", "support"), ("job_application", "recruiting"),
  ])
  func whatIsNotForCampaignsIsForThoseWhoseMatterItIs(
    _ intent: String, _ role: String
  ) async throws {
    let harness = try ToolHarness()
    var form = EngagementBench.question
    form["intent"] = .string(intent)
    for _ in 1...2 {
      let result = try await harness.call("process_lead", form)
      #expect(result["outcome"] == "succeeded" && result["engagement"] == nil)
      form["leadID"] = result["leadID"]
    }
    let work = try await harness.claimed(["role": .string(role), "capacity": 9])
    #expect(work["kind"] == "handle_request" && work["leadID"] == form["leadID"])
    #expect(try await harness.claimed(["role": .string(role)]) == .null)
  }

  @Test func whoHasNotAgreedIsOnlyAnswered() async throws {
    let harness = try ToolHarness()
    var form = EngagementBench.question
    form["consent"] = nil
    let result = try await harness.call("process_lead", form)
    #expect(result["nextAction"]?["action"] == "reply_only")
    let steps = result["engagement"]?["steps"]?.arrayValue ?? []
    #expect(result["engagement"]?["category"] == "general_inquiry")
    let sent = steps.filter { $0["messageID"] != nil }.map { $0["purpose"] }
    #expect(sent.count == 2 && sent.allSatisfy { $0 == "reply" })
    // What wants consent is kept back.
    #expect(steps.last?["gate"] == "consent")
  }

  @Test func whoHasWrittenNothingIsSentNoAnswer() async throws {
    let harness = try ToolHarness()
    for consent: JSONValue? in [nil, false] {
      var lead: JSONObject = ["email": "bob@acme.test", "timeZone": "Europe/Oslo"]
      lead["consent"] = consent
      let id = try await harness.newLead(lead)
      let planned = try await harness.call(
        "plan_engagement", ["leadID": .string(id), "category": "general_inquiry"])
      let steps = planned["engagement"]?["steps"]?.arrayValue ?? []
      #expect(!steps.isEmpty && steps.allSatisfy { $0["gate"] == "consent" })
    }
  }

  @Test func whoRefusesByOneFormIsNotWrittenToByAnother() async throws {
    let harness = try ToolHarness()
    let first = try await harness.call("process_lead", EngagementBench.question)
    let engagement = first["engagement"]?["engagementID"] ?? .null
    // Another lead of the same address says so, on a way that does not merge the two.
    _ = try await harness.call(
      "triage_lead",
      ["email": "Ann@Acme.test", "message": "Unsubscribe me and never contact me again"])
    let ended = try await harness.call("get_engagement", ["engagementID": engagement])
    #expect(ended["engagement"]?["exit"] == "unsubscribe")
  }

  @Test func oneIsToLookAtItNotFour() async throws {
    let harness = try ToolHarness()
    var lead: JSONObject = [
      "name": "Ann Berg", "company": "Acme", "consent": true, "message": "How does it work?",
    ]
    var named: [JSONValue?] = []
    for _ in 1...3 {
      let result = try await harness.call("process_lead", lead)
      named.append(result["escalationID"])
      lead = ["leadID": result["leadID"] ?? .null]
    }
    let open = try await harness.call("list_escalations", [:])["escalations"]?.arrayValue ?? []
    #expect(open.count == 1 && named == .init(repeating: open.first?["escalationID"], count: 3))
  }

  @Test func formsThatComeAtOnceAreOneMatter() async throws {
    let harness = try ToolHarness()
    let results = try await withThrowingTaskGroup(of: JSONValue.self) { group in
      for _ in 0..<8 {
        group.addTask { .object(try await harness.call("process_lead", EngagementBench.question)) }
      }
      var results: [JSONValue] = []
      for try await result in group { results.append(result) }
      return results
    }
    #expect(results.allSatisfy { $0["outcome"] == "succeeded" })
    #expect(Set(results.map { $0["leadID"] }).count == 8)
    let running = try await harness.stores.counts(in: .default)
    #expect(running[.queued] ?? 0 > 0)
    #expect(try harness.stores.counts(in: .default) as [WorkCount] == [])
  }

  @Test func whoOptsOutMeanwhileHearsNoMore() async throws {
    let harness = try ToolHarness()
    let first = try await harness.call("process_lead", EngagementBench.question)
    let again = try await harness.call(
      "process_lead", ["leadID": first["leadID"] ?? .null, "message": "Unsubscribe me please"])
    #expect(again["outcome"] == "succeeded")
    let counts = try await harness.stores.counts(in: .default)
    #expect(counts[.queued] == nil && counts[.cancelled] != nil)
  }

  @Test func whoCannotBeReachedIsForAPerson() async throws {
    let harness = try ToolHarness()
    let result = try await harness.call(
      "process_lead",
      ["name": "Ann Berg", "company": "Acme", "consent": true, "message": "How does it work?"])
    #expect(result["outcome"] == "manual")
    let open = try await harness.call("list_escalations", [:])
    #expect(open["escalations"]?.arrayValue?.count == 1)
    // No agent is asked to try it too.
    #expect(try harness.stores.counts(in: .default) as [WorkCount] == [])
  }

  static let refused: [(JSONObject, String)] = [
    (["email": "no address"], "email"), (["leadID": "nobody"], "leadID"),
    (["email": "a@b.test", "values": ["topic": 1]], "values"),
    (["email": "a@b.test", "intent": "dance"], "intent"),
  ]

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let harness = try ToolHarness()
    let message = try await harness.failure("process_lead", arguments)
    #expect(message.contains(named), "\(message)")
    #expect(try harness.events().isEmpty)
  }
}
