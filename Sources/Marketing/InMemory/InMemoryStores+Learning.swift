import JSONRPC

extension InMemoryStores {
  package func lessonCounts(
    mostValues: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> LessonCounts {
    read(in: workspace) { $0.scoring.lessonCounts }.folded(mostValues: mostValues)
  }

  package func lessonRevision(in workspace: WorkspaceID) throws(StoreError) -> Int64 {
    read(in: workspace) { $0.scoring.lessonCounts.revision }
  }

  package func outcomes(
    since time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> CohortCount {
    read(in: workspace) { content in
      let won = content.convertedLeads
      let leads = content.outcomesKnownSince.filter {
        $0.value >= time && content.leads[$0.key] != nil
      }
      return CohortCount(leads: leads.count, conversions: leads.count { won.contains($0.key) })
    }
  }

  package func judgedPredictions(
    limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [JudgedPrediction] {
    read(in: workspace) { content in
      let won = content.convertedLeads
      var latest: [LeadID: Timestamp] = [:]
      for outcome in content.outcomes {
        latest[outcome.leadID] = max(
          latest[outcome.leadID] ?? outcome.occurredAt, outcome.occurredAt)
      }
      let judged = latest.filter { content.scoring.shadows[$0.key] != nil }
        .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      return judged.prefix(max(0, limit)).flatMap { id, _ in
        (content.scoring.shadows[id] ?? [:]).sorted { $0.key < $1.key }.map {
          JudgedPrediction(
            model: $0.key, leadID: id, probability: $0.value, isConverted: won.contains(id))
        }
      }
    }
  }

  package func labelledLeads(
    _ query: LabelledLeadQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> [LabelledLead] {
    read(in: workspace) { $0.labelledLeads(query) }
  }

  package func drift(
    of model: String, in workspace: WorkspaceID
  ) throws(StoreError) -> String? {
    read(in: workspace) { $0.scoring.drifts[model] }
  }

  package func changeDrift(
    of model: String, in workspace: WorkspaceID,
    _ change: @escaping @Sendable (_ stored: String?) -> DriftChange?
  ) async throws(StoreError) {
    try write(in: workspace) { (stored) throws(StoreError) in
      guard let change = change(stored.scoring.drifts[model]) else { return ((), []) }
      stored.scoring.drifts[model] = change.content
      return ((), change.event.map { [$0] } ?? [])
    }
  }

  package func workspaces() async throws(StoreError) -> [WorkspaceID] {
    state.withLock { state in
      state.workspaces.filter { _, content in
        !content.scoring.models.isEmpty || content.scoring.lessonCounts.revision > 0
          || !content.outcomes.isEmpty
      }
      .keys.sorted()
    }
  }

  package func retrainingTime(in workspace: WorkspaceID) throws(StoreError) -> Timestamp? {
    read(in: workspace) { $0.scoring.retrainedAt }
  }

  package func claimRetraining(
    at now: Timestamp, interval: Duration, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try write(in: workspace) { (content) throws(StoreError) in
      guard RetrainingRule.isOver(interval, since: content.scoring.retrainedAt, at: now) else {
        return (false, [])
      }
      content.scoring.retrainedAt = now
      return (true, [])
    }
  }

  package func releaseRetraining(
    to time: Timestamp?, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try write(in: workspace) { (content) throws(StoreError) in
      content.scoring.retrainedAt = time
      return ((), [])
    }
  }
}

extension InMemoryWorkspace {
  fileprivate var convertedLeads: Set<LeadID> {
    Set(outcomes.lazy.filter { $0.disposition == .converted }.map(\.leadID))
  }

  fileprivate func labelledLeads(_ query: LabelledLeadQuery) -> [LabelledLead] {
    var decisions: [LeadID: LeadDecision] = [:]
    for outcome in outcomes {
      let decision = LeadDecision(outcome, isDated: !guessedOutcomes.contains(outcome.naming))
      decisions[outcome.leadID] = decision.orStronger(decisions[outcome.leadID])
    }
    let labelled = leads.values.compactMap { stored -> LabelledLead? in
      let decision = decisions[stored.lead.id] ?? query.loss(ofLeadFrom: stored.lead.createdAt)
      return decision.map { LabelledLead(stored.lead, $0) }
    }
    let latestFirst = labelled.sorted {
      ($1.lead.createdAt, $0.lead.id) < ($0.lead.createdAt, $1.lead.id)
    }
    let past = Dictionary(grouping: interactions.values, by: \.leadID)
    return latestFirst.prefix(max(0, query.limit)).map { lead in
      var lead = lead
      for interaction in past[lead.lead.id] ?? [] {
        lead.add(interaction.kind, interaction.outcome, at: interaction.occurredAt)
      }
      return lead
    }
    .sorted(by: LabelledLead.cameInBefore)
  }
}
