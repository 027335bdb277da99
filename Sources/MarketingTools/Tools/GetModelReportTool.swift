package import MCP
import Marketing

/// Tells all that is known of a trained model.
package struct GetModelReportTool: Tool {
  /// Which one; the active one where none is named.
  package struct Arguments: Decodable, Sendable {
    var model: String?
  }

  /// All that is known.
  package struct Output: Encodable, Sendable {
    let model: ScoringModelID
    let createdAt: Timestamp
    let createdBy: String
    let trainingSeconds: Double?
    let active: Bool
    let challenger: Bool
    let problem: String?
    let report: ModelReport
    let drift: DriftReport?
    let shadows: [ShadowComparison]
    let page: String
  }

  package let definition: ToolDefinition
  private let desk: ModelDesk

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("get_model_report")
    desk = environment.models
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    do throws(ModelDesk.Refusal) {
      let model = try await desk.find(orActive: arguments.model, in: context.workspace)
      let standing = try await desk.standing(of: model, in: context.workspace)
      if let cause = standing.cause {
        context.warnOperator("Model \(model.id) could not be made ready", cause: cause)
      }
      return Output(
        model: model.id, createdAt: model.createdAt, createdBy: model.createdBy,
        trainingSeconds: model.trainingSeconds, active: standing.isActive,
        challenger: standing.isChallenger, problem: standing.problem, report: model.report,
        drift: standing.drift,
        shadows: standing.shadows, page: ModelReportResource.uri(of: model.id))
    } catch {
      throw CallInterruption(error, context)
    }
  }
}
