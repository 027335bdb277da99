import JSONRPC
import LeadModels
import MCP
import Marketing
import Testing

/// What triage says when a trained model answers, or the one that learns at once.
@Suite(.timeLimit(.minutes(3))) struct TrainedTriageTests {
  private static let leads = ScoringLeads(30, seed: 3)

  /// A harness in which a model answers.
  private static func harness(_ model: String) async throws -> ToolHarness {
    let harness = try ToolHarness()
    switch model {
    case "trained": try await harness.add("leads", activating: true)
    case "incremental":
      try await harness.store(ScoringLeads(80, seed: 9))
      _ = try await harness.call("activate_model", ["model": "incremental"])
    default: break
    }
    return harness
  }

  @Test(arguments: ["scorecard", "trained", "incremental"])
  func contributionsAddUp(_ model: String) async throws {
    let harness = try await Self.harness(model)
    for place in Self.leads.rows.indices {
      var fields = Self.leads.fields(place)
      if place % 3 == 1 { fields["attributes"] = nil }
      if place % 3 == 2 { fields["source"] = "Never seen" }
      let triage = try await harness.call("triage_lead", fields)
      #expect(triage.modelVersion?.hasPrefix(model == "trained" ? "leads-1" : model) == true)
      #expect(abs(triage.imbalance) < 1e-9, "\(place)")
      #expect(triage["reasons"]?.arrayValue?.last?["field"] == "intercept")
      #expect(triage["calibrated"] == .bool(model == "trained"))
    }
  }

  @Test(arguments: ["trained", "incremental"])
  func whatIsNotKnownLowersConfidence(_ model: String) async throws {
    let harness = try await Self.harness(model)
    let place = try #require(Self.leads.rows.indices.first { Self.leads.rows[$0].visits != nil })
    let whole = Self.leads.fields(place)
    var unseen = whole
    unseen["source"] = "Carrier pigeon"
    var missing = whole
    missing["source"] = nil
    let answers = try await [whole, unseen, missing].asyncMap {
      try await harness.call("triage_lead", $0)
    }
    let confidence = answers.map { $0["confidence"]?.doubleValue ?? .nan }
    #expect(confidence[1] < confidence[0] && confidence[2] < confidence[0])
    let name = model == "trained" ? "Lead Source: " : "source: "
    let words =
      model == "trained" ? "The model was trained without this value" : "it says nothing"
    #expect(answers[1].warnings.contains { $0.hasPrefix(name) && $0.contains(words) })
    #expect(!answers[2].warnings.contains { $0.hasPrefix(name) })
    #expect(!answers[0].warnings.contains { $0.hasPrefix(name) })
    // What could not be read is no reason to fail either.
    var odd = whole
    odd["attributes"] = ["visits": "a few", "plan": ["x": 1]]
    let answer = try await harness.call("triage_lead", odd)
    #expect(abs(answer.imbalance) < 1e-9)
    if model == "trained" {
      #expect(answer.warnings.contains { $0.hasPrefix("visits: ") && $0.contains("be read") })
    }
  }

  @Test func outcomesTeachAtOnce() async throws {
    let harness = try await Self.harness("incremental")
    let lead: JSONObject = ["email": "eva@acme.test", "source": "Fair", "industry": "Retail"]
    let before = try await harness.call("triage_lead", lead)
    for place in 0..<12 {
      let id = try await harness.newLead([
        "email": .string("fair\(place)@acme.test"), "source": "Fair", "industry": "Retail",
      ])
      _ = try await harness.call(
        "record_outcome", ["leadID": .string(id), "disposition": "converted"])
    }
    let after = try await harness.call("triage_lead", lead)
    #expect(after.modelVersion != before.modelVersion)
    #expect(
      (after["probability"]?.doubleValue ?? 0) > (before["probability"]?.doubleValue ?? 1) + 0.05)
    // What is taken back is not learned any more.
    let id = try #require(after["leadID"]?.stringValue)
    let counts = try await harness.stores.lessonCounts(in: .default)
    _ = try await harness.call("record_outcome", ["leadID": .string(id), "disposition": "lost"])
    _ = try await harness.call(
      "record_outcome", ["leadID": .string(id), "disposition": "converted", "replace": true])
    let next = try await harness.stores.lessonCounts(in: .default)
    #expect(next.leads.won == counts.leads.won + 1 && next.leads.lost == counts.leads.lost)
  }

  @Test func aRefusalIsHeededOnce() async throws {
    let harness = try await Self.harness("trained")
    let id = try await harness.newLead([
      "email": "eva@acme.test", "source": "Fair", "consent": true,
      "message": "Please unsubscribe me.",
    ])
    func consent() throws -> Bool? {
      try harness.stores.lead(LeadID(rawValue: id), in: .default)?.hasConsent
    }
    #expect(try consent() == false)
    let given = try await harness.call(
      "triage_lead", ["leadID": .string(id), "consent": true])
    #expect(try consent() == true)
    #expect(abs(given.imbalance) < 1e-9)
    // The same message is not heeded again, also not by another model.
    _ = try await harness.call("triage_lead", ["leadID": .string(id), "source": "Referral"])
    #expect(try consent() == true)
    _ = try await harness.call("activate_model", ["model": "scorecard"])
    _ = try await harness.call("triage_lead", ["leadID": .string(id), "source": "Fair"])
    #expect(try consent() == true)
    // A new one is.
    _ = try await harness.call(
      "triage_lead", ["leadID": .string(id), "message": "I said: remove me from your list"])
    #expect(try consent() == false)
  }

  @Test func anotherProcessesChoiceCountsAtOnce() async throws {
    let first = try await Self.harness("trained")
    let second = try ToolHarness(stores: first.stores)
    let lead = Self.leads.fields(0)
    #expect(try await second.call("triage_lead", lead).modelVersion == "leads-1")
    _ = try await first.call("activate_model", ["rollBack": true])
    #expect(try await second.call("triage_lead", lead).modelVersion == "scorecard-1")
  }
}

extension Array {
  func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
