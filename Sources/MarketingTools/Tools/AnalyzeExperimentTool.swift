import JSONRPC
package import MCP
import Marketing

/// Says what an experiment's data tell so far, and by which rule.
package struct AnalyzeExperimentTool: Tool {
  /// Which experiment.
  package struct Arguments: Decodable, Sendable {
    var experimentID: ExperimentID
    var segmentBy: Segment?
  }

  /// By what leads are told apart.
  package enum Segment: String, Decodable, Sendable {
    case source, industry, companySize, persona, region
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
    let segments: [SegmentFinding]?
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
    let (experiment, analysis, segments) = try await storing(context) {
      () async throws(StoreError) in
      let (desk, now) = (environment.experiments, environment.now())
      let found = try await desk.analysis(
        of: arguments.experimentID, at: now, in: context.workspace)
      var segments: [SegmentFinding]?
      if let field = arguments.segmentBy.flatMap({ LeadField(rawValue: $0.rawValue) }) {
        segments = try await desk.segments(
          of: found.experiment, by: field, at: now, in: context.workspace)
      }
      return (found.experiment, found.analysis, segments)
    }
    return Output(experiment, analysis, segments)
  }
}

extension AnalyzeExperimentTool.Output {
  init(
    _ experiment: Experiment, _ analysis: ExperimentAnalysis, _ segments: [SegmentFinding]? = nil
  ) {
    self.init(
      experiment: ExperimentEntry(experiment), verdict: analysis.verdict,
      sufficiency: analysis.sufficiency, allocations: analysis.allocations,
      ratioCheck: analysis.ratioCheck, metrics: analysis.metrics,
      sequential: analysis.sequential.map(AnalyzeExperimentTool.Sequential.init),
      guardrails: analysis.guardrails, segments: segments, toStop: analysis.toStop,
      nextShares: analysis.nextShares,
      page: ExperimentResource.reportURI(experiment.id))
  }
}
