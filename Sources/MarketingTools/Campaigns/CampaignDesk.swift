import JSONRPC
package import Marketing

/// Reads campaigns with their days, and works out what to change about them.
package final class CampaignDesk: Sendable {
  /// So many days back are read for decisions.
  package static let days = 90
  /// So many siblings are compared at most, the first by name.
  private static let mostSiblings = 30
  /// What siblings do is read anew after so long.
  private static let siblingsLifetime = Duration.seconds(60)
  private static let mostKept = 100

  /// What campaigns do.
  package let store: any CampaignStore
  /// What is proposed for them, and what they are set to.
  package let optimizations: any OptimizationStore
  /// What an operator may change.
  package let settings: CampaignSettings
  private let memory: MemoryDesk
  private let siblings = Locked<[WorkspaceID: Siblings]>([:])

  /// What siblings did up to a day.
  private struct Siblings {
    let day: CalendarDay
    let series: [CampaignSeries]
    let broken: [CampaignID: Set<OptimizationEvidence.Rule>]
    var until: Timestamp
  }

  /// A desk.
  package init(
    store: any CampaignStore, optimizations: any OptimizationStore, memory: MemoryDesk,
    settings: CampaignSettings = CampaignSettings()
  ) {
    self.store = store
    self.optimizations = optimizations
    self.memory = memory
    self.settings = settings
  }

  /// What finds out what is to be changed.
  package var optimizer: CampaignOptimizer {
    CampaignOptimizer(thresholds: settings.thresholds, policy: settings.policy)
  }

  /// A campaign's days up to one; `nil` when nothing is known of it.
  package func series(
    of id: CampaignID, days: Int = CampaignDesk.days, through last: CalendarDay,
    in workspace: WorkspaceID
  ) throws(StoreError) -> CampaignSeries? {
    try store.record(of: id, last + (1 - days)...last, in: workspace).map {
      CampaignSeries($0, until: last)
    }
  }

  /// The other campaigns of the same objective or with a channel in common; of several reads within a minute the
  /// first one's.
  package func siblings(
    of series: CampaignSeries, through last: CalendarDay, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [CampaignSeries] {
    Self.siblings(
      of: series, among: try await campaigns(through: last, at: now, in: workspace).series)
  }

  private static func siblings(
    of series: CampaignSeries, among all: [CampaignSeries]
  ) -> [CampaignSeries] {
    let own = series.campaign
    let channels = Set(series.channels.map(\.name).filter { !$0.isEmpty })
    return all.filter { other in
      guard other.campaign.id != own.id, other.currency == series.currency else { return false }
      if let objective = own.objective, other.campaign.objective == objective { return true }
      return other.channels.contains { channels.contains($0.name) }
        || own.objective == nil && channels.isEmpty
    }
  }

  private func campaigns(
    through last: CalendarDay, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> Siblings {
    if let kept = siblings.withLock({ $0[workspace] }), kept.day == last, now < kept.until {
      return kept
    }
    let all = try await campaigns(from: last + (1 - Self.days), through: last, in: workspace)
    // What they break is the same for each campaign that they are compared with.
    let broken = all.map { series in
      // Reports that come late are judged as of their own last day.
      (
        series.campaign.id,
        optimizer.brokenRules(of: series, through: series.days.last?.day ?? last)
      )
    }
    let found = Siblings(
      day: last, series: all, broken: Dictionary(broken) { first, _ in first },
      until: now + Self.siblingsLifetime)
    siblings.withLock { kept in
      if kept.count >= Self.mostKept { kept = [:] }
      kept[workspace] = found
    }
    return found
  }

  private func campaigns(
    from first: CalendarDay, through last: CalendarDay, in workspace: WorkspaceID
  ) async throws(StoreError) -> [CampaignSeries] {
    let records = try await store.records(
      first...last, after: nil, limit: Self.mostSiblings, in: workspace)
    return records.map { CampaignSeries($0, until: last) }
  }

  /// What is to be changed about a campaign.
  /// - Parameter moment: as of when; days from then on do not count.
  /// - Throws: `.notFound` when nothing is known of the campaign.
  package func plan(
    for id: CampaignID, as moment: Timestamp, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> (series: CampaignSeries, plan: OptimizationPlan) {
    let last = CalendarDay(moment) + -1
    guard let series = try series(of: id, through: last, in: workspace) else {
      throw .noSuchCampaign(id)
    }
    let controls = try optimizations.controls(of: id, in: workspace)
    let siblings = try await campaigns(through: last, at: now, in: workspace)
    var generator = SplitMix64(state: .random(in: 0...UInt64.max))
    let plan = optimizer.propose(
      series, controls: controls, siblings: Self.siblings(of: series, among: siblings.series),
      breaking: siblings.broken, now: moment, using: &generator)
    return (series, plan)
  }

  /// What to test where creatives are poor and none of several is known to be better: the arguments of
  /// create_experiment, the same for a week. The variant that is shown most is the control.
  /// - Returns: `nil` where there is nothing to test.
  func experiment(
    for plan: OptimizationPlan, of series: CampaignSeries, at now: Timestamp
  ) -> JSONObject? {
    let isPoor = !plan.findings.isEmpty && plan.findings.allSatisfy { $0.rule == .ctr }
    guard isPoor, plan.proposals.isEmpty else { return nil }
    let window = CampaignWindow(
      days: CampaignOptimizer.evidenceDays, through: CalendarDay(now) + -1)
    var shown: [String: CampaignFigures] = [:]
    for part in series.variants where ExperimentID(checking: part.name) != nil {
      shown[part.name, default: .zero] += part.sums(over: window).all
    }
    let variants = shown.filter { $0.value.impressions > 0 }
      .sorted { ($1.value.impressions, $0.key) < ($0.value.impressions, $1.key) }.prefix(10)
    guard variants.count > 1, let control = variants.first,
      control.value.clicks > 0, control.value.clicks < control.value.impressions
    else { return nil }
    let week = CalendarDay(now).rawValue / 7
    guard let id = ExperimentID(checking: "creative-\(series.campaign.id)-\(week)") else {
      return nil
    }
    return [
      "experimentID": .string(id.rawValue),
      "campaignID": .string(series.campaign.id.rawValue), "unit": "impression",
      "name": .string("Creatives of \(series.campaign.id)"),
      "hypothesis": "One of the creatives is clicked more often than the one that is shown most.",
      "variants": .array(
        variants.map { variant in
          [
            "name": .string(variant.key), "isControl": .bool(variant.key == control.key),
          ]
        }), "primaryMetric": "click",
      "baselineRate": JSONValue(
        (Double(control.value.clicks) / Double(control.value.impressions)).rounded(to: 6)),
      "minimumEffect": 0.2, "horizonDays": 28,
    ]
  }

  /// Stores what a plan proposes, and has a person asked what the rules do not say.
  /// - Parameter others: what is proposed for other campaigns together with it.
  /// - Returns: the open escalation; `nil` where nobody has to decide.
  package func store(
    _ plan: OptimizationPlan, for id: CampaignID, with others: [CampaignProposals] = [],
    by actor: String, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> EscalationID? {
    let escalation = plan.escalation.map { request -> (Escalation, Event) in
      let escalation = Escalation(
        id: WorkDesk.newName("esc_", at: now), leadID: nil, subject: id.rawValue,
        reason: request.reason, context: request.context, owner: settings.owner, openedAt: now,
        deadline: request.deadline)
      return (escalation, Self.opened(escalation, of: id, by: actor, at: now))
    }
    return try await optimizations.propose(
      [CampaignProposals(plan.proposals, for: id)] + others, escalation: escalation, at: now,
      event: { Self.event(.optimizationProposed, of: $0, by: actor, at: now) }, in: workspace)
  }

  /// Sets a campaign's controls as an optimization says.
  package func apply(
    _ id: OptimizationID, approvedBy person: String?, by actor: String, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> AppliedOptimization {
    let order = order("applied", at: now, in: workspace)
    return try await optimizations.apply(
      id, under: settings.policy, approvedBy: person, by: actor, at: now, order: order,
      event: { Self.event(.optimizationApplied, of: $0, by: actor, at: now) }, in: workspace)
  }

  /// Takes an optimization back.
  package func revert(
    _ id: OptimizationID, because reason: String, by actor: String, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> RevertedOptimization {
    let order = order("reverted", at: now, in: workspace)
    return try await optimizations.revert(
      id, under: settings.policy, because: reason, by: actor, at: now, order: order,
      event: { Self.event(.optimizationReverted, of: $0, by: actor, at: now) }, in: workspace)
  }

  /// What a platform is told: the controls that were changed, and what they are set to now.
  private func order(
    _ action: String, at now: Timestamp, in workspace: WorkspaceID
  ) -> @Sendable (Optimization, CampaignControls) -> ControlOrder? {
    guard settings.tellsPlatforms else { return { _, _ in nil } }
    return { optimization, controls in
      let changes = optimization.changes.map { change -> JSONValue in
        var told: JSONObject = ["control": .string(change.control.text)]
        let (from, to) =
          action == "applied" ? (change.from, change.to) : (change.to, controls[change.control])
        told["from"] = from.map { .object($0.json) }
        told["to"] = to.map { .object($0.json) }
        return .object(told)
      }
      return ControlOrder(
        id: "\(optimization.id)-\(action)", workspace: workspace,
        campaignID: optimization.campaignID,
        payload: [
          "type": .string("campaign.controls_\(action)"), "timestamp": .string(now.iso8601),
          "data": [
            "workspace": .string(workspace.rawValue),
            "campaignID": .string(optimization.campaignID.rawValue),
            "optimizationID": .string(optimization.id.rawValue),
            "revision": JSONValue(controls.revision), "changes": .array(changes),
          ],
        ], notBefore: now)
    }
  }

  /// What came of an applied optimization, against what its siblings did meanwhile that nothing was changed of.
  /// - Returns: `nil` before enough days are over.
  package func measurement(
    of optimization: Optimization, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> OptimizationMeasurement? {
    let last = CalendarDay(now) + -1
    var partners: [Optimization] = []
    for name in optimization.partners ?? [] {
      if let partner = try optimizations.optimization(name, in: workspace) {
        partners.append(partner)
      }
    }
    let set = [optimization] + partners
    guard let first = set.compactMap(OptimizationMeasurement.firstDay).min() else { return nil }
    var members: [CampaignSeries] = []
    for member in set {
      let days = max(Self.days, last - first + 1)
      guard
        let series = try series(of: member.campaignID, days: days, through: last, in: workspace)
      else { return nil }
      members.append(series)
    }
    guard let whole = CampaignSeries(together: members) else { return nil }
    // What was changed just before settles still.
    let settling = first + -(1 + OptimizationMeasurement.settlingDays)
    let changed = try await optimizations.changed(since: settling.start, in: workspace)
    let restless = Set(changed.map(\.campaignID))
    // As far back as the measurement looks.
    let all =
      last - first < Self.days
      ? try await campaigns(through: last, at: now, in: workspace).series
      : try await campaigns(from: first, through: last, in: workspace)
    return OptimizationMeasurement.measure(
      optimization, with: partners, in: whole,
      siblings: members.first.map { Self.siblings(of: $0, among: all) }?.filter {
        !restless.contains($0.campaign.id)
      } ?? [], others: changed, now: now)
  }

  /// Keeps what came of an optimization, and remembers it as a success or a failure.
  /// - Returns: whether nobody had before.
  package func note(
    _ measurement: OptimizationMeasurement, of optimization: Optimization, by actor: String,
    at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    var record = MemoryRecord(
      id: WorkDesk.newName("mem_", at: now), kind: .episodic,
      text:
        "\(optimization.kind.words) of campaign \(optimization.campaignID): \(measurement.words)",
      content: .episode(
        Episode(
          situation: "campaign_\(optimization.evidence.first?.rule.rawValue ?? "rule")",
          actions: [optimization.kind.rawValue] + optimization.changes.map(\.control.text),
          outcome: measurement.outcome)),
      source: MemorySource(name: "optimizer"), trust: .agent, validFrom: now, recordedAt: now)
    record.importance = measurement.verdict == .inconclusive ? 0.4 : 0.7
    var event = Self.event(.optimizationMeasured, of: optimization, by: actor, at: now)
    event.facts["verdict"] = .string(measurement.verdict.rawValue)
    return try await optimizations.note(
      measurement, of: optimization.id, memory: memory.analyzed(record), event: event,
      in: workspace)
  }

  static func event(
    _ kind: Event.Kind, of optimization: Optimization, by actor: String, at now: Timestamp
  ) -> Event {
    Event(
      id: WorkDesk.newName("evt_", at: now), kind: kind, campaignID: optimization.campaignID,
      occurredAt: now, actor: actor,
      facts: [
        "optimizationID": .string(optimization.id.rawValue),
        "kind": .string(optimization.kind.rawValue),
        "changes": .array(optimization.changes.map { .string($0.words) }),
      ])
  }

  static func opened(
    _ escalation: Escalation, of id: CampaignID?, by actor: String, at now: Timestamp
  ) -> Event {
    var event = Event(
      id: WorkDesk.newName("evt_", at: now), kind: .escalationOpened, leadID: escalation.leadID,
      campaignID: id, occurredAt: now, actor: actor,
      facts: ["escalationID": .string(escalation.id.rawValue)])
    event.facts["subject"] = .string(escalation.subject)
    return event
  }
}

extension OptimizationMeasurement {
  /// How well it went, from 0 to 1; half where chance cannot be told.
  fileprivate var outcome: Double {
    switch verdict {
    case .success: 1
    case .failure: 0
    case .inconclusive: 0.5
    }
  }
}

extension StoreError {
  /// Nothing is known of a campaign.
  package static func noSuchCampaign(_ id: CampaignID) -> StoreError {
    StoreError(
      .notFound,
      "Nothing is known of a campaign '\(id)': import it, or record_campaign_metrics of it")
  }
}
