import JSONRPC
import MCP
package import Marketing

/// What became of the messages of the last seven days, by one dimension, as JSON: `performance://{dimension}`.
package enum PerformanceResource {
  /// How many days are added up.
  private static let days = 7

  /// What is shown; the hour of the week serves the plans alone.
  package static let dimensions: [PerformanceDimension] = [
    .campaign, .variant, .channel, .strategy,
  ]

  /// The address of a dimension.
  package static func uri(_ dimension: PerformanceDimension) -> String {
    "performance://\(dimension.rawValue)"
  }

  /// The addresses under which an event changed something. It does not name variant and strategy, so that
  /// these may be the same as before.
  package static func uris(of event: Event) -> [String] {
    switch event.kind {
    case .messageDelivered, .deliveryReported:
      dimensions.filter { $0 != .campaign || event.campaignID != nil }.map(uri)
    default: []
    }
  }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("performance://{dimension}") else {
      throw ContractError(message: "performance://{dimension} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "performance", title: "Performance of messages",
      summary:
        "What was sent in the last \(days) days and what came of it, by campaign, variant, channel or strategy.",
      mimeType: "application/json", scopes: ["engagement:read"])
    return RegisteredResource(
      definition,
      completions: [
        "dimension": { typed, _, _ in
          Completion.matching(typed, in: dimensions.map(\.rawValue))
        }
      ]
    ) { uri, variables, context throws(CallInterruption) in
      guard let dimension = variables["dimension"].flatMap(PerformanceDimension.init(rawValue:)),
        dimensions.contains(dimension)
      else { return nil }
      return try await contents(of: dimension, uri: uri, environment, context)
    }
  }

  private static func contents(
    of dimension: PerformanceDimension, uri: String, _ environment: ToolEnvironment,
    _ context: RequestContext
  ) async throws(CallInterruption) -> [ResourceContents] {
    let store = environment.engagements.store
    let until = environment.now()
    let since = until + .days(-days)
    let found = try await storing(context) { () async throws(StoreError) in
      try await store.performance(by: dimension, since: since, in: context.workspace)
    }
    let rows = found.sorted { ($1[.sent], $0.value) < ($0[.sent], $1.value) }
    return try context.contents(at: uri, entries: rows.count) { count in
      Contents(
        dimension: dimension, since: since, until: until,
        values: rows.prefix(count).map(Row.init), complete: count == rows.count)
    }
  }

  private struct Contents: Encodable {
    let dimension: PerformanceDimension
    let since: Timestamp
    let until: Timestamp
    let values: [Row]
    let complete: Bool
  }

  /// What was sent for one value.
  private struct Row: Encodable {
    let value: String
    let counts: [String: Int]
    let rates: [String: Rate]

    init(_ record: PerformanceRecord) {
      value = record.value
      var counts: [String: Int] = [:]
      var rates: [String: Rate] = [:]
      for kind in PerformanceCount.Kind.allCases {
        counts[kind.rawValue] = record[kind]
        guard kind != .sent, let interval = record.rate(of: kind) else { continue }
        rates[kind.rawValue] = Rate(
          rate: Double(min(record[kind], record[.sent])) / Double(record[.sent]),
          low: interval.low, high: interval.high)
      }
      self.counts = counts
      self.rates = rates
    }
  }

  /// A share of the messages that were sent, with its 95 % Wilson interval.
  private struct Rate: Encodable {
    let rate: Double
    let low: Double
    let high: Double
  }
}
