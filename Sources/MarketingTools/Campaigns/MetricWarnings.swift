import Marketing

/// What of reports looks like a mistake, though it is stored: names that nothing else knows.
struct MetricWarnings {
  /// So many are told at most.
  private static let most = 20
  /// So many running experiments of a campaign are looked at.
  private static let mostExperiments = 100

  private let environment: ToolEnvironment
  private let workspace: WorkspaceID

  init(_ environment: ToolEnvironment, _ workspace: WorkspaceID) {
    self.environment = environment
    self.workspace = workspace
  }

  /// The warnings, before the reports are stored.
  func warnings(of metrics: [CampaignMetric]) async throws(StoreError) -> [String] {
    var variants: [CampaignID: Set<String>] = [:]
    for metric in metrics {
      let named = metric.key.variant.map { [$0] } ?? []
      variants[metric.key.campaignID, default: []].formUnion(named)
    }
    var warnings: [String] = []
    for (id, names) in variants.sorted(by: { $0.key < $1.key }) {
      guard warnings.count < Self.most else { break }
      // One day is enough to know whether anything is.
      let day = CalendarDay(rawValue: 0)
      if try environment.campaigns.store.record(of: id, day...day, in: workspace) == nil {
        warnings.append("Campaign '\(id)' is new: nothing was known of it before.")
      } else if !names.isEmpty {
        warnings += try await strangers(among: names, of: id)
      }
    }
    return Array(warnings.prefix(Self.most))
  }

  /// Variants that an experiment which is counted in these reports does not have.
  private func strangers(
    among names: Set<String>, of id: CampaignID
  ) async throws(StoreError) -> [String] {
    var query = ExperimentQuery(limit: Self.mostExperiments)
    (query.state, query.campaignID) = (.running, id)
    let counted = try await environment.experiments.store.experiments(query, in: workspace)
      .filter { $0.reportedUnit != nil }
    guard !counted.isEmpty else { return [] }
    let known = Set(counted.flatMap(\.variants).map(\.name))
    return names.subtracting(known).sorted().map { name in
      "Variant '\(name)' of campaign '\(id)' is in none of its running experiments ("
        + counted.map { "'\($0.id)'" }.joined(separator: ", ") + "), so it does not count there."
    }
  }
}
