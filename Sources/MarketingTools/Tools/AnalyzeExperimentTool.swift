import JSONRPC
package import MCP
import Marketing

/// Says what an experiment's data tell so far, and by which rule.
package struct AnalyzeExperimentTool: Tool {
  /// Which experiment.
  package struct Arguments: Decodable, Sendable {
    var experimentID: ExperimentID
  }

  /// The verdict first, then what it rests on.
  package struct Output: Encodable, Sendable {
    let experiment: ExperimentEntry
    let verdict: ExperimentAnalysis.Verdict
    let sufficiency: ExperimentAnalysis.Sufficiency
    let allocations: [ExperimentAnalysis.Allocation]
    let ratioCheck: ExperimentAnalysis.RatioCheck?
    let metrics: [MetricAnalysis]
    let sequential: [Sequential]
    let guardrails: [GuardrailFinding]
    let toStop: [String]
    let nextShares: [String: Double]?
    let page: String
  }

  /// Where a variant stands to its boundary.
  package struct Sequential: Encodable, Sendable {
    let variant: String
    let alpha: Double
    let look: Int
    let plannedLooks: Int
    let z: Double?
    let boundary: Double?
    let crossedAt: Int?
    let isBetter: Bool?

    init(_ test: SequentialTest) {
      variant = test.variant
      alpha = test.alpha
      look = test.made
      plannedLooks = test.looks.count
      z = test.current?.z
      boundary = test.current?.boundary
      crossedAt = test.crossedAt
      isBetter = test.isBetter
    }
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("analyze_experiment")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let environment = environment
    let (experiment, analysis) = try await storing(context) { () async throws(StoreError) in
      try await environment.experiments.analysis(
        of: arguments.experimentID, at: environment.now(), in: context.workspace)
    }
    return Output(experiment, analysis)
  }
}

extension AnalyzeExperimentTool.Output {
  init(_ experiment: Experiment, _ analysis: ExperimentAnalysis) {
    self.init(
      experiment: ExperimentEntry(experiment), verdict: analysis.verdict,
      sufficiency: analysis.sufficiency, allocations: analysis.allocations,
      ratioCheck: analysis.ratioCheck, metrics: analysis.metrics,
      sequential: analysis.sequential.map(AnalyzeExperimentTool.Sequential.init),
      guardrails: analysis.guardrails, toStop: analysis.toStop, nextShares: analysis.nextShares,
      page: ExperimentResource.reportURI(experiment.id))
  }
}
