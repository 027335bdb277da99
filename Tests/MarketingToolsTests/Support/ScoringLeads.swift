import JSONRPC
import LeadModels
import MCP
import Marketing
import MarketingTools
import Testing

/// Leads with a rule behind what becomes of them, the same for the same seed.
struct ScoringLeads: Sendable {
  struct Row: Sendable {
    let source: String
    let industry: String
    /// `nil` when it is not known.
    let visits: Int?
    let plan: String
    let agent: String
    let isConverted: Bool
  }

  let rows: [Row]

  static let sources = ["Webinar", "Referral", "Paid Search", "Fair"]
  static let industries = ["Software", "Retail", "Health"]
  static let plans = ["free", "team", "enterprise"]
  static let agents = ["Jane Doe", "Ole Nordmann", "Max Muster"]

  /// - Parameter shift: is added to every number of visits.
  init(_ count: Int, seed: UInt64 = 11, shift: Int = 0) {
    var random = Random(state: seed)
    rows = (0..<count).map { _ in
      let source = random.below(4)
      let plan = random.below(3)
      let visits = random.below(12)
      let pull =
        -3.6 + [1.6, 2.2, -0.4, 0.0][source] + [0, 0.6, 1.4][plan] + 0.35 * Double(visits)
      return Row(
        source: Self.sources[source], industry: Self.industries[random.below(3)],
        visits: random.below(12) == 0 ? nil : visits + shift, plan: Self.plans[plan],
        agent: Self.agents[random.below(3)], isConverted: random.unit() < logistic(pull))
    }
  }

  /// The same leads as a file; the outcome is in `Converted`.
  var csv: String {
    let lines = rows.map { row in
      [
        row.source, row.industry, row.visits.map(String.init) ?? "", row.plan, row.agent,
        row.isConverted ? "1" : "0",
      ].joined(separator: ",")
    }
    return (["Lead Source,Industry,visits,plan,Contact Name,Converted"] + lines)
      .joined(separator: "\n") + "\n"
  }

  /// The fields of a lead as `triage_lead` takes them.
  func fields(_ place: Int, createdAt: Timestamp? = nil) -> JSONObject {
    let row = rows[place]
    var fields: JSONObject = [
      "email": .string("lead\(place)@acme\(place).test"), "source": .string(row.source),
      "industry": .string(row.industry),
    ]
    var attributes: JSONObject = ["plan": .string(row.plan), "Contact Name": .string(row.agent)]
    if let visits = row.visits { attributes["visits"] = JSONValue(visits) }
    fields["attributes"] = .object(attributes)
    fields["createdAt"] = createdAt.map { .string($0.iso8601) }
    return fields
  }

  private struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: UInt64) -> Int { Int(next() % bound) }
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
  }
}

/// Models that are trained once for all tests.
enum TrainedModels {
  /// Trained on `ScoringLeads(400)` by the tool.
  static let full = Task { try await train([:]) }
  /// The same without the column of visits.
  static let weak = Task { try await train(["exclude": ["visits"]]) }

  private static func train(_ more: JSONObject) async throws -> NewScoringModel {
    let harness = try ToolHarness()
    var arguments: JSONObject = [
      "name": "once", "csv": .string(ScoringLeads(400).csv), "target": "Converted",
    ]
    for member in more { arguments[member.key] = member.value }
    _ = try await harness.call("train_scoring_model", arguments)
    let id = ScoringModelID(rawValue: "once-1")
    let stored = try #require(try harness.stores.model(id, in: .default))
    let content = try #require(try await harness.stores.content(of: id, in: .default))
    return NewScoringModel(
      name: "once", createdAt: stored.createdAt, createdBy: "tester", digest: stored.digest,
      content: content, trainingSeconds: stored.trainingSeconds, report: stored.report)
  }
}

extension ToolHarness {
  var workspace: WorkspaceID { WorkspaceID(rawValue: principal.workspace) }

  private static func time(of place: Int, daysAgo: Int) -> Timestamp {
    Timestamp(
      milliseconds: now.milliseconds - Int64(daysAgo) * 86_400_000 + Int64(place) * 43_200_000)
  }

  /// Every event, in order.
  func events() throws -> [Event] { try stores.events(after: 0, limit: 100_000).map(\.event) }

  /// Stores a model that was trained elsewhere.
  @discardableResult
  func add(
    _ name: String, _ model: Task<NewScoringModel, any Error> = TrainedModels.full,
    activating: Bool = false
  ) async throws -> ScoringModelID {
    var new = try await model.value
    new.name = name
    return try await stores.add(
      new, role: activating ? .active : .stored, events: { _ in [] }, in: workspace
    ).id
  }

  /// Triages leads and records what became of them, all in the past.
  /// - Returns: their names.
  @discardableResult
  func store(_ leads: ScoringLeads) async throws -> [String] {
    let drafts = leads.rows.indices.map { place -> JSONValue in
      .object(leads.fields(place, createdAt: Self.time(of: place, daysAgo: 300)))
    }
    return try await withClient { client in
      let triaged = try await client.request(
        "tools/call",
        [
          "name": "triage_leads",
          "arguments": ["leads": .array(drafts), "resultLimit": .init(drafts.count)],
        ])
      let results = triaged["structuredContent"]?["results"]?.arrayValue ?? []
      let names = results.compactMap { $0["leadID"]?.stringValue }
      try #require(names.count == drafts.count)
      for (place, name) in names.enumerated() {
        let at = Self.time(of: place, daysAgo: 280)
        let outcome = try await client.request(
          "tools/call",
          [
            "name": "record_outcome",
            "arguments": [
              "leadID": .string(name), "occurredAt": .string(at.iso8601),
              "disposition": leads.rows[place].isConverted ? "converted" : "lost",
            ],
          ])
        try #require(outcome["isError"] != true)
      }
      return names
    }
  }
}

extension JSONObject {
  /// The sum of all contributions of a triage, less the logit of its probability.
  var imbalance: Double {
    let sum = (self["reasons"]?.arrayValue ?? []).reduce(0) {
      $0 + ($1["contribution"]?.doubleValue ?? .nan)
    }
    return sum - logit(self["probability"]?.doubleValue ?? .nan)
  }

  var modelVersion: String? { self["modelVersion"]?.stringValue }
  var warnings: [String] { (self["warnings"]?.arrayValue ?? []).compactMap(\.stringValue) }
}
