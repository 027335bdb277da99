package import MCP
import Marketing

/// Lists the trained models and says which one answers.
package struct ListModelsTool: Tool {
  /// Which ones.
  package struct Arguments: Decodable, Sendable {
    var name: String?
  }

  /// The models.
  package struct Output: Encodable, Sendable {
    let active: String
    let previous: String?
    let challenger: ScoringModelID?
    let models: [Entry]

    struct Entry: Encodable, Sendable {
      let model: ScoringModelID
      let kind: ModelKind
      let createdAt: Timestamp
      let rows: Int
      let auc: Double
      let logLoss: Double
      let calibrationError: Double
    }
  }

  package let definition: ToolDefinition
  private let desk: ModelDesk

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("list_models")
    desk = environment.models
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    do throws(ModelDesk.Refusal) {
      let choices = try await desk.choices(in: context.workspace)
      let models = try await desk.list(named: arguments.name, in: context.workspace)
      return Output(
        active: choices.active.name, previous: choices.previous?.name,
        challenger: choices.challenger,
        models: models.map {
          .init(
            model: $0.id, kind: $0.report.kind, createdAt: $0.createdAt, rows: $0.report.rows,
            auc: $0.report.metrics.auc, logLoss: $0.report.metrics.logLoss,
            calibrationError: $0.report.metrics.calibrationError)
        })
    } catch {
      throw CallInterruption(error, context)
    }
  }
}
