import Foundation
import JSONRPC
import Marketing
import Testing

/// The example of `analyze_experiment` is what its experiment's data come to.
@Suite struct ExperimentExampleTests {
  private static func file(_ path: String) throws -> JSONValue {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try JSONParser().parse(Array(Data(contentsOf: root.appending(path: path))))
  }

  private static func analysis() throws -> ExperimentAnalysis {
    let start = try #require(Timestamp(iso8601: "2025-07-15T12:00:00Z"))
    var design = ExperimentDesign(minimumEffect: 0.1, horizonDays: 28)
    design.baselineRate = 0.05
    design.unitsPerArm = 31_231
    let experiment = Experiment(
      id: "exp_subject", name: "Subject line", hypothesis: "A question is opened more often",
      variants: [ExperimentVariant("A", isControl: true), ExperimentVariant("B")],
      primaryMetric: .reply, design: design, startedAt: start)
    let data = ExperimentData(
      exposures: [
        .init(day: 0, variant: "A", units: 502), .init(day: 0, variant: "B", units: 498),
      ], outcomes: [.init(day: 0, variant: "B", metric: .reply, successes: 3)])
    return try ExperimentAnalysis.analyze(experiment, data, now: start + .seconds(23 * 3600))
  }

  private func check(_ example: JSONValue?) throws {
    let analysis = try Self.analysis()
    let verdict = example?["verdict"]
    #expect(verdict?["text"]?.stringValue == analysis.verdict.text)
    #expect(verdict?["rule"]?.stringValue == analysis.verdict.rule)
    #expect(verdict?["decision"]?.stringValue == analysis.verdict.decision.rawValue)
    let (known, told) = (analysis.sufficiency, example?["sufficiency"])
    #expect(told?["status"]?.stringValue == known.status.rawValue)
    #expect(told?["fraction"]?.doubleValue == known.fraction?.rounded(to: 3))
    #expect(told?["expectedDaysLeft"]?.doubleValue == Double(known.expectedDaysLeft))
    #expect(example?["sequential"]?.arrayValue?.first?["look"]?.doubleValue == 0)
    #expect(analysis.sequential.first?.made == 0)
    let guardrails = example?["guardrails"]?.arrayValue ?? []
    #expect(
      guardrails.map { $0["metric"]?.stringValue } == analysis.guardrails.map(\.metric.rawValue))
    #expect(
      guardrails.map { $0["status"]?.stringValue } == analysis.guardrails.map(\.status.rawValue))
    #expect(example?["page"]?.stringValue == "experiment-report://exp_subject")
  }

  @Test func theContractsExample() throws {
    try check(
      Self.file("tools-schema/analyze_experiment.json")["examples"]?.arrayValue?.first?["result"])
  }

  @Test func theDescriptionsExample() throws {
    let answer = try Self.file("resources/openapi/openapi.json")["paths"]?[
      "/api/v1/experiments/{id}"]?["get"]?["responses"]?["200"]?["content"]
    try check(answer?["application/json"]?["examples"]?["first"]?["value"])
  }

  /// Of one file is said what the other says.
  @Test func looksAreToldAsPlanned() throws {
    let contract = try Self.file("tools-schema/create_experiment.json")["description"]
    let described = try Self.file("resources/openapi/openapi.json")["paths"]?[
      "/api/v1/experiments"]?["post"]?["description"]
    #expect(contract == described)
    let isTold = contract?.stringValue?.contains("daily, above 60 days weekly") ?? false
    #expect(isTold)
    #expect(ExperimentDesign(minimumEffect: 0.1, horizonDays: 60).daysPerLook == 1)
    #expect(ExperimentDesign(minimumEffect: 0.1, horizonDays: 61).daysPerLook == 7)
  }
}
