import JSONRPC
package import MCP
import Marketing

/// Says which variant a lead is shown, always the same one.
package struct AssignVariantTool: Tool {
  /// Who takes part in what.
  package struct Arguments: Decodable, Sendable {
    var experimentID: ExperimentID
    var leadID: LeadID
  }

  /// What the lead is shown.
  package struct Output: Encodable, Sendable {
    let experimentID: ExperimentID
    let leadID: LeadID
    let variant: String
    let takesPart: Bool
    let isNew: Bool
    let countsAs: String?
    let reason: String?
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("assign_variant")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let (environment, actor) = (environment, context.actor(definition.name))
    let (experiment, decision) = try await storing(context) { () async throws(StoreError) in
      let desk = environment.experiments
      if let known = try desk.store.experiment(arguments.experimentID, in: context.workspace),
        let unit = known.reportedUnit
      {
        throw StoreError(
          .conflict,
          "Experiment '\(known.id)' counts each \(unit.rawValue) in campaign reports: no lead is assigned"
        )
      }
      return try await desk.assign(
        arguments.experimentID, to: arguments.leadID, by: actor, at: environment.now(),
        in: context.workspace)
    }
    switch decision {
    case .assigned(let variant, let shown, let isNew):
      return output(
        arguments, shown, isNew: isNew, countsAs: variant,
        because: variant == shown ? nil : "variant '\(variant)' was taken out")
    case .excluded(let other, let shown):
      return output(
        arguments, shown,
        because: "the lead takes part in experiment '\(other)' of the group "
          + "'\(experiment.exclusionGroup ?? "")'")
    case .ended(let shown):
      return output(
        arguments, shown,
        because: "the experiment was stopped"
          + (experiment.stop.map { " as \($0.decision.rawValue)" } ?? ""))
    }
  }

  private func output(
    _ arguments: Arguments, _ shown: String, isNew: Bool = false, countsAs: String? = nil,
    because reason: String?
  ) -> Output {
    Output(
      experimentID: arguments.experimentID, leadID: arguments.leadID, variant: shown,
      takesPart: countsAs != nil, isNew: isNew, countsAs: countsAs, reason: reason)
  }
}
