import JSONRPC
import MCP
import Marketing
import ReportPages

/// The pictures of a campaign, as one HTML page: `campaign-report://{campaignID}`.
enum CampaignReportResource {
  /// So many days ahead are drawn.
  private static let forecastDays = 14

  /// The address of a campaign's page.
  static func uri(_ id: CampaignID) -> String { "campaign-report://\(id.rawValue)" }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("campaign-report://{campaignID}") else {
      throw ContractError(message: "campaign-report://{campaignID} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "campaign-report", title: "Report on a campaign",
      summary:
        "Trends with bounds, funnel, pacing, forecast and optimizations of a campaign, as a page.",
      mimeType: "text/html", scopes: ["campaigns:read"])
    return RegisteredResource(
      definition, completions: ["campaignID": CampaignResource.completeID(environment)]
    ) { uri, variables, context throws(CallInterruption) in
      guard
        let (view, optimizations) = try await CampaignResource.view(
          variables["campaignID"], environment, context)
      else { return nil }
      let rules = GuardedRules(environment.campaigns.settings.thresholds)
      let html = try await computing {
        try CampaignReportPage(
          series: view.series, analysis: view.analysis,
          forecast: CampaignForecast(view.series, days: forecastDays, now: view.moment),
          findings: rules.readings(view.series, isBrokenOnly: false)
            .sorted { $0.window.length > $1.window.length },
          optimizations: optimizations, controls: view.controls
        ).html()
      }
      return [
        ResourceContents(uri: uri, mimeType: "text/html", data: .text(html), isUntrusted: true)
      ]
    }
  }
}

/// The pictures of an experiment, as one HTML page: `experiment-report://{experimentID}`.
enum ExperimentReportResource {
  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("experiment-report://{experimentID}") else {
      throw ContractError(message: "experiment-report://{experimentID} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "experiment-report", title: "Report on an experiment",
      summary:
        "Verdict, intervals, sequential boundaries and guardrails of an experiment, as a page.",
      mimeType: "text/html", scopes: ["campaigns:read"])
    return RegisteredResource(
      definition, completions: ["experimentID": ExperimentResource.completeID(environment)]
    ) { uri, variables, context throws(CallInterruption) in
      guard
        let (experiment, analysis) = try await ExperimentResource.analysis(
          variables["experimentID"], environment, context)
      else { return nil }
      let html = try await computing {
        try ExperimentReportPage(experiment: experiment, analysis: analysis).html()
      }
      return [
        ResourceContents(uri: uri, mimeType: "text/html", data: .text(html), isUntrusted: true)
      ]
    }
  }
}
