import JSONRPC

extension InMemoryStores: OptimizationStore {
  package func propose(
    _ proposals: [CampaignProposals], escalation: (Escalation, Event)?, at now: Timestamp,
    event: @escaping @Sendable (Optimization) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> EscalationID? {
    try write(in: workspace) { (content) throws(StoreError) in
      var kept = content.optimizations
      for name in CampaignProposals.replaced(Array(kept.stored.values), by: proposals) {
        kept.stored[name]?.supersede()
      }
      let new = proposals.flatMap(\.proposals)
      for proposal in new {
        guard kept.stored[proposal.id] == nil else {
          throw StoreError(.conflict, "Optimization '\(proposal.id)' is stored already")
        }
        kept.stored[proposal.id] = proposal
      }
      var events = new.map(event)
      content.optimizations = kept
      guard let (escalation, opened) = escalation else { return (nil, events) }
      let known = content.escalations.values
        .filter { $0.subject == escalation.subject && $0.state == .open }
        .min { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) }
      if let known { return (known.id, events) }
      content.escalations[escalation.id] = escalation
      events.append(opened)
      return (escalation.id, events)
    }
  }

  package func apply(
    _ id: OptimizationID, under policy: OptimizationPolicy, approvedBy person: String?,
    by actor: String, at now: Timestamp,
    order: @escaping @Sendable (Optimization, CampaignControls) -> ControlOrder?,
    event: @escaping @Sendable (Optimization) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> AppliedOptimization {
    try write(in: workspace) { (content) throws(StoreError) in
      var optimization = try content.optimization(id)
      let situation = content.situation(of: optimization, under: policy, at: now)
      var controls = situation.controls
      guard optimization.state != .applied else {
        return (AppliedOptimization(optimization, isNew: false, controls: controls), [])
      }
      if case .refused(let reason, _) = policy.decide(
        optimization, in: situation, now: now, approvedBy: person)
      {
        throw .refused(id, reason)
      }
      _ = try optimization.apply(to: &controls, by: person ?? actor, at: now)
      content.optimizations.store(optimization, controls, order(optimization, controls))
      return (
        AppliedOptimization(optimization, isNew: true, controls: controls), [event(optimization)]
      )
    }
  }

  package func revert(
    _ id: OptimizationID, under policy: OptimizationPolicy, because reason: String,
    by actor: String, at now: Timestamp,
    order: @escaping @Sendable (Optimization, CampaignControls) -> ControlOrder?,
    event: @escaping @Sendable (Optimization) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> RevertedOptimization {
    try write(in: workspace) { (content) throws(StoreError) in
      var optimization = try content.optimization(id)
      var situation = content.situation(of: optimization, under: policy, at: now)
      situation.spenders = content.optimizations.stored.values.filter {
        $0.state == .applied && $0.requires.contains(id)
      }.sorted { $0.id < $1.id }
      var controls = situation.controls
      guard
        let left = try optimization.revert(in: &controls, by: actor, because: reason, at: now)
      else {
        return (
          RevertedOptimization(optimization, isNew: false, left: [], controls: controls), []
        )
      }
      if case .refused(let reason, _) = policy.decideRevert(to: controls, in: situation) {
        throw .notReverted(id, reason)
      }
      content.optimizations.store(optimization, controls, order(optimization, controls))
      return (
        RevertedOptimization(optimization, isNew: true, left: left, controls: controls),
        [event(optimization)]
      )
    }
  }

  package func optimization(
    _ id: OptimizationID, in workspace: WorkspaceID
  ) throws(StoreError) -> Optimization? {
    read(in: workspace) { $0.optimizations.stored[id] }
  }

  package func optimizations(
    of id: CampaignID, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Optimization] {
    read(in: workspace) { content in
      let own = content.optimizations.stored.values.filter { $0.campaignID == id }
      let sorted = own.sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) }
      return Array(sorted.prefix(max(0, limit)))
    }
  }

  package func controls(
    of id: CampaignID, in workspace: WorkspaceID
  ) throws(StoreError) -> CampaignControls {
    read(in: workspace) { $0.controls(of: id) }
  }

