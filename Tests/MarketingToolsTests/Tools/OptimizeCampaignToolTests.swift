import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct OptimizeCampaignToolTests {
  @Test func leadsThatCostTooMuchLowerTheBid() async throws {
    let harness = try ToolHarness()
    try await harness.recordDays("CMP1", 28, cost: { $0 < 21 ? 25 : 75 })
    let found = try await harness.call("optimize_campaign", ["campaignID": "CMP1"])
    #expect(found["findings"]?[0]?["rule"] == "cpl" && found["stored"] == true)
    let proposal = try #require(found["proposals"]?[0])
    #expect(proposal["kind"] == "bid_change" && proposal["state"] == "proposed")
    let change = try #require(proposal["changes"]?[0])
    #expect(change["control"] == "bid/search")
    let to = try #require(change["to"]?["multiplier"]?.doubleValue)
    #expect(to < 1 && to >= 0.8)
    #expect(proposal["undo"]?.stringValue?.contains("revert_optimization") == true)
    #expect(found["escalationID"] == nil)
    let events = try harness.stores.events(after: 0, limit: 100).map(\.event)
    #expect(events.last?.kind == .optimizationProposed && events.last?.campaignID == "CMP1")
    // Proposed anew it takes the place of what was open.
    let again = try await harness.call("optimize_campaign", ["campaignID": "CMP1"])
    let first = try #require(proposal["optimizationID"]?.stringValue)
    #expect(again["proposals"]?[0]?["optimizationID"]?.stringValue != first)
    #expect(
      try harness.stores.optimization(OptimizationID(rawValue: first), in: .default)?.state
        == .expired)
  }

  @Test func severalRulesAtOnceAreAskedOfAPerson() async throws {
    let harness = try ToolHarness()
    try await harness.recordDays(
      "CMP1", 28, cost: { $0 < 21 ? 25 : 75 }, clicks: { $0 < 21 ? 300 : 120 })
    let found = try await harness.call("optimize_campaign", ["campaignID": "CMP1"])
    #expect(found["proposals"] == [])
    let id = try #require(found["escalationID"]?.stringValue)
    let open = try await harness.call("list_escalations", ["owner": "campaign-manager"])
    let escalation = try #require(open["escalations"]?[0])
    #expect(escalation["escalationID"] == .string(id) && escalation["subject"] == "CMP1")
    #expect(escalation["context"]?["findings"]?.arrayValue?.count ?? 0 >= 2)
    let again = try await harness.call("optimize_campaign", ["campaignID": "CMP1"])
    #expect(again["escalationID"] == .string(id))
  }

  /// Of two poor creatives none is known to be better: a test can tell, and nobody has to be asked.
  @Test func whatIsUncertainIsTested() async throws {
    let harness = try ToolHarness()
    let rows = (1...14).flatMap { ago in
      [("A", 54), ("B", 57)].map { variant, clicks -> JSONValue in
        [
          "campaignID": "CMP1", "day": .string((CalendarDay(ToolHarness.now) + -ago).iso8601),
          "channel": "search", "variant": .string(variant), "impressions": 4000,
          "clicks": JSONValue(clicks),
        ]
      }
    }
    _ = try await harness.call("record_campaign_metrics", ["metrics": .array(rows)])
    let found = try await harness.call("optimize_campaign", ["campaignID": "CMP1"])
    #expect(found["findings"]?[0]?["rule"] == "ctr" && found["escalationID"] == nil)
    let plan = try #require(found["experiment"]?.objectValue)
    let made = try await harness.call("create_experiment", plan)
    #expect(made["isNew"] == true && made["experiment"]?["unit"] == "impression")
    let variants = made["experiment"]?["variants"]?.arrayValue ?? []
    #expect(variants.map { $0["name"] } == ["A", "B"] && variants[0]["control"] == true)
  }

  @Test func aHealthyCampaignIsLeftAlone() async throws {
    let harness = try ToolHarness()
    try await harness.recordDays("CMP1", 28, cost: { _ in 25 })
    let found = try await harness.call("optimize_campaign", ["campaignID": "CMP1"])
    #expect(found["proposals"] == [] && found["escalationID"] == nil)
    #expect(found["summary"]?.stringValue?.hasPrefix("Nothing to do") == true)
  }

  /// Budgets are cut only where what they free can be spent now.
  @Test func budgetsAreDividedAsFarAsAllOfItCanBeApplied() async throws {
    var settings = CampaignSettings()
    settings.policy.allDailyBudgetsCaps = ["USD": 300]
    let harness = try ToolHarness(campaigns: settings)
    for (id, revenue) in [("CMP1", 60_000.0), ("CMP2", 20_000)] {
      try await harness.importCampaign(id, dailyBudget: 100)
      try await harness.recordDays(id, 28, cost: { _ in 25 }, revenue: revenue)
    }
    let both: JSONObject = ["campaignID": "CMP2", "withCampaigns": ["CMP1"]]
    let found = try await harness.call("optimize_campaign", both)
    let proposals = found["proposals"]?.arrayValue ?? []
    #expect(proposals.count == 2)
    #expect(found["summary"] == found["budget"])
    var amounts: [JSONValue: Double] = [:]
    for proposal in proposals {
      let campaign = try #require(proposal["campaignID"])
      amounts[campaign] = proposal["changes"]?[0]?["to"]?["amount"]?.doubleValue
    }
    #expect(amounts == ["CMP1": 120, "CMP2": 80])
    // Others may spend so much that nothing can be raised.
    try await harness.importCampaign("CMP3", dailyBudget: 150)
    let capped = try await harness.call("optimize_campaign", both)
    #expect(capped["proposals"] == [])
    #expect(capped["budget"]?.stringValue?.contains("above their cap") == true)
    try await harness.importCampaign("CMP3", dailyBudget: 100)
    let again = try await harness.call("optimize_campaign", both)
    // The cut first, which frees what the raise spends.
    for proposal in again["proposals"]?.arrayValue ?? [] {
      let id = try #require(proposal["optimizationID"])
      let applied = try await harness.call(
        "apply_optimization", ["optimizationID": id, "dryRun": false, "approvedBy": "Maria"])
      #expect(applied["applied"] == true)
    }
    #expect(try harness.stores.controls(of: "CMP1", in: .default)[.dailyBudget]?.number == 120)
    // What was changed today stays for its cool-down.
    let held = try await harness.call("optimize_campaign", both)
    #expect(held["proposals"] == [])
    #expect(held["budget"]?.stringValue?.contains("cool-downs") == true)
  }

  @Test func lookingBackStoresNothing() async throws {
    let harness = try ToolHarness()
    try await harness.recordDays("CMP1", 28, cost: { $0 < 14 ? 75 : 25 })
    let before = try harness.stores.latestSequence()
    let day = CalendarDay(ToolHarness.now) + -15
    let found = try await harness.call(
      "optimize_campaign", ["campaignID": "CMP1", "asOf": .string(day.iso8601)])
    #expect(found["proposals"]?.arrayValue?.count == 1 && found["stored"] == false)
    #expect(try harness.stores.latestSequence() == before)
    let ahead = CalendarDay(ToolHarness.now) + 3
    let problem = try await harness.failure(
      "optimize_campaign", ["campaignID": "CMP1", "asOf": .string(ahead.iso8601)])
    #expect(problem.contains("/asOf"))
    let unknown = try await harness.failure("optimize_campaign", ["campaignID": "CMP9"])
    #expect(unknown.contains("'CMP9'"))
  }
}

