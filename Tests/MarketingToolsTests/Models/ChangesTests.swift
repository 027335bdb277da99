import JSONRPC
import MCP
import Marketing
import Testing

/// What would move a lead to a better category: re-scored, not read off a contribution.
@Suite(.timeLimit(.minutes(3))) struct ChangesTests {
  struct Change: Sendable {
    let field: String
    let text: String
    let score: Double
    let category: String

    init(_ json: JSONValue) throws {
      field = try #require(json["field"]?.stringValue)
      text = try #require(json["text"]?.stringValue)
      score = try #require(json["score"]?.doubleValue)
      category = try #require(json["category"]?.stringValue)
    }
  }

  private static func changes(_ triage: JSONObject) throws -> [Change] {
    try (triage["changes"]?.arrayValue ?? []).map(Change.init)
  }

  /// Each change is made by hand, through the tools; the score is the one that was told.
  private static func check(
    _ change: Change, of fields: JSONObject, in harness: ToolHarness
  ) async throws {
    var fields = fields
    // A lead of its own: duplicates share what happened with them.
    let name = fields["email"]?.stringValue ?? ""
    fields["email"] = .string("\(change.field)-\(name)")
    let after: JSONObject
    switch change.field {
    case "consent":
      fields["consent"] = true
      after = try await harness.call("triage_lead", fields)
    case let field where field.hasPrefix("interactions."):
      let days = try #require(
        change.text.split(separator: " ").compactMap { Int($0) }.first)
      let id = try await harness.newLead(fields)
      let later = try ToolHarness(stores: harness.stores, now: ToolHarness.now + .days(days))
      _ = try await later.call(
        "record_interaction",
        [
          "leadID": .string(id), "channel": "email", "outcome": "positive",
          "kind": .string(String(field.dropFirst("interactions.".count))),
        ])
      after = try await later.call("triage_lead", ["leadID": .string(id)])
    default:
      let words = change.text.dropFirst(change.field.count).split(separator: " ")
      var attributes = fields["attributes"]?.objectValue ?? [:]
      attributes[change.field] = JSONValue(
        try #require(words.dropFirst().first.flatMap { Double($0) }))
      fields["attributes"] = .object(attributes)
      after = try await harness.call("triage_lead", fields)
    }
    #expect(
      after["score"]?.doubleValue == change.score,
      "\(change.text) \(JSONWriter.text(of: after["reasons"] ?? .null))")
    #expect(after["category"]?.stringValue == change.category, "\(change.text)")
  }

  @Test(arguments: ["scorecard", "trained"])
  func eachIsWhatTheModelSaysOfIt(_ model: String) async throws {
    let harness = try ToolHarness()
    if model == "trained" { try await harness.add("leads", activating: true) }
    let leads = ScoringLeads(12, seed: 31)
    var fields: Set<String> = []
    for place in leads.rows.indices {
      let triage = try await harness.call("triage_lead", leads.fields(place))
      let changes = try Self.changes(triage)
      let score = try #require(triage["score"]?.doubleValue)
      if triage["category"] == "campaign_qualified" {
        #expect(changes.isEmpty)
        continue
      }
      #expect(changes.count <= 3)
      for change in changes {
        #expect(change.score > score, "\(change.text)")
        try await Self.check(change, of: leads.fields(place), in: harness)
        fields.insert(change.field)
      }
    }
    if model == "trained" {
      #expect(fields.contains("visits"))
    } else {
      #expect(fields.contains { $0.hasPrefix("interactions.") })
    }
  }

  @Test func whoIsWonOrRefusesGetsNone() async throws {
    let harness = try ToolHarness()
    let plain: JSONObject = ["email": "eva@acme.test", "source": "Fair"]
    let id = try await harness.newLead(plain)
    let open = try await harness.call("triage_lead", ["leadID": .string(id)])
    #expect(try !Self.changes(open).isEmpty)
    let refused = try await harness.call(
      "triage_lead", ["leadID": .string(id), "consent": false])
    #expect(try Self.changes(refused).isEmpty)
    let again = try await harness.call("triage_lead", ["leadID": .string(id), "consent": true])
    #expect(try !Self.changes(again).isEmpty)
    _ = try await harness.call(
      "record_outcome", ["leadID": .string(id), "disposition": "converted"])
    let won = try await harness.call("triage_lead", ["leadID": .string(id)])
    #expect(try Self.changes(won).isEmpty)
  }
}