  package func situation(
    of optimization: Optimization, under policy: OptimizationPolicy, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> OptimizationSituation {
    read(in: workspace) { $0.situation(of: optimization, under: policy, at: now) }
  }

  package func changed(
    since time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Optimization] {
    read(in: workspace) { content in
      content.optimizations.stored.values
        .filter { optimization in optimization.lastChangedAt.map { $0 >= time } ?? false }
        .sorted { ($0.lastChangedAt ?? time, $0.id) < ($1.lastChangedAt ?? time, $1.id) }
    }
  }

  package func unmeasured(
    appliedBefore time: Timestamp, limit: Int
  ) async throws(StoreError) -> [(workspace: WorkspaceID, optimization: Optimization)] {
    state.withLock { state in
      var found: [(workspace: WorkspaceID, optimization: Optimization, appliedAt: Timestamp)] = []
      for (workspace, content) in state.workspaces {
        for optimization in content.optimizations.stored.values
        where optimization.measurement == nil {
          guard let appliedAt = optimization.appliedAt, appliedAt < time else { continue }
          found.append((workspace, optimization, appliedAt))
        }
      }
      found.sort { ($0.appliedAt, $0.optimization.id) < ($1.appliedAt, $1.optimization.id) }
      return found.prefix(max(0, limit)).map { ($0.workspace, $0.optimization) }
    }
  }

  package func note(
    _ measurement: OptimizationMeasurement, of id: OptimizationID, memory: AnalyzedMemory?,
    event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try write(in: workspace) { (content) throws(StoreError) in
      let optimization = try content.optimization(id)
      guard optimization.measurement == nil else { return (false, []) }
      if let memory { _ = try content.memory.remember(memory) }
      content.optimizations.stored[id]?.measurement = measurement
      return (true, [event])
    }
  }

  package func dueOrders(
    at now: Timestamp, limit: Int
  ) async throws(StoreError) -> [ControlOrder] {
    state.withLock { state in
      let due = state.workspaces.values.flatMap(\.optimizations.orders)
        .filter { $0.notBefore <= now }
      return Array(
        due.sorted { ($0.notBefore, $0.id) < ($1.notBefore, $1.id) }.prefix(max(0, limit)))
    }
  }

  package func settle(
    _ order: ControlOrder, answer: String, next: Timestamp?, event: Event?
  ) async throws(StoreError) {
    try write(in: order.workspace) { (content) throws(StoreError) in
      let place = content.optimizations.orders.firstIndex { $0.id == order.id }
      guard let place else { return ((), []) }
      if let next {
        content.optimizations.orders[place].notBefore = next
        content.optimizations.orders[place].attempts += 1
      } else {
        content.optimizations.orders.remove(at: place)
      }
      return ((), event.map { [$0] } ?? [])
    }
  }
}

/// What is proposed for campaigns, and what they are set to.
struct InMemoryOptimizations: Sendable {
  var stored: [OptimizationID: Optimization] = [:]
  var controls: [CampaignID: CampaignControls] = [:]
  /// What platforms have still to be told.
  var orders: [ControlOrder] = []

  mutating func store(
    _ optimization: Optimization, _ controls: CampaignControls, _ order: ControlOrder?
  ) {
    stored[optimization.id] = optimization
    self.controls[controls.campaignID] = controls
    if let order { orders.append(order) }
  }
}

extension InMemoryWorkspace {
  fileprivate func optimization(_ id: OptimizationID) throws(StoreError) -> Optimization {
    guard let found = optimizations.stored[id] else { throw .noSuchOptimization(id) }
    return found
  }

  fileprivate func controls(of id: CampaignID) -> CampaignControls {
    optimizations.controls[id]
      ?? CampaignControls(
        of: campaigns[id] ?? Campaign(id: id, name: id.rawValue),
        currency: campaignFigures.currencies[id])
  }

  fileprivate func situation(
    of optimization: Optimization, under policy: OptimizationPolicy, at now: Timestamp
  ) -> OptimizationSituation {
    let id = optimization.campaignID
    let controls = controls(of: id)
    let since = now + (.zero - policy.coolDown)
    let history = optimizations.stored.values.filter { past in
      past.lastChangedAt.map { $0 >= since } ?? false || optimization.requires.contains(past.id)
    }
    let others = Set(campaigns.keys).union(optimizations.controls.keys).filter { $0 != id }
    let budgets = others.sorted().map(self.controls(of:)).filter {
      $0.currency == controls.currency
    }
    var situation = OptimizationSituation(
      controls: controls, history: history.sorted { $0.id < $1.id },
      record: campaignNames.contains(id) ? campaignRecord(id, .always) : nil,
      otherDailyBudgets: budgets.reduce(0) { $0 + ($1[.dailyBudget]?.number ?? 0) })
    situation.partners = (optimization.partners ?? []).compactMap { optimizations.stored[$0] }.map {
      OptimizationSituation.Partner($0, revision: self.controls(of: $0.campaignID).revision)
    }
    return situation
  }
}
