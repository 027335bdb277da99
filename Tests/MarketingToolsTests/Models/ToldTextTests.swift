import JSONRPC
import MCP
import Marketing
import Testing

/// Reasons, warnings and changes say what a model makes of a lead, never what the lead wrote.
@Suite(.timeLimit(.minutes(3))) struct ToldTextTests {
  private static let marker = "Zq7 secret"

  /// A lead that wrote the marker wherever it can.
  private static let marked: JSONObject = [
    "name": .string("\(marker) Name"), "email": "zq7.secret@zq7secret.test",
    "jobTitle": .string("\(marker) Title"), "company": .string("\(marker) Company"),
    "source": .string("\(marker) Source"), "industry": .string("\(marker) Industry"),
    "region": .string("\(marker) Region"), "persona": .string("\(marker) Persona"),
    "companySize": "201-1000", "message": .string("\(marker) Message"),
    "attributes": [
      "plan": .string("\(marker) Plan"), "visits": .string("\(marker) Visits"),
      "Contact Name": .string("\(marker) Contact"), "other": .string("\(marker) Other"),
    ],
  ]

  private static func told(_ triage: JSONObject) -> String {
    ["reasons", "warnings", "changes", "nextAction"]
      .map { JSONWriter.text(of: triage[$0] ?? .null) }.joined().lowercased()
  }

  private static func expectNothing(_ triage: JSONObject, _ what: String) {
    let told = told(triage)
    #expect(!told.contains("zq7"), "\(what): \(told)")
  }

  @Test(arguments: ["scorecard", "trained", "incremental"])
  func whatOneLeadWroteIsNotRepeated(_ model: String) async throws {
    let harness = try ToolHarness()
    if model == "trained" { try await harness.add("leads", activating: true) }
    if model == "incremental" {
      try await harness.store(ScoringLeads(60, seed: 9))
      _ = try await harness.call("activate_model", ["model": "incremental"])
      // It has learned from what this one wrote, which few others have.
      let id = try await harness.newLead(Self.marked)
      _ = try await harness.call(
        "record_outcome", ["leadID": .string(id), "disposition": "converted"])
    }
    let triage = try await harness.call("triage_lead", Self.marked)
    Self.expectNothing(triage, model)
    let message = try await harness.call(
      "triage_lead", ["leadID": try #require(triage["leadID"]), "region": "Zq7 nowhere"])
    Self.expectNothing(message, model)
  }

  /// Trained on stored leads of which two wrote the same, each of them several rows.
  @Test func whatTwoLeadsWroteIsNotRepeated() async throws {
    let harness = try ToolHarness()
    let names = try await harness.store(ScoringLeads(130, seed: 4))
    for name in names.prefix(2) {
      _ = try await harness.call(
        "triage_lead",
        ["leadID": .string(name), "attributes": ["plan": .string("\(Self.marker) Plan")]])
    }
    _ = try await harness.call("train_scoring_model", ["name": "own", "role": "active"])
    let triage = try await harness.call("triage_lead", Self.marked)
    #expect(triage.modelVersion == "own-1")
    Self.expectNothing(triage, "own-1")
    // What many have is told.
    let common = try await harness.call("triage_lead", ScoringLeads(1).fields(0))
    #expect(ScoringLeads.sources.contains { Self.told(common).contains($0.lowercased()) })
  }

  /// A name that many rows of a file have is not told: the column names people.
  @Test func namesOfPeopleAreNotTold() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    let leads = ScoringLeads(20, seed: 14)
    for place in leads.rows.indices {
      let told = Self.told(try await harness.call("triage_lead", leads.fields(place)))
      for agent in ScoringLeads.agents {
        #expect(!told.contains(agent.lowercased()), "\(told)")
      }
    }
  }

  @Test func lessonsHoldCategoriesOnly() async throws {
    let harness = try ToolHarness()
    let leads: [JSONObject] = [
      Self.marked,
      [
        "name": "Eva Zq7", "email": "eva@zq7.test", "phone": "+47 22 33 44 55",
        "company": "Zq7 Ltd", "jobTitle": "Zq7 Chief", "message": "Zq7 wrote this",
        "source": "eva@zq7.test", "industry": "+47 2233 4455", "persona": "call 2233",
        "companySize": "11-50", "attributes": ["zq7": "zq7"],
      ],
    ]
    for fields in leads {
      let id = try await harness.newLead(fields)
      _ = try await harness.call(
        "record_outcome", ["leadID": .string(id), "disposition": "converted"])
    }
    let fields = try await harness.stores.lessonCounts(in: .default).fields
    #expect(
      Set(fields.keys).isSubset(of: [
        "source", "industry", "companySize", "region", "seniority", "consent", "preferredChannel",
        "phone", "message", "email",
      ]))
    let values = Set(fields.flatMap { $0.value.keys })
    for text in ["name", "title", "company", "message", "contact", "plan", "other"] {
      #expect(!values.contains("zq7 secret \(text)"), "\(text)")
    }
    #expect(!values.contains { $0.contains("@") || $0.contains("4455") })
    #expect(fields["email"]?.keys.sorted() == ["missing"])
    #expect(fields["phone"]?.keys.sorted() == ["given", "missing"])
  }
}
