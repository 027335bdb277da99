import JSONRPC
package import Marketing

/// Creates experiments, assigns their variants, and says what came of them.
package final class ExperimentDesk: Sendable {
  /// The shares of bandits are worked out anew after so long.
  private static let sharesLifetime = Duration.seconds(60)
  /// How long after the horizon an experiment ends by itself.
  private static let lateness = Duration.days(2)
  /// So many segments are looked into, those that most leads are in.
  private static let mostSegments = 20
  /// Of so many bandits the shares are kept.
  private static let mostShares = 1000

  private struct Key: Hashable {
    let id: ExperimentID
    let workspace: WorkspaceID
  }

  /// Where experiments are kept.
  package let store: any ExperimentStore
  private let campaigns: any CampaignStore
  private let shares = Locked<[Key: (shares: [String: Double], until: Timestamp)]>([:])

  /// A desk.
  /// - Parameter campaigns: what the traffic and the rates of campaigns are read from.
  package init(store: any ExperimentStore, campaigns: any CampaignStore) {
    self.store = store
    self.campaigns = campaigns
  }

  /// What an experiment's data say.
  /// - Throws: `.notFound`; `.conflict` for counts that cannot be.
  package func analysis(
    of id: ExperimentID, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, analysis: ExperimentAnalysis) {
    guard let experiment = try store.experiment(id, in: workspace) else {
      throw .noSuchExperiment(id)
    }
    return (experiment, try await analysis(of: experiment, at: now, in: workspace))
  }

  /// What an experiment's data say.
  /// - Parameter withPast: whether what leads did before it is made use of (CUPED).
  /// - Throws: `.conflict` for counts that cannot be.
  package func analysis(
    of experiment: Experiment, withPast: Bool = true, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> ExperimentAnalysis {
    let data = try await store.data(of: experiment, withPast: withPast, in: workspace)
    do throws(InvalidExperimentData) {
      return try ExperimentAnalysis.analyze(experiment, data, now: now)
    } catch {
      throw StoreError(.conflict, "Experiment '\(experiment.id)' cannot be analysed: \(error)")
    }
  }

  /// The primary metric by segments of the leads, corrected over all of them: among many segments one always looks
  /// different.
  /// - Throws: `.conflict` for counts that cannot be.
  package func segments(
    of experiment: Experiment, by field: LeadField, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [SegmentFinding] {
    let data = try await store.segments(
      of: experiment, by: field, limit: Self.mostSegments, in: workspace)
    do throws(InvalidExperimentData) {
      return try ExperimentAnalysis.segments(experiment, data, now: now)
    } catch {
      throw StoreError(.conflict, "Experiment '\(experiment.id)' cannot be analysed: \(error)")
    }
  }

  /// What a lead is shown, which is stored when it is new.
  /// - Throws: `.notFound` when there is no such experiment or no such lead.
  package func assign(
    _ id: ExperimentID, to lead: LeadID, by actor: String, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, decision: ExperimentAssignment.Decision) {
    let known = try store.experiment(id, in: workspace)
    var shares: [String: Double] = [:]
    if let known, known.kind == .bandit, known.state == .running,
      // Whoever has a variant keeps it, whatever the shares are.
      try !store.assignments(of: lead, in: workspace).contains(where: { $0.experiment.id == id })
    {
      shares = try await self.shares(of: known, at: now, in: workspace)
    }
    return try await store.assign(
      id, to: lead, shares: shares, at: now,
      event: { variant in
        Event(
          id: WorkDesk.newName("evt_", at: now), kind: .experimentAssigned, leadID: lead,
          campaignID: known?.campaignID, occurredAt: now, actor: actor,
          facts: ["experimentID": .string(id.rawValue), "variant": .string(variant)])
      }, in: workspace)
  }

  /// What a bandit gives each variant now; nothing where its counts cannot be: then the weights count. One works it
  /// out, which takes a while with many leads; who asks meanwhile gets what it was before.
  private func shares(
    of experiment: Experiment, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [String: Double] {
    let key = Key(id: experiment.id, workspace: workspace)
    let until = now + Self.sharesLifetime
    let known = shares.withLock { kept -> [String: Double]? in
      if let known = kept[key], now < known.until { return known.shares }
      if kept.count >= Self.mostShares { kept = [:] }
      kept[key] = (kept[key]?.shares ?? [:], until)
      return nil
    }
    if let known { return known }
    do throws(StoreError) {
      let analysis = try await analysis(
        of: experiment, withPast: false, at: now, in: workspace)
      let next = analysis.nextShares ?? [:]
      shares.withLock { $0[key] = (next, until) }
      return next
    } catch {
      guard error.code == .conflict else { throw error }
      return shares.withLock { $0[key]?.shares } ?? [:]
    }
  }

  /// Ends an experiment.
  package func stop(
    _ id: ExperimentID, _ end: ExperimentStop, by actor: String, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, isNew: Bool) {
    try await store.change(
      id,
      { (experiment: inout Experiment) throws(ExperimentConflict) in
        try experiment.stop(end, at: now)
      },
      event: { experiment in
        var facts: JSONObject = [
          "experimentID": .string(id.rawValue), "decision": .string(end.decision.rawValue),
        ]
        if let winner = end.winner { facts["winner"] = .string(winner) }
        return Self.event(.experimentStopped, of: experiment, facts, by: actor, at: now)
      }, in: workspace)
  }

  /// Takes a variant out of a running experiment.
  package func switchOff(
    _ variant: SwitchedOffVariant, of id: ExperimentID, by actor: String,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> (experiment: Experiment, isNew: Bool) {
    try await store.change(
      id,
      { (experiment: inout Experiment) throws(ExperimentConflict) in
        try experiment.switchOff(variant)
      },
      event: { experiment in
        var facts: JSONObject = [
          "experimentID": .string(id.rawValue), "variant": .string(variant.variant),
        ]
        if let metric = variant.guardrail { facts["guardrail"] = .string(metric.rawValue) }
        return Self.event(
          .experimentVariantStopped, of: experiment, facts, by: actor, at: variant.at)
      }, in: workspace)
  }

  /// Takes out every variant that is certainly worse than a guardrail allows.
  /// - Returns: how many were taken out now.
  package func guardVariants(
    of experiment: Experiment, by actor: String, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> Int {
    let analysis = try await analysis(of: experiment, withPast: false, at: now, in: workspace)
    var count = 0
    for variant in analysis.toStop {
      let broken = analysis.guardrails.first {
        $0.variant == variant && $0.status == .broken
      }
      let off = SwitchedOffVariant(
        variant: variant, at: now, guardrail: broken?.metric,
        reason:
          "Its rate of \(broken?.metric.rawValue ?? "harm") is certainly above what is allowed")
      if try await switchOff(off, of: experiment.id, by: actor, in: workspace).isNew { count += 1 }
    }
    return count
  }

  /// Ends an experiment whose horizon is past, as its verdict says. Reports of the last days may come late: it is
  /// waited for them.
  /// - Returns: whether it was ended now.
  package func conclude(
    _ experiment: Experiment, by actor: String, at now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    guard experiment.state == .running, experiment.horizon + Self.lateness <= now else {
      return false
    }
    var end: ExperimentStop?
    do throws(StoreError) {
      end = try await analysis(of: experiment, at: now, in: workspace).verdict.stop
    } catch {
      guard error.code == .conflict else { throw error }
      end = .unanalysable(experiment, because: error.message, at: now)
    }
    guard let end else { return false }
    return try await stop(experiment.id, end, by: actor, at: now, in: workspace).isNew
  }

  /// A draft with what is not said filled in from what its campaign has done in the last four weeks, of an experiment
  /// that is there already as it was then.
  package func completed(
    _ draft: ExperimentDraft, at now: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> (draft: ExperimentDraft, assumed: [String]) {
    if let known = try draft.experimentID.flatMap({ (id) throws(StoreError) in
      try store.experiment(id, in: workspace)
    }) {
      var draft = draft
      draft.horizonDays = draft.horizonDays ?? known.design.horizonDays
      draft.baselineRate = draft.baselineRate ?? known.design.baselineRate
      return (draft, [])
    }
    guard let id = draft.campaignID,
      let record = try campaigns.record(
        of: id, CalendarDay(now) + -28...CalendarDay(now) + -1, in: workspace)
    else { return (draft, []) }
    let series = CampaignSeries(record)
    let sum = series.days.reduce(CampaignFigures.zero) { $0 + $1.figures }
    guard !series.days.isEmpty else { return (draft, []) }
    var draft = draft
    var assumed: [String] = []
    let (units, successes) = Self.counts(of: draft, sum)
    if draft.dailyUnits == nil, let units, units > 0 {
      draft.dailyUnits = Double(units) / Double(series.days.count)
      assumed.append("dailyUnits")
    }
    if draft.baselineRate == nil, draft.primaryMetric.isBinary, let units, let successes,
      successes > 0, successes < units
    {
      draft.baselineRate = Double(successes) / Double(units)
      assumed.append("baselineRate")
    }
    return (draft, assumed)
  }

  private static func counts(
    of draft: ExperimentDraft, _ sum: CampaignFigures
  ) -> (units: Int?, successes: Int?) {
    switch (draft.unit, draft.primaryMetric) {
    case ("impression", _): (sum.impressions, sum.clicks)
    case ("click", _): (sum.clicks, sum.conversions)
    case (_, .conversion): (sum.leads, sum.conversions)
    default: (sum.leads, nil)
    }
  }

  private static func event(
    _ kind: Event.Kind, of experiment: Experiment, _ facts: JSONObject, by actor: String,
    at now: Timestamp
  ) -> Event {
    Event(
      id: WorkDesk.newName("evt_", at: now), kind: kind, campaignID: experiment.campaignID,
      occurredAt: now, actor: actor, facts: facts)
  }
}
