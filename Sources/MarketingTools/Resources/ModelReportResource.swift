import JSONRPC
import MCP
import Marketing
import ReportPages

/// The pictures of a trained model, as one HTML page: `model-report://{model}`.
enum ModelReportResource {
  /// The address of a model's page.
  static func uri(of id: ScoringModelID) -> String { "model-report://\(id.rawValue)" }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("model-report://{model}") else {
      throw ContractError(message: "model-report://{model} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "model-report", title: "Report on a scoring model",
      summary: "Calibration, ROC, lift, importance, bands and drift of a trained model, as a page.",
      mimeType: "text/html", scopes: ["models:read"])
    return RegisteredResource(
      definition, completions: ["model": completeModel(environment)]
    ) { uri, variables, context throws(CallInterruption) in
      guard let id = variables["model"].flatMap(ScoringModelID.init(checking:)) else { return nil }
      return try await contents(of: id, uri: uri, environment.models, context)
    }
  }

  private static func contents(
    of id: ScoringModelID, uri: String, _ desk: ModelDesk, _ context: RequestContext
  ) async throws(CallInterruption) -> [ResourceContents]? {
    let stored = try reading(context) { () throws(StoreError) in
      try desk.store.model(id, in: context.workspace)
    }
    guard let stored else { return nil }
    do {
      let standing = try await desk.standing(of: stored, in: context.workspace)
      let html = try await desk.page(of: standing)
      return [
        ResourceContents(uri: uri, mimeType: "text/html", data: .text(html), isUntrusted: true)
      ]
    } catch let refusal as ModelDesk.Refusal {
      throw CallInterruption(refusal, context)
    } catch {
      throw .protocolError(RPCError(.internalError, "Internal error", cause: "\(error)"))
    }
  }

  private static func completeModel(_ environment: ToolEnvironment) -> CompletionProvider {
    { typed, _, context throws(CallInterruption) in
      let store = environment.models.store
      let models = try await storing(context) { () async throws(StoreError) in
        try await store.models(named: nil, in: context.workspace)
      }
      return Completion(values: models.map(\.id.rawValue).filter { $0.hasPrefix(typed) })
    }
  }
}

extension ModelDesk {
  /// A model's page, drawn apart from the caller's thread.
  package func page(of standing: Standing) async throws -> String {
    try await models.answering.run {
      Result {
        try ModelReportPage(
          model: standing.model, drift: standing.drift, shadows: standing.shadows
        ).html()
      }
    }.get()
  }
}
