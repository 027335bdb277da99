import JSONRPC
package import MCP
import Marketing

/// Ends an experiment, or takes one of its variants out.
package struct StopExperimentTool: Tool {
  /// What ends, and how.
  package struct Arguments: Decodable, Sendable {
    var experimentID: ExperimentID
    var decision: ExperimentStop.Decision?
    var winner: String?
    var variant: String?
    var reason: String?
  }

  /// The experiment as it stands now.
  package struct Output: Encodable, Sendable {
    let experiment: ExperimentEntry
    let isNew: Bool
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("stop_experiment")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    if arguments.variant != nil, arguments.decision != nil || arguments.winner != nil {
      throw .invalid(
        "Invalid stop",
        [
          FieldError(
            field: "/variant", found: "a variant beside a decision about the whole experiment",
            expected: "one of them")
        ])
    }
    if arguments.winner != nil, arguments.decision != .ship {
      throw .invalid(
        "Invalid stop",
        [
          FieldError(
            field: "/winner", found: "a winner without the decision to ship it",
            expected: "decision ship beside it, or no winner")
        ])
    }
    let (environment, actor) = (environment, context.actor(definition.name))
    let now = environment.now()
    let desk = environment.experiments
    let (experiment, isNew) = try await storing(context) { () async throws(StoreError) in
      if let variant = arguments.variant {
        let off = SwitchedOffVariant(
          variant: variant, at: now, reason: arguments.reason ?? "taken out by \(actor)")
        return try await desk.switchOff(
          off, of: arguments.experimentID, by: actor, in: context.workspace)
      }
      let end = try await Self.end(arguments, desk, now, context)
      return try await desk.stop(
        arguments.experimentID, end, by: actor, at: now, in: context.workspace)
    }
    return Output(experiment: ExperimentEntry(experiment), isNew: isNew)
  }

  /// As it was asked for, else as the data say.
  private static func end(
    _ arguments: Arguments, _ desk: ExperimentDesk, _ now: Timestamp, _ context: RequestContext
  ) async throws(StoreError) -> ExperimentStop {
    if let decision = arguments.decision {
      return ExperimentStop(
        decision: decision, winner: arguments.winner,
        reason: arguments.reason ?? "decided by \(context.principal.name)")
    }
    let (experiment, analysis) = try await desk.analysis(
      of: arguments.experimentID, at: now, in: context.workspace)
    // Stopped already: the same end again.
    if let stop = experiment.stop, arguments.winner == nil { return stop }
    guard var end = analysis.verdict.stop else {
      throw StoreError(
        .conflict,
        "Experiment '\(experiment.id)' is not over: \(analysis.verdict.text) To end it all the same, say "
          + "how: decision keep_control, inconclusive, or ship with a winner")
    }
    if let reason = arguments.reason { end.reason = reason }
    return end
  }
}
