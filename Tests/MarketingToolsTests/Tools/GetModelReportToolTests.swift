import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite(.timeLimit(.minutes(3))) struct GetModelReportToolTests {
  @Test func theReportIsAllThatWasFoundOut() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads")
    let report = try await harness.call("get_model_report", ["model": "leads"])
    #expect(report["model"] == "leads-1" && report["createdBy"] == "tester")
    #expect(report["active"] == false && report["challenger"] == false)
    #expect(report["drift"] == nil && report["shadows"] == [])
    #expect(report["page"] == "model-report://leads-1")
    let known = try await TrainedModels.full.value.report
    let told = try JSONValueDecoder().decode(
      ModelReport.self, from: try #require(report["report"]))
    #expect(told == known)
  }

  @Test func theActiveOneIsMeantWhereNoneIsNamed() async throws {
    let harness = try ToolHarness()
    let none = try await harness.failure("get_model_report", [:])
    #expect(none.contains("'scorecard' answers") && none.contains("list_models"))
    try await harness.add("leads", activating: true)
    let report = try await harness.call("get_model_report", [:])
    #expect(report["model"] == "leads-1" && report["active"] == true)
    #expect(report["drift"]?["status"] == "insufficient" && report["drift"]?["rows"] == 0)
    let wrong = try await harness.failure("get_model_report", ["model": "leads-7"])
    #expect(wrong.contains("'leads-7'") && wrong.contains("leads-1"))
  }

  @Test func modelsSideBySideAreJudgedOnTheSameLeads() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    try await harness.add("leads", TrainedModels.weak)
    // Before the challenger there is nothing to compare.
    try await harness.store(ScoringLeads(60, seed: 5))
    #expect(try await harness.call("get_model_report", [:])["shadows"] == [])
    _ = try await harness.call("activate_model", ["challenger": "leads-2"])
    try await harness.store(ScoringLeads(150, seed: 6))
    let report = try await harness.call("get_model_report", ["model": "leads-2"])
    #expect(report["challenger"] == true && report["active"] == false)
    let shadows = try #require(report["shadows"]?.arrayValue)
    // The model that learns at once is compared too, once it knows enough.
    #expect(
      Set(shadows.compactMap { $0["model"]?.stringValue }) == ["leads-1", "leads-2", "incremental"])
    let losses = shadows.compactMap { $0["metrics"]?["logLoss"]?.doubleValue }
    #expect(losses == losses.sorted())
    #expect(Set(shadows.map { $0["metrics"]?["rows"] }).count == 1)
    #expect(shadows[0]["metrics"]?["rows"] == 150)
    let ranks = Dictionary(
      uniqueKeysWithValues: shadows.map {
        ($0["model"]?.stringValue ?? "", $0["metrics"]?["auc"]?.doubleValue ?? 0)
      })
    #expect((ranks["leads-1"] ?? 0) > (ranks["leads-2"] ?? 1))
  }

  static let leads: [(shift: Int, status: String)] = [(0, "stable"), (6, "alarm")]

  @Test(arguments: leads.indices)
  func recentLeadsAreHeldAgainstTrainings(_ index: Int) async throws {
    let (shift, status) = Self.leads[index]
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    let leads = ScoringLeads(600, seed: 21, shift: shift)
    let drafts = leads.rows.indices.map { JSONValue.object(leads.fields($0)) }
    _ = try await harness.call("triage_leads", ["leads": .array(drafts), "resultLimit": 0])
    let drift = try #require(try await harness.call("get_model_report", [:])["drift"])
    #expect(drift["rows"] == 600)
    #expect(drift["status"] == .string(status), "\(JSONWriter.text(of: drift))")
    let warned = try await harness.call("triage_lead", leads.fields(0)).warnings
      .filter { $0.contains("population stability index") }
    if shift == 0 {
      #expect(warned.isEmpty)
    } else {
      #expect(drift["fields"]?[0]?["field"] == "visits")
      #expect((drift["fields"]?[0]?["index"]?.doubleValue ?? 0) >= 0.25)
      #expect(warned.count == 1 && warned[0].hasPrefix("visits: ") && warned[0].contains("alarm"))
    }
    // Another process goes on where this one stopped.
    _ = try await harness.models.models.keepDrift(
      at: ToolHarness.now, actor: "test", in: .default)
    let next = try ToolHarness(stores: harness.stores)
    let known = try await next.call("get_model_report", [:])["drift"]?["rows"]
    #expect(known == 601)
  }

  @Test func thePicturesAreAResource() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    let page = try await harness.withClient { client in
      try await client.request("resources/read", ["uri": "model-report://leads-1"])
    }
    #expect(page["contents"]?[0]?["mimeType"] == "text/html")
    let text = try #require(page["contents"]?[0]?["text"]?.stringValue)
    #expect(text.contains("leads-1") && text.contains("<svg"))
    await #expect(throws: RPCError.self) {
      try await harness.withClient { client in
        try await client.request("resources/read", ["uri": "model-report://leads-2"])
      }
    }
  }
}