extension ToolHarness {
  /// Records whole days of a search campaign up to yesterday: 10,000 impressions, 300 clicks, 200 leads that cost
  /// so much each, 30 conversions.
  /// - Parameter days: how many; the functions are given the number of the day, 0 for the first.
  func recordDays(
    _ campaign: String, _ days: Int, cost: (Int) -> Double, clicks: (Int) -> Int = { _ in 300 },
    revenue: Double = 30_000
  ) async throws {
    let first = CalendarDay(Self.now) + -days
    let rows = (0..<days).map { day -> JSONValue in
      [
        "campaignID": .string(campaign), "day": .string((first + day).iso8601),
        "channel": "search", "impressions": 10_000, "clicks": JSONValue(clicks(day)),
        "leads": 200, "conversions": 30, "spend": JSONValue(200 * cost(day)),
        "revenue": JSONValue(revenue), "currency": "USD",
      ]
    }
    _ = try await call("record_campaign_metrics", ["metrics": .array(rows)])
  }

  /// Stores a campaign as a row of its table.
  func importCampaign(_ id: String, dailyBudget: Double) async throws {
    var campaign = Campaign(id: CampaignID(rawValue: id), name: id)
    campaign.dailyBudget = Money(amount: dailyBudget, currency: "USD")
    let source = ImportSource(file: "/data/campaigns.csv", reading: .random(in: 1...(.max)))
    _ = try await stores.importRows(
      ImportStep(source: source, rows: .campaigns([campaign])),
      event: Event(
        id: EventID(rawValue: "evt_\(id)_\(dailyBudget)"), kind: .datasetImported,
        occurredAt: Self.now, actor: "tests"), in: .default)
  }

  /// Proposes to lower the bid of a campaign whose leads cost too much.
  /// - Returns: the proposal's name.
  func proposeBid(_ campaign: String = "CMP1") async throws -> String {
    try await recordDays(campaign, 28, cost: { $0 < 21 ? 25 : 75 })
    let found = try await call("optimize_campaign", ["campaignID": .string(campaign)])
    return try #require(found["proposals"]?[0]?["optimizationID"]?.stringValue)
  }
}
