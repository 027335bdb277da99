import JSONRPC

extension InMemoryStores: EngagementStore {
  package func save(
    _ plan: Engagement, event: @escaping EngagementEvent, in workspace: WorkspaceID
  ) async throws(StoreError) -> (engagement: Engagement, isNew: Bool) {
    try write(in: workspace) { (content) throws(StoreError) in
      guard content.leads[plan.leadID] != nil else { throw .noSuchLead(plan.leadID) }
      try plan.checkFollows(plan.handoffID.flatMap { content.handoffs[$0]?.handoff })
      let own = content.engagements(of: plan.leadID)
      let known =
        own.last { !$0.state.isOver }
        ?? own.last { $0.handoffID != nil && $0.handoffID == plan.handoffID }
      if let known {
        guard try known.isReplaced(by: plan) else { return ((known, false), []) }
        let replaced = plan.replacing(known)
        content.engagements[known.id] = replaced
        return ((replaced, true), [event(replaced)])
      }
      guard content.engagements[plan.id] == nil else { throw .engagementExists(plan.id) }
      content.engagements[plan.id] = plan
      content.engagementOrder.append(plan.id)
      return ((plan, true), [event(plan)])
    }
  }

  package func start(
    _ id: EngagementID, number: Int, steps: [EngagementStep], messages: [OutboundMessage],
    ending: WorkEnding?, at now: Timestamp, event: @escaping EngagementEvent,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> (engagement: Engagement, isNew: Bool) {
    try write(in: workspace) { (content) throws(StoreError) in
      guard var engagement = content.engagements[id] else { throw .noSuchEngagement(id) }
      if engagement.state == .running { return ((engagement, false), []) }
      guard !engagement.state.isOver else { throw .isOver(engagement) }
      guard engagement.number == number else { throw .staleEngagement(id) }
      var outbox = content.outbox
      for message in messages { _ = try outbox.enqueue(message) }
      content.outbox = outbox
      engagement.start(steps, at: now)
      content.engagements[id] = engagement
      let started = event(engagement)
      content.advance(engagement.leadID, JourneyMove(to: .engaged, by: started))
      return ((engagement, true), [started] + content.work.end(ending))
    }
  }

  package func end(
    _ id: EngagementID, _ ending: EngagementEnding, at now: Timestamp,
    event: @escaping EngagementEvent, in workspace: WorkspaceID
  ) async throws(StoreError) -> Engagement {
    try write(in: workspace) { (content) throws(StoreError) in
      guard content.engagements[id] != nil else { throw .noSuchEngagement(id) }
      let events = try content.end(id, ending, at: now, event: event)
      guard let engagement = content.engagements[id] else { throw .noSuchEngagement(id) }
      return (engagement, events)
    }
  }

  package func completeFinished(
    at now: Timestamp, limit: Int, event: @escaping EngagementEvent
  ) async throws(StoreError) -> Int {
    let finished = state.withLock { state in
      state.workspaces.flatMap { workspace, content in
        content.engagements.values.filter { content.isFinished($0) }.map { (workspace, $0.id) }
      }.prefix(max(0, limit))
    }
    for (workspace, id) in finished {
      try write(in: workspace) { (content) throws(StoreError) in
        guard var engagement = content.engagements[id], content.isFinished(engagement),
          engagement.complete(dead: content.deadMessage(of: engagement), at: now)
        else { return ((), []) }
        content.engagements[id] = engagement
        return ((), [event(engagement)])
      }
    }
    return finished.count
  }

  package func engagement(
    _ id: EngagementID, in workspace: WorkspaceID
  ) throws(StoreError) -> Engagement? {
    read(in: workspace) { $0.engagements[id] }
  }

  package func latestEngagement(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> Engagement? {
    read(in: workspace) { content in
      content.engagements(of: lead).enumerated().max {
        ($0.element.createdAt, $0.offset) < ($1.element.createdAt, $1.offset)
      }?.element
    }
  }

  package func record(
    _ report: DeliveryReport, effects: OutreachEffects, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ReportReceipt {
    try write(in: workspace) { (content) throws(StoreError) in
      guard let entry = content.outbox.entries[report.messageID] else {
        throw .noSuchMessage(report.messageID)
      }
      guard entry.mayHaveLeft else { return (.notSent(entry.state), []) }
      let message = entry.message
      guard
        !content.reports.contains(where: {
          $0.report.id == report.id && $0.report.messageID == report.messageID
        })
      else {
        return (.known, [])
      }
      let events = try content.apply(
        effects, of: message.leadID, hasher: addressHasher, in: workspace, at: now)
      content.reports.append(
        .init(report: report, leadID: message.leadID, engagementID: message.engagementID))
      return (.new, events)
    }
  }

  package func reports(
    of engagement: EngagementID, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [DeliveryReport] {
    read(in: workspace) { content in
      Array(
        content.reports.filter { $0.engagementID == engagement }.map(\.report)
          .prefix(max(0, limit)))
    }
  }

  package func performance(
    by dimension: PerformanceDimension, since: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [PerformanceRecord] {
    read(in: workspace) { content in
      var records: [String: PerformanceRecord] = [:]
      for (count, number) in content.performance
      where count.dimension == dimension && count.at >= since {
        records[count.value, default: PerformanceRecord(value: count.value, counts: [:])]
          .counts[count.kind, default: 0] += number
      }
      return records.values.sorted { $0.value < $1.value }
    }
  }

  package func prunePerformance(
    before time: Timestamp, limit: Int
  ) async throws(StoreError) -> Int {
    state.withLock { state in
      var left = max(0, limit)
      for workspace in state.workspaces.keys {
        let old = state.workspaces[workspace]?.performance.keys.filter { $0.at < time } ?? []
        for count in old.prefix(left) { state.workspaces[workspace]?.performance[count] = nil }
        left -= min(left, old.count)
      }
      return max(0, limit) - left
    }
  }
}

/// A report with whose message it is of.
struct InMemoryReport: Sendable {
  let report: DeliveryReport
  let leadID: LeadID
  let engagementID: EngagementID?
}

extension InMemoryWorkspace {
  /// A lead's engagements in the order they were stored.
  fileprivate func engagements(of lead: LeadID) -> [Engagement] {
    engagementOrder.compactMap { engagements[$0] }.filter { $0.leadID == lead }
  }

  /// Whether an engagement is running and nothing of it waits to be sent.
  fileprivate func isFinished(_ engagement: Engagement) -> Bool {
    engagement.state == .running
      && outbox.ids(.engagement(engagement.id)).allSatisfy {
        outbox.entries[$0]?.state.isFinal ?? true
      }
  }

  /// The first message of an engagement that was given up; `nil` when none was.
  fileprivate func deadMessage(of engagement: Engagement) -> MessageID? {
    outbox.ids(.engagement(engagement.id)).first { outbox.entries[$0]?.state == .dead }
  }

  /// Has a person look at what a message that was given up leaves undone.
  /// - Returns: the events to log.
  mutating func open(_ opening: OutreachEffects.Opening) -> [Event] {
    let escalation = opening.escalation
    let isOpen = escalations.values.contains {
      $0.state == .open && $0.subject == escalation.subject
    }
    guard !isOpen, escalations[escalation.id] == nil else { return [] }
    escalations[escalation.id] = escalation
    return [opening.event]
  }

  /// Ends an engagement and takes back what was not sent.
  /// - Returns: the events to log.
  fileprivate mutating func end(
    _ id: EngagementID, _ ending: EngagementEnding, at now: Timestamp,
    event: (@Sendable (Engagement) -> Event)?
  ) throws(StoreError) -> [Event] {
    guard var engagement = engagements[id], try ending.apply(to: &engagement, at: now) else {
      return []
    }
    engagements[id] = engagement
    for message in outbox.ids(.engagement(id)) {
      _ = outbox.entries[message]?.cancel(reason: ending.cancelReason, at: now)
    }
    return event.map { [$0(engagement)] } ?? []
  }

  /// Stores what follows from a message, or from what is reported of it.
  /// - Returns: the events to log.
  mutating func apply(
    _ effects: OutreachEffects, of lead: LeadID, hasher: AddressHasher, in workspace: WorkspaceID,
    at now: Timestamp
  ) throws(StoreError) -> [Event] {
    if let touch = effects.touch {
      contacts.touches.append(
        .init(
          touch: touch, address: effects.addresses.first { $0.isReached(by: touch.channel) }?.kept))
    }
    for entry in effects.suppressions {
      guard case .address(let address) = entry.who else { continue }
      let key = InMemoryConsents.Key(
        hash: hasher.hash(of: address.kept, in: workspace), channel: entry.suppression.channel)
      if contacts.suppressions[key] == nil { contacts.suppressions[key] = entry.suppression }
    }
    if let interaction = effects.interaction, interactions[interaction.id] == nil {
      if let memory = effects.memory { _ = try self.memory.remember(memory) }
      interactions[interaction.id] = interaction
      if interaction.kind.isFromLead {
        let last = leads[lead]?.lead.lastActiveAt ?? interaction.occurredAt
        leads[lead]?.lead.lastActiveAt = max(last, interaction.occurredAt)
      }
    }
    for var count in effects.counts {
      count.at = count.hour
      performance[count, default: 0] += 1
    }
    if let move = effects.move { advance(lead, move) }
    guard let exit = effects.exit,
      let open = effects.engagementID.map({ engagements[$0] })
        ?? engagements(of: lead).last(where: { !$0.state.isOver }),
      open.state != .planned || exit == .unsubscribe || exit == .complaint
    else { return effects.events }
    return effects.events + (try end(open.id, .exited(exit), at: now, event: effects.ended))
  }

  /// - Returns: how many engagements and reports were the lead's.
  mutating func eraseEngagements(of lead: LeadID) -> (engagements: Int, reports: Int) {
    let own = Set(engagements(of: lead).map(\.id))
    for id in own { engagements[id] = nil }
    engagementOrder.removeAll { own.contains($0) }
    let known = reports.count
    reports.removeAll { $0.leadID == lead }
    return (own.count, known - reports.count)
  }
}
