import JSONRPC

extension InMemoryStores: CampaignStore {
  package func record(
    _ metrics: [CampaignMetric], at now: Timestamp,
    event: @escaping @Sendable (CampaignID, ImportCount) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> [ImportChange] {
    try write(in: workspace) { (content) throws(StoreError) in
      let changes = try content.store(metrics)
      var counts: [CampaignID: ImportCount] = [:]
      for (metric, change) in zip(metrics, changes) {
        counts[metric.key.campaignID, default: ImportCount()].add(change)
      }
      let changed = counts.filter { $0.value.hasChanges }.sorted { $0.key < $1.key }
      return (changes, changed.map { event($0.key, $0.value) })
    }
  }

  package func record(
    of id: CampaignID, _ days: ClosedRange<CalendarDay>, in workspace: WorkspaceID
  ) throws(StoreError) -> CampaignRecord? {
    read(in: workspace) { content in
      content.campaignNames.contains(id) ? content.campaignRecord(id, days) : nil
    }
  }

  package func records(
    _ days: ClosedRange<CalendarDay>, after id: CampaignID?, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [CampaignRecord] {
    read(in: workspace) { content in
      let names = content.campaignNames.filter { name in id.map { name > $0 } ?? true }
      return names.sorted().prefix(max(0, limit)).map { content.campaignRecord($0, days) }
    }
  }

  package func campaigns(
    prefix: String, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [CampaignID] {
    read(in: workspace) { content in
      let names = content.campaignNames.filter { $0.rawValue.hasPrefix(prefix) }
      return Array(names.sorted().prefix(max(0, limit)))
    }
  }

  package func unevaluated(limit: Int) async throws(StoreError) -> [UnevaluatedCampaign] {
    state.withLock { state in
      var found: [UnevaluatedCampaign] = []
      for (workspace, content) in state.workspaces.sorted(by: { $0.key < $1.key }) {
        for id in content.campaignNames.sorted() where content.hasFigures(of: id) {
          let evaluated = content.campaignFigures.evaluated[id]
          let version = content.campaignVersion(id)
          guard evaluated?.version != version else { continue }
          found.append(
            UnevaluatedCampaign(
              workspace: workspace, id: id, version: version, findings: evaluated?.findings))
        }
      }
      return Array(found.prefix(max(0, limit)))
    }
  }

  package func note(
    _ evaluations: [CampaignEvaluation], at now: Timestamp, noting: @escaping WorkQueueStore.Events
  ) async throws(StoreError) {
    for evaluation in evaluations {
      let campaign = evaluation.campaign
      try write(in: campaign.workspace) { (content) throws(StoreError) in
        guard content.campaignFigures.evaluated[campaign.id]?.version != campaign.version else {
          return ((), [])
        }
        var events = evaluation.event.map { [$0] } ?? []
        if let work = evaluation.work {
          events += try content.enqueue([work], at: now, events: noting).1
        }
        content.campaignFigures.evaluated[campaign.id] = (campaign.version, evaluation.findings)
        return ((), events)
      }
    }
  }
}

/// What campaigns do, as far as somebody has reported it.
struct InMemoryCampaigns: Sendable {
  var metrics: [CampaignMetric.Key: CampaignMetric] = [:]
  /// The currency of what was reported.
  var currencies: [CampaignID: String] = [:]
  /// What a campaign was when it was evaluated last, and what was found.
  var evaluated: [CampaignID: (version: Int64, findings: String?)] = [:]
}

extension InMemoryWorkspace {
  /// Stores reports: all or, where one is in another currency, none.
  mutating func store(_ metrics: [CampaignMetric]) throws(StoreError) -> [ImportChange] {
    var changed = campaignFigures
    for (id, currency) in try CampaignMetric.currencies(of: metrics) {
      if let own = changed.currencies[id] ?? campaigns[id]?.budgetCurrency, own != currency {
        let keys = Set(metrics.map(\.key))
        let isReplaced = changed.metrics.values.allSatisfy { old in
          old.key.campaignID != id || old.currency == nil || keys.contains(old.key)
        }
        guard isReplaced, campaigns[id]?.budgetCurrency ?? currency == currency,
          optimizations.controls[id] == nil
        else { throw .otherCurrency(currency, than: own, of: id) }
      }
      changed.currencies[id] = currency
    }
    let changes = metrics.map { Self.put($0, as: $0.key, in: &changed.metrics) }
    campaignFigures = changed
    return changes
  }

  /// The campaigns that are stored or that anything stored belongs to.
  var campaignNames: Set<CampaignID> {
    Set(campaigns.keys).union(campaignFigures.metrics.keys.map(\.campaignID))
      .union(counted { $0.key.campaignID })
  }

  func hasFigures(of id: CampaignID) -> Bool {
    campaignFigures.metrics.keys.contains { $0.campaignID == id }
      || counted { $0.key.campaignID }.contains(id)
  }

  /// Another number for a campaign whose figures are others.
  func campaignVersion(_ id: CampaignID) -> Int64 {
    let all = CalendarDay(rawValue: -1_000_000)...CalendarDay(rawValue: 4_000_000)
    let record = campaignRecord(id, all)
    var hash = SipHash(key: SipHash.Key(low: 1, high: 2))
    for metric in record.reported + record.counted { hash.add("\(metric)") }
    return hash.finalized()
  }

  func campaignRecord(_ id: CampaignID, _ days: ClosedRange<CalendarDay>) -> CampaignRecord {
    let reported = campaignFigures.metrics.values.filter {
      $0.key.campaignID == id && days.contains($0.key.day)
    }
    return CampaignRecord(
      campaign: campaigns[id] ?? Campaign(id: id, name: id.rawValue),
      stated: campaignFigures.currencies[id],
      reported: reported.sorted { $0.key < $1.key },
      counted: counted { $0 }.filter { $0.key.campaignID == id && days.contains($0.key.day) })
  }

  /// What is counted of the rows that are stored, each by itself.
  private func counted<Value>(_ value: (CountedFigures) -> Value) -> [Value] {
    var counted: [Value] = []
    for interaction in interactions.values {
      guard let id = interaction.campaignID else { continue }
      let kind = interaction.kind
      guard kind.isImpression || kind.isClick else { continue }
      let key = CampaignMetric.Key(
        campaignID: id, day: CalendarDay(interaction.occurredAt),
        channel: interaction.channel.rawValue, variant: interaction.variantID)
      let figures = CampaignFigures(
        impressions: kind.isImpression ? 1 : 0, clicks: kind.isClick ? 1 : 0)
      counted.append(value(CountedFigures(key, figures, currency: nil)))
    }
    for lead in leads.values.map(\.lead) {
      guard let id = lead.campaignID else { continue }
      let key = CampaignMetric.Key(campaignID: id, day: CalendarDay(lead.createdAt))
      counted.append(value(CountedFigures(key, CampaignFigures(leads: 1), currency: nil)))
    }
    for outcome in outcomes where outcome.disposition == .converted {
      guard let id = outcome.campaignID else { continue }
      let key = CampaignMetric.Key(campaignID: id, day: CalendarDay(outcome.occurredAt))
      let figures = CampaignFigures(conversions: 1, revenue: outcome.value?.amount)
      counted.append(value(CountedFigures(key, figures, currency: outcome.value?.currency)))
    }
    return counted
  }
}
