import JSONRPC
package import MCP
package import Marketing

/// Plans an experiment and starts it.
package struct CreateExperimentTool: Tool {
  /// What is compared, and by what.
  package typealias Arguments = ExperimentDraft

  /// The experiment with its sample size and the days that it takes.
  package struct Output: Encodable, Sendable {
    let experiment: ExperimentEntry
    let isNew: Bool
    let assumed: [String]
    let warnings: [String]
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("create_experiment")
    self.environment = environment
  }

  package func call(
    _ arguments: ExperimentDraft, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let desk = environment.experiments
    let (draft, assumed) = try reading(context) { () throws(StoreError) in
      try desk.completed(arguments, at: now, in: context.workspace)
    }
    let planned = try Self.experiment(
      draft, newName: environment.newName("exp_", at: now), now: now)
    let event = Event(
      id: environment.newName("evt_", at: now), kind: .experimentCreated,
      campaignID: planned.campaignID, occurredAt: now, actor: context.actor(definition.name),
      facts: [
        "experimentID": .string(planned.id.rawValue), "kind": .string(planned.kind.rawValue),
        "primaryMetric": .string(planned.primaryMetric.rawValue),
        "variants": JSONValue(planned.variants.count),
      ])
    let (experiment, isNew) = try await storing(context) { () async throws(StoreError) in
      try await desk.store.create(planned, event: event, in: context.workspace)
    }
    return Output(
      experiment: ExperimentEntry(experiment), isNew: isNew, assumed: assumed,
      warnings: Self.warnings(experiment))
  }

  private static func experiment(
    _ draft: ExperimentDraft, newName: ExperimentID, now: Timestamp
  ) throws(CallInterruption) -> Experiment {
    do throws(InvalidExperiment) {
      let experiment = try draft.experiment(newName: newName, now: now)
      guard let flaw = unitFlaw(experiment) else { return experiment }
      throw InvalidExperiment(errors: [flaw])
    } catch {
      throw .invalid("Invalid experiment", error.errors)
    }
  }

  /// What is counted in reports is measured by what they tell of the unit.
  private static func unitFlaw(_ experiment: Experiment) -> FieldError? {
    guard let unit = experiment.reportedUnit else {
      guard experiment.unit != "lead" else { return nil }
      return FieldError(
        field: "/unit", found: "'\(experiment.unit.shortened(to: 40))'",
        expected: "lead, impression or click")
    }
    if experiment.campaignID == nil {
      return FieldError(
        field: "/campaignID", found: "nothing", expected: "the campaign whose reports are counted")
    }
    if experiment.primaryMetric != unit.metric || !experiment.secondaryMetrics.isEmpty {
      return FieldError(
        field: "/primaryMetric", found: "more than the reports tell of each \(unit.rawValue)",
        expected: "\(unit.metric.rawValue) alone")
    }
    return nil
  }

  private static func warnings(_ experiment: Experiment) -> [String] {
    let design = experiment.design
    if design.isHorizonTooShort, let days = design.expectedDays {
      return [
        "At the expected traffic it takes \(days) days to reach the sample size, and it ends after "
          + "\(design.horizonDays): raise minimumEffect or horizonDays."
      ]
    }
    return []
  }
}
