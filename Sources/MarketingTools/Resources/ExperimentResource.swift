import JSONRPC
import MCP
package import Marketing

/// One experiment with what its data say so far, as JSON: `experiment://{experimentID}`.
package enum ExperimentResource {
  /// The address of an experiment.
  package static func uri(_ id: ExperimentID) -> String { "experiment://\(id.rawValue)" }

  /// The address of an experiment's page.
  static func reportURI(_ id: ExperimentID) -> String { "experiment-report://\(id.rawValue)" }

  /// The addresses under which an event changed something. What leads do changes the figures of the experiments
  /// that they take part in as well, of which the event does not tell.
  package static func uris(of event: Event) -> [String] {
    switch event.kind {
    case .experimentCreated, .experimentAssigned, .experimentVariantStopped, .experimentStopped:
      event.facts["experimentID"]?.stringValue.map { name in
        let id = ExperimentID(rawValue: name)
        return [uri(id), reportURI(id)]
      } ?? []
    default: []
    }
  }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("experiment://{experimentID}") else {
      throw ContractError(message: "experiment://{experimentID} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "experiment", title: "Experiment",
      summary: "An experiment: its plan, the verdict so far and what it rests on.",
      mimeType: "application/json", scopes: ["campaigns:read"])
    return RegisteredResource(
      definition, completions: ["experimentID": completeID(environment)]
    ) { uri, variables, context throws(CallInterruption) in
      guard let found = try await analysis(variables["experimentID"], environment, context) else {
        return nil
      }
      return try context.contents(at: uri, entries: found.analysis.metrics.count) { _ in
        AnalyzeExperimentTool.Output(found.experiment, found.analysis)
      }
    }
  }

  /// What is known of the experiment of a name; `nil` when there is none.
  static func analysis(
    _ name: String?, _ environment: ToolEnvironment, _ context: RequestContext
  ) async throws(CallInterruption) -> (experiment: Experiment, analysis: ExperimentAnalysis)? {
    guard let id = name.flatMap(ExperimentID.init(checking:)) else { return nil }
    return try await storing(context) { () async throws(StoreError) in
      let desk = environment.experiments
      guard let experiment = try desk.store.experiment(id, in: context.workspace) else {
        return nil
      }
      let analysis = try await desk.analysis(
        of: experiment, at: environment.now(), in: context.workspace)
      return (experiment, analysis)
    }
  }

  static func completeID(_ environment: ToolEnvironment) -> CompletionProvider {
    { typed, _, context throws(CallInterruption) in
      let store = environment.experiments.store
      let found = try await storing(context) { () async throws(StoreError) in
        try await store.experiments(ExperimentQuery(limit: 1000), in: context.workspace)
      }
      return Completion.matching(typed, in: found.map(\.id.rawValue))
    }
  }
}
