import JSONRPC
package import MCP
import Marketing

/// Records what campaigns did. All rows are stored or, when one is refused, none.
package struct RecordCampaignMetricsTool: Tool {
  /// The rows.
  package struct Arguments: Decodable, Sendable {
    var metrics: [Row]
  }

  /// A campaign's day, or a part of it.
  package struct Row: Decodable, Sendable {
    var campaignID: CampaignID
    var day: CalendarDay
    var channel: String?
    var variant: String?
    var segment: String?
    var impressions: Int
    var clicks: Int?
    var leads: Int?
    var conversions: Int?
    var spend: Double?
    var revenue: Double?
    var currency: String?

    var metric: CampaignMetric {
      let figures = CampaignFigures(
        impressions: impressions, clicks: clicks ?? 0, leads: leads ?? 0,
        conversions: conversions ?? 0, spend: spend, revenue: revenue)
      return CampaignMetric(
        CampaignMetric.Key(
          campaignID: campaignID, day: day, channel: channel?.lowercased(), variant: variant,
          segment: segment), figures, currency: spend == nil && revenue == nil ? nil : currency)
    }
  }

  /// How many rows were new, others than before, and as before, and what of them looks like a mistake.
  package struct Output: Encodable, Sendable {
    let added: Int
    let changed: Int
    let unchanged: Int
    let warnings: [String]
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("record_campaign_metrics")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let metrics = arguments.metrics.map(\.metric)
    try Self.check(metrics, now)
    let (environment, actor) = (environment, context.actor(definition.name))
    let (changes, warnings) = try await storing(context) { () async throws(StoreError) in
      let warnings = try await MetricWarnings(environment, context.workspace).warnings(of: metrics)
      let changes = try await environment.campaigns.store.record(
        metrics, at: now,
        event: { id, count in
          Event(
            id: environment.newName("evt_", at: now), kind: .campaignMetricsRecorded,
            campaignID: id, occurredAt: now, actor: actor,
            facts: ["added": JSONValue(count.added), "changed": JSONValue(count.changed)])
        }, in: context.workspace)
      return (changes, warnings)
    }
    var count = ImportCount()
    for change in changes { count.add(change) }
    return Output(
      added: count.added, changed: count.changed, unchanged: count.unchanged, warnings: warnings)
  }

  /// Every row, and that no two are of the same.
  private static func check(
    _ metrics: [CampaignMetric], _ now: Timestamp
  ) throws(CallInterruption) {
    var problems: [FieldError] = []
    var places: [CampaignMetric.Key: Int] = [:]
    for (place, metric) in metrics.enumerated() {
      problems += CampaignMetricCheck.problems(metric, at: "/metrics/\(place)", now: now)
      if let first = places.updateValue(place, forKey: metric.key) {
        problems.append(
          FieldError(
            field: "/metrics/\(place)", found: "the campaign, day and part of /metrics/\(first)",
            expected: "each only once"))
      }
    }
    guard problems.isEmpty else { throw .invalid("Invalid metrics", Array(problems.prefix(20))) }
  }
}
