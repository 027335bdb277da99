extension InMemoryStores: LeadStore {
  package func lead(_ id: LeadID, in workspace: WorkspaceID) throws(StoreError) -> Lead? {
    read(in: workspace) { $0.leads[id]?.lead }
  }

  package func history(
    of id: LeadID?, identity: LeadIdentity, in workspace: WorkspaceID
  ) throws(StoreError) -> LeadHistory {
    read(in: workspace) { $0.history(of: id, identity: identity) }
  }

  package func cohorts(
    for key: CohortKey, in workspace: WorkspaceID
  ) throws(StoreError) -> [CohortCount] {
    read(in: workspace) { $0.cohorts(for: key) }
  }

  package func latestTriage(
    of id: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> TriageRecord? {
    read(in: workspace) { $0.triages[id] }
  }

  package func profile(
    of id: LeadID, interactions limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> LeadProfile? {
    read(in: workspace) { content in
      guard let lead = content.leads[id]?.lead else { return nil }
      return LeadProfile(
        lead: lead, triage: content.triages[id],
        interactions: content.interactions(of: id, limit: limit),
        outcome: content.latestOutcome(of: id))
    }
  }

  package func receive(
    _ lead: Lead, identity: LeadIdentity, basis: TriageBasis, work: WorkDraft, at now: Timestamp,
    events: [Event], noting: @escaping WorkQueueStore.Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> QueuedWork {
    try write(in: workspace) { (content) throws(StoreError) in
      switch (content.leads[lead.id], basis) {
      case (.some, .new): throw .leadExists(lead.id)
      case (nil, .stored): throw .noSuchLead(lead.id)
      case (let stored?, .stored(let known)) where stored.lead != known: throw .stale(lead.id)
      default: break
      }
      let isChanged = content.leads[lead.id].map { $0.lead != lead } ?? false
      let (queued, item) = try content.work.enqueue(
        isChanged ? content.work.behindClaimed(work) : work, at: now)
      content.put(lead, identity)
      for move in JourneyMove.ofReceipt(lead, basis: basis, events: events) {
        content.advance(lead.id, move)
      }
      return (queued, events + (item.map(noting) ?? []))
    }
  }

  package func saveTriage(
    _ triage: TriageRecord, of lead: Lead, identity: LeadIdentity, basis: TriageBasis,
    shadows: [ShadowPrediction], hold: WorkHold?, events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> HeldWork? {
    try write(in: workspace) { (content) throws(StoreError) in
      switch (content.leads[lead.id], basis) {
      case (.some, .new): throw .leadExists(lead.id)
      case (nil, .stored): throw .noSuchLead(lead.id)
      case (let stored?, .stored(let known)) where stored.lead != known: throw .stale(lead.id)
      case (nil, .new(hasDuplicates: false))
      where content.leads.values.contains { identity.match($0.identity) != nil }:
        throw .stale(lead.id)
      default: break
      }
      let held = try hold.flatMap { (hold) throws(StoreError) in try content.work.hold(hold) }
      content.put(lead, identity)
      content.triages[lead.id] = triage
      for move in JourneyMove.ofTriage(lead, basis: basis, events: events) {
        content.advance(lead.id, move)
      }
      if content.outcomesKnownSince[lead.id] == nil { content.scoring.keep(shadows, of: lead.id) }
      return (
        held.map { HeldWork($0.id, claim: $0.claim) },
        events + (held.flatMap { hold?.events($0) } ?? [])
      )
    }
  }

  package func record(
    _ interaction: Interaction, isTimeAssumed: Bool, memory: AnalyzedMemory?, event: Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Recorded {
    try write(in: workspace) { (content) throws(StoreError) in
      guard let stored = content.leads[interaction.leadID] else {
        throw .noSuchLead(interaction.leadID)
      }
      if let known = content.interactions[interaction.id] {
        guard known.isSame(as: interaction, atAnyTime: isTimeAssumed) else {
          throw .interactionExists(interaction.id)
        }
        return (Recorded(isNew: false, occurredAt: known.occurredAt), [])
      }
      if let memory { _ = try content.memory.remember(memory) }
      content.interactions[interaction.id] = interaction
      if interaction.kind.isFromLead {
        let last = max(stored.lead.lastActiveAt ?? interaction.occurredAt, interaction.occurredAt)
        content.leads[interaction.leadID]?.lead.lastActiveAt = last
      }
      return (Recorded(isNew: true, occurredAt: interaction.occurredAt), [event])
    }
  }

  package func latestOutcome(
    of id: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> Outcome? {
    read(in: workspace) { $0.latestOutcome(of: id) }
  }

  package func latestOutcome(
    of id: LeadID, otherThan disposition: Disposition, in workspace: WorkspaceID
  ) throws(StoreError) -> Outcome? {
    read(in: workspace) { $0.latestOutcome(of: id) { $0.disposition != disposition } }
  }

  package func record(
    _ outcome: Outcome, isTimeAssumed: Bool, replacing: Bool, lesson: Lesson?, event: Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Recorded {
    try write(in: workspace) { (content) throws(StoreError) in
      guard content.leads[outcome.leadID] != nil else { throw .noSuchLead(outcome.leadID) }
      let contradicts = { (other: Outcome) in
        other.leadID == outcome.leadID && other.disposition != outcome.disposition
      }
      let replaces = content.outcomes.contains(where: contradicts)
      guard replacing || !replaces else { throw .otherDisposition(outcome.leadID) }
      if !replaces, isTimeAssumed,
        let known = content.latestOutcome(of: outcome.leadID, where: outcome.isRepeat(of:))
      {
        return (Recorded(isNew: false, occurredAt: known.occurredAt), [])
      }
      if replaces {
        content.outcomes.removeAll(where: contradicts)
        content.outcomesKnownSince[outcome.leadID] = nil
      }
      let isNew = content.put(outcome) != .unchanged || replaces
      let recorded = Recorded(isNew: isNew, occurredAt: outcome.occurredAt)
      guard isNew else { return (recorded, []) }
      content.leads[outcome.leadID]?.lead.status =
        outcome.disposition == .converted ? .converted : .unqualified
      content.noteOutcome(of: outcome.leadID, at: event.occurredAt)
      content.scoring.learn(lesson, from: outcome)
      content.advance(
        outcome.leadID,
        JourneyMove(
          to: JourneyStage(outcome.disposition), by: event, reason: outcome.reason))
      return (recorded, [event])
    }
  }

  package func interactions(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> [Interaction] {
    read(in: workspace) { $0.interactions(of: id, limit: limit) }
  }
}

extension Interaction {
  /// Whether another report tells of the same.
  package func isSame(as other: Interaction, atAnyTime: Bool) -> Bool {
    var other = other
    if atAnyTime { other.occurredAt = occurredAt }
    return self == other
  }
}

extension Outcome {
  /// Whether this one, of which nobody said when it happened, seems to be an earlier one reported again.
  package func isRepeat(of earlier: Outcome) -> Bool {
    var same = earlier
    same.occurredAt = occurredAt
    return same == self && earlier.occurredAt + Outcome.repeatWindow >= occurredAt
  }

  /// How long after an outcome an equal one without a time of its own is taken for the same.
  package static var repeatWindow: Duration { .days(1) }
}

extension InMemoryWorkspace {
  /// Notes when a lead got its outcome, unless it has one already.
  mutating func noteOutcome(of id: LeadID, at time: Timestamp) {
    if outcomesKnownSince[id] == nil { outcomesKnownSince[id] = time }
  }

  /// Stores an outcome. One of the same disposition, conversion and time is a correction of it.
  mutating func put(_ outcome: Outcome) -> ImportChange {
    let place = outcomes.firstIndex {
      $0.leadID == outcome.leadID && $0.disposition == outcome.disposition
        && $0.conversionType == outcome.conversionType && $0.occurredAt == outcome.occurredAt
    }
    guard let place else {
      outcomes.append(outcome)
      return .added
    }
    if outcomes[place] == outcome { return .unchanged }
    outcomes[place] = outcome
    return .changed
  }

  func latestOutcome(
    of id: LeadID, where isWanted: (Outcome) -> Bool = { _ in true }
  ) -> Outcome? {
    var latest: Outcome?
    for outcome in outcomes where outcome.leadID == id && isWanted(outcome) {
      if let known = latest, known.occurredAt > outcome.occurredAt { continue }
      latest = outcome
    }
    return latest
  }

  func interactions(of id: LeadID, limit: Int) -> [Interaction] {
    let latestFirst = interactions.values.filter { $0.leadID == id }.sorted {
      ($0.occurredAt, $0.id) > ($1.occurredAt, $1.id)
    }
    return Array(latestFirst.prefix(max(0, limit)))
  }

  func history(of id: LeadID?, identity: LeadIdentity) -> LeadHistory {
    var history = LeadHistory()
    history.duplicates = duplicates(of: id, identity: identity)
    let own = id.flatMap { leads[$0] }
    if let own {
      history.isStored = true
      history.hasConverted = conversions(of: own.lead.id) > 0
      if own.lead.status == .unqualified {
        history.lostAt = latestOutcome(of: own.lead.id) { $0.disposition == .lost }?.occurredAt
      }
    }
    let ids = Set(history.duplicates.map(\.leadID) + [own?.lead.id].compactMap(\.self))
    var activity: [Timestamp] = []
    for id in ids {
      for interaction in interactions(of: id, limit: LeadHistory.maximumInteractions) {
        history.interactions[interaction.kind, default: 0] += 1
        history.outcomes[interaction.outcome, default: 0] += 1
        if interaction.kind.isFromLead { activity.append(interaction.occurredAt) }
      }
    }
    for id in ids {
      history.conversions += conversions(of: id)
      if let last = leads[id]?.lead.lastActiveAt { activity.append(last) }
    }
    history.lastLeadActivity = activity.max()
    if let account = identity.account {
      for other in leads.values where other.identity.account == account && other.lead.id != id {
        history.accountLeads += 1
        history.accountConversions += conversions(of: other.lead.id) > 0 ? 1 : 0
      }
    }
    return history
  }

  private func duplicates(of id: LeadID?, identity: LeadIdentity) -> [DuplicateMatch] {
    let others = leads.values.filter { $0.lead.id != id }.sorted { $0.place < $1.place }
    let matches = others.compactMap { other in
      identity.match(other.identity).map {
        DuplicateMatch(
          leadID: other.lead.id, reason: $0, createdAt: other.lead.createdAt,
          hasConverted: conversions(of: other.lead.id) > 0)
      }
    }
    return Array(matches.prefix(LeadHistory.maximumDuplicates))
  }

  func cohorts(for key: CohortKey) -> [CohortCount] {
    var counts = [CohortCount](repeating: CohortCount(), count: 5)
    for stored in leads.values {
      let isConverted = conversions(of: stored.lead.id) > 0
      for level in 0..<key.sharedLevels(with: CohortKey(stored.lead)) {
        counts[level].leads += 1
        counts[level].conversions += isConverted ? 1 : 0
      }
    }
    return counts
  }
}

extension LeadHistory {
  /// How many duplicates are looked at, those stored first: a shared address such as `info@` must not
  /// make every lead's history as long as the whole table.
  package static var maximumDuplicates: Int { 50 }

  /// How many interactions of one lead count, the latest: what an agent in a loop has recorded must not
  /// make every triage slow.
  package static var maximumInteractions: Int { 2000 }
}

extension CohortKey {
  /// How many levels from the top two keys share: 1 to 5, for all leads share the first.
  fileprivate func sharedLevels(with other: CohortKey) -> Int {
    if source != other.source { return 1 }
    if industry != other.industry { return 2 }
    if companySize != other.companySize { return 3 }
    return region == other.region ? 5 : 4
  }
}

extension StoreError {
  /// A new lead's name is taken.
  package static func leadExists(_ id: LeadID) -> StoreError {
    StoreError(.conflict, "Lead '\(id)' is stored already")
  }

  /// A lead has changed, or come in a second time, since it was read.
  package static func stale(_ id: LeadID) -> StoreError {
    StoreError(.stale, "Lead '\(id)' has changed since it was read")
  }

  /// A lead that must be there is not.
  package static func noSuchLead(_ id: LeadID) -> StoreError {
    StoreError(.notFound, "There is no lead '\(id)'")
  }

  /// An interaction's name belongs to another one.
  package static func interactionExists(_ id: InteractionID) -> StoreError {
    StoreError(.conflict, "Interaction '\(id)' is stored already, with other content")
  }

  /// A lead that was won is reported lost, or the other way round.
  package static func otherDisposition(_ id: LeadID) -> StoreError {
    StoreError(.conflict, "Another disposition is stored for lead '\(id)'")
  }
}
