import JSONRPC
import MCP
package import Marketing

/// One campaign with what can be said of it, and what was proposed for it, as JSON: `campaign://{campaignID}`.
package enum CampaignResource {
  /// So many optimizations are shown, the latest.
  static let mostOptimizations = 20

  /// The address of a campaign.
  package static func uri(_ id: CampaignID) -> String { "campaign://\(id.rawValue)" }

  /// The addresses under which an event changed something.
  package static func uris(of event: Event) -> [String] {
    guard let id = event.campaignID else { return [] }
    let counts: Set<Event.Kind> = [
      .campaignMetricsRecorded, .interactionRecorded, .outcomeRecorded, .leadCreated,
      .campaignOptimizationNeeded,
    ]
    guard counts.contains(event.kind) || event.kind.rawValue.hasPrefix("optimization.") else {
      return []
    }
    return [uri(id), CampaignReportResource.uri(id)]
  }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("campaign://{campaignID}") else {
      throw ContractError(message: "campaign://{campaignID} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "campaign", title: "Campaign",
      summary:
        "How a campaign does, what it is set to, and what was proposed, applied and measured.",
      mimeType: "application/json", scopes: ["campaigns:read"])
    return RegisteredResource(
      definition, completions: ["campaignID": completeID(environment)]
    ) { uri, variables, context throws(CallInterruption) in
      guard let found = try await view(variables["campaignID"], environment, context) else {
        return nil
      }
      let entries = try found.optimizations.map { (optimization) throws(CallInterruption) in
        do { return try OptimizationEntry(optimization) } catch { throw .fault(error) }
      }
      return try context.contents(at: uri, entries: entries.count) { count in
        Contents(campaign: found.view.output(), optimizations: Array(entries.prefix(count)))
      }
    }
  }

  private struct Contents: Encodable {
    let campaign: AnalyzeCampaignTool.Output
    let optimizations: [OptimizationEntry]
  }

  /// What is known of the campaign of a name; `nil` when nothing is.
  static func view(
    _ name: String?, _ environment: ToolEnvironment, _ context: RequestContext
  ) async throws(CallInterruption) -> (view: CampaignView, optimizations: [Optimization])? {
    guard let id = name.flatMap(CampaignID.init(checking:)) else { return nil }
    let (desk, now) = (environment.campaigns, environment.now())
    do throws(StoreError) {
      let day = try lastDay(of: id, desk, now, context.workspace)
      let view = try await CampaignView(
        of: id, days: nil, asOf: day, desk, at: now, in: context.workspace)
      let optimizations = try await desk.optimizations.optimizations(
        of: id, limit: mostOptimizations, in: context.workspace)
      return (view, optimizations)
    } catch {
      // Neither a campaign nor a day of one.
      if error.code == .notFound || error.code == .conflict { return nil }
      throw CallInterruption(error, context)
    }
  }

  /// The last day that is known of a campaign; `nil` where that is not long ago.
  private static func lastDay(
    of id: CampaignID, _ desk: CampaignDesk, _ now: Timestamp, _ workspace: WorkspaceID
  ) throws(StoreError) -> CalendarDay? {
    let recent = CalendarDay(now) + -CampaignDesk.days...CalendarDay(now)
    let record = try desk.store.record(of: id, recent, in: workspace)
    if let record, !(record.reported.isEmpty && record.counted.isEmpty) { return nil }
    return try desk.store.record(of: id, .always, in: workspace).flatMap {
      CampaignSeries($0).days.last?.day
    }
  }

  static func completeID(_ environment: ToolEnvironment) -> CompletionProvider {
    { typed, _, context throws(CallInterruption) in
      let store = environment.campaigns.store
      let found = try await storing(context) { () async throws(StoreError) in
        try await store.campaigns(prefix: typed, limit: 100, in: context.workspace)
      }
      return Completion(values: found.map(\.rawValue))
    }
  }
}
