package import MCP
import Marketing

/// Chooses what answers when leads are triaged, or what is compared with it; or takes the last choice back.
package struct ActivateModelTool: Tool {
  /// One of three things to do.
  package struct Arguments: Decodable, Sendable {
    var model: String?
    var challenger: String?
    var rollBack: Bool?
  }

  /// The choices after it.
  package struct Output: Encodable, Sendable {
    let active: String
    let previous: String?
    let challenger: ScoringModelID?
    let since: Timestamp?
  }

  private static let none = "none"

  package let definition: ToolDefinition
  private let desk: ModelDesk

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("activate_model")
    desk = environment.models
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let actor = context.actor(definition.name)
    let workspace = context.workspace
    do throws(ModelDesk.Refusal) {
      let choices: ScoringChoices
      if let model = arguments.model {
        choices = try await desk.activate(model, actor: actor, in: workspace)
      } else if let challenger = arguments.challenger {
        let id =
          challenger == Self.none ? nil : try await desk.find(challenger, in: workspace).id
        choices = try await desk.setChallenger(id, actor: actor, in: workspace)
      } else {
        choices = try await desk.rollBack(actor: actor, in: workspace)
      }
      return Output(
        active: choices.active.name, previous: choices.previous?.name,
        challenger: choices.challenger, since: choices.since)
    } catch {
      throw CallInterruption(error, context)
    }
  }
}
