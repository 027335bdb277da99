import JSONRPC
import Marketing
import MarketingTools
import MetricsTestKit
import ServerApp
import Testing

/// What is counted of recent leads: kept, shown, and said once.
@Suite(.timeLimit(.minutes(3))) struct ModelDriftTests {
  private static let labels = [("workspace", "default"), ("model", "leads-1")]

  @Test func aChangeOfTheStatusMakesOneEvent() async throws {
    let stores = InMemoryStores()
    let first = try UpkeepHarness(stores)
    let second = try UpkeepHarness(stores)
    try await first.activate()
    try await first.count(600)
    // The base rate is not known yet, so that what holds is not that all is well.
    for harness in [first, second, first] { await harness.upkeep().keepDrift() }
    #expect(try first.modelEvents().filter { $0.hasPrefix("model.drifted") } == [])
    try await second.count(1200, isShifted: true)
    for harness in [first, second, first, second] { await harness.upkeep().keepDrift() }
    #expect(
      try first.modelEvents().filter { $0.hasPrefix("model.drifted") }
        == ["model.drifted leads-1 alarm source"])
    let notices = second.log.withLock { $0.filter { $0.contains("differ") } }
    #expect(notices.count == 1)
    #expect(notices.first?.hasPrefix("notice ") == true)
    #expect(notices.first?.contains("field=source") == true)
    #expect(first.log.withLock { $0 } == [])
    // What both have counted.
    #expect(first.gauge("leadrelay_model_drift_status", Self.labels) == 2)
    let index = try #require(
      first.gauge("leadrelay_model_psi", Self.labels + [("field", "source")]))
    #expect(index > 0.25)
    #expect(
      second.gauge("leadrelay_model_psi", Self.labels + [("field", "source")]) == index)
    #expect(first.gauge("leadrelay_model_psi", Self.labels + [("field", "region")]) == nil)
  }

  @Test func gaugesShowTheModelThatAnswersAndNoOther() async throws {
    let harness = try UpkeepHarness()
    try await harness.addLeads(0..<4)
    harness.pass(.seconds(60))
    let model = try await harness.activate()
    let upkeep = harness.upkeep()
    await upkeep.keepDrift()
    let report = model.report
    #expect(
      harness.gauge(
        "leadrelay_model_info",
        Self.labels + [
          ("kind", report.kind.rawValue), ("calibration", report.calibration.rawValue),
        ]) == 1)
    #expect(harness.gauge("leadrelay_model_drift_status", Self.labels) == -1)
    let trained = Self.labels + [("period", "trained")]
    let recent = Self.labels + [("period", "recent")]
    #expect(
      harness.gauge("leadrelay_model_base_rate", trained)
        == Double(report.positives) / Double(report.rows))
    #expect(harness.gauge("leadrelay_model_base_rate", recent) == nil, "no outcome came since")
    try await harness.addLeads(4..<8)
    await upkeep.keepDrift()
    #expect(harness.gauge("leadrelay_model_base_rate", recent) == 0.75)
    _ = try await harness.desk.activate("scorecard", actor: "tests", in: .default)
    await upkeep.keepDrift()
    #expect(harness.metrics.meters.map(\.label) == [])
    _ = try await harness.desk.rollBack(actor: "tests", in: .default)
    await upkeep.keepDrift()
    #expect(harness.gauge("leadrelay_model_drift_status", Self.labels) == -1)
  }

  @Test func whatWasCountedIsThereAfterARestart() async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/l.sqlite"
      try await UpkeepApplication.with(path) { application, client in
        let model = try await application.models.importModel(
          "leads", bytes: try await SampleModel.bytes.value, actor: "tests", in: .default)
        _ = try await application.models.activate(model.id.rawValue, actor: "tests", in: .default)
        for number in 0..<3 {
          _ = try await client.call(
            "triage_lead", ["email": "a\(number)@acme.example", "source": "Ads"])
        }
      }
      for expected in [3.0, 4.0] {
        try await UpkeepApplication.with(path) { application, client in
          let report = try await client.call("get_model_report", ["model": "leads-1"])
          #expect(report["drift"]?["rows"]?.doubleValue == expected)
          _ = try await client.call(
            "triage_lead", ["email": "b\(Int(expected))@acme.example", "source": "Ads"])
        }
      }
    }
  }
}
