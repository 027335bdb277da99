package import Marketing

/// Optimizations of campaigns in SQLite.
package struct SQLiteOptimizationStore: OptimizationStore {
  let database: SQLiteDatabase

  package func propose(
    _ proposals: [CampaignProposals], escalation: (Escalation, Event)?, at now: Timestamp,
    event: @escaping @Sendable (Optimization) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> EscalationID? {
    let database = database
    return try await database.writer.perform { connection in
      for var old in try Self.replaced(by: proposals, in: workspace, connection) {
        old.supersede()
        try OptimizationRow.update(old, in: workspace, connection)
      }
      for proposal in proposals.flatMap(\.proposals) {
        try OptimizationRow.insert(proposal, in: workspace, connection)
        try database.log([event(proposal)], in: workspace, connection)
      }
      guard let (escalation, opened) = escalation else { return nil }
      if try EscalationRow.open(escalation, in: workspace, connection) {
        try database.log([opened], in: workspace, connection)
        return escalation.id
      }
      return try EscalationRow.open(about: escalation.subject, in: workspace, connection)
    }
  }

  package func apply(
    _ id: OptimizationID, under policy: OptimizationPolicy, approvedBy person: String?,
    by actor: String, at now: Timestamp,
    order: @escaping @Sendable (Optimization, CampaignControls) -> ControlOrder?,
    event: @escaping @Sendable (Optimization) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> AppliedOptimization {
    let database = database
    return try await database.writer.perform { connection in
      var optimization = try Self.find(id, in: workspace, connection)
      let situation = try Self.situation(
        of: optimization, under: policy, at: now, in: workspace, connection)
      var controls = situation.controls
      guard optimization.state != .applied else {
        return AppliedOptimization(optimization, isNew: false, controls: controls)
      }
      if case .refused(let reason, _) = policy.decide(
        optimization, in: situation, now: now, approvedBy: person)
      {
        throw StoreError.refused(id, reason)
      }
      _ = try optimization.apply(to: &controls, by: person ?? actor, at: now)
      try Self.store(optimization, controls, order, event, in: workspace, database, connection)
      return AppliedOptimization(optimization, isNew: true, controls: controls)
    }
  }

  package func revert(
    _ id: OptimizationID, under policy: OptimizationPolicy, because reason: String,
    by actor: String, at now: Timestamp,
    order: @escaping @Sendable (Optimization, CampaignControls) -> ControlOrder?,
    event: @escaping @Sendable (Optimization) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> RevertedOptimization {
    let database = database
    return try await database.writer.perform { connection in
      var optimization = try Self.find(id, in: workspace, connection)
      var situation = try Self.situation(
        of: optimization, under: policy, at: now, in: workspace, connection)
      situation.spenders = try OptimizationRow.spenders(of: id, in: workspace, connection)
      var controls = situation.controls
      guard
        let left = try optimization.revert(in: &controls, by: actor, because: reason, at: now)
      else {
        return RevertedOptimization(optimization, isNew: false, left: [], controls: controls)
      }
      if case .refused(let reason, _) = policy.decideRevert(to: controls, in: situation) {
        throw StoreError.notReverted(id, reason)
      }
      try Self.store(optimization, controls, order, event, in: workspace, database, connection)
      return RevertedOptimization(optimization, isNew: true, left: left, controls: controls)
    }
  }

  package func optimization(
    _ id: OptimizationID, in workspace: WorkspaceID
  ) throws(StoreError) -> Optimization? {
    try database.readers.read { try OptimizationRow.find(id, in: workspace, $0) }
  }

  package func optimizations(
    of id: CampaignID, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Optimization] {
    try await database.pooled.read {
      try OptimizationRow.all(of: id, limit: limit, in: workspace, $0)
    }
  }

  package func controls(
    of id: CampaignID, in workspace: WorkspaceID
  ) throws(StoreError) -> CampaignControls {
    try database.readers.read { connection in
      try connection.reading { try ControlsRow.find(id, in: workspace, connection) }
    }
  }

  package func situation(
    of optimization: Optimization, under policy: OptimizationPolicy, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> OptimizationSituation {
    try await database.pooled.read {
      try Self.situation(of: optimization, under: policy, at: now, in: workspace, $0)
    }
  }

  package func changed(
    since time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Optimization] {
    try await database.pooled.read {
      try OptimizationRow.changed(since: time, in: workspace, $0)
    }
  }

  package func unmeasured(
    appliedBefore time: Timestamp, limit: Int
  ) async throws(StoreError) -> [(workspace: WorkspaceID, optimization: Optimization)] {
    try await database.pooled.read {
      try OptimizationRow.unmeasured(appliedBefore: time, limit: limit, $0)
    }
  }

  package func note(
    _ measurement: OptimizationMeasurement, of id: OptimizationID, memory: AnalyzedMemory?,
    event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    let database = database
    return try await database.writer.perform { connection in
      var optimization = try Self.find(id, in: workspace, connection)
      guard optimization.measurement == nil else { return false }
      optimization.measurement = measurement
      try OptimizationRow.update(optimization, in: workspace, connection)
      if let memory {
        _ = try MemoryWriter(workspace: workspace, connection: connection).remember(memory)
      }
      try database.log([event], in: workspace, connection)
      return true
    }
  }

  package func dueOrders(
    at now: Timestamp, limit: Int
  ) async throws(StoreError) -> [ControlOrder] {
    try database.readers.read { try ControlOrderRow.due(at: now, limit: limit, $0) }
  }

  package func settle(
    _ order: ControlOrder, answer: String, next: Timestamp?, event: Event?
  ) async throws(StoreError) {
    let database = database
    try await database.writer.perform { connection in
      try ControlOrderRow.settle(order, answer: answer, next: next, connection)
      if let event { try database.log([event], in: order.workspace, connection) }
    }
  }

  /// The open proposals that new ones take the place of.
  private static func replaced(
    by new: [CampaignProposals], in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Optimization] {
    var open = try new.flatMap { set in
      try OptimizationRow.open(for: set.campaignID, in: workspace, connection)
    }
    // Budgets hang together over campaigns.
    if open.contains(where: { $0.kind == .budgetReallocation }) {
      let others = try OptimizationRow.openReallocations(in: workspace, connection)
      open += others.filter { other in !open.contains { $0.id == other.id } }
    }
    // What money was freed for already stays.
    for name in Set(open.flatMap(\.requires)).sorted()
    where !open.contains(where: { $0.id == name }) {
      if let required = try OptimizationRow.find(name, in: workspace, connection) {
        open.append(required)
      }
    }
    let gone = CampaignProposals.replaced(open, by: new)
    return open.filter { gone.contains($0.id) }
  }

  private static func find(
    _ id: OptimizationID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Optimization {
    guard let found = try OptimizationRow.find(id, in: workspace, connection) else {
      throw StoreError.noSuchOptimization(id)
    }
    return found
  }

  /// Stores what was applied or taken back, with what the platform is to be told of it.
  private static func store(
    _ optimization: Optimization, _ controls: CampaignControls,
    _ order: (Optimization, CampaignControls) -> ControlOrder?, _ event: (Optimization) -> Event,
    in workspace: WorkspaceID, _ database: SQLiteDatabase, _ connection: SQLConnection
  ) throws {
    try OptimizationRow.update(optimization, in: workspace, connection)
    try ControlsRow.store(controls, in: workspace, connection)
    if let order = order(optimization, controls) { try ControlOrderRow.insert(order, connection) }
    try database.log([event(optimization)], in: workspace, connection)
  }

  private static func situation(
    of optimization: Optimization, under policy: OptimizationPolicy, at now: Timestamp,
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> OptimizationSituation {
    let id = optimization.campaignID
    let controls = try ControlsRow.find(id, in: workspace, connection)
    var history = try OptimizationRow.changed(
      since: now + (.zero - policy.coolDown), in: workspace, connection)
    for required in optimization.requires where !history.contains(where: { $0.id == required }) {
      if let found = try OptimizationRow.find(required, in: workspace, connection) {
        history.append(found)
      }
    }
    let record = try CampaignRecord.find(id, .always, in: workspace, connection)
    let budgets = try controls.currency.map {
      try ControlsRow.otherDailyBudgets(than: id, in: $0, workspace, connection)
    }
    var situation = OptimizationSituation(
      controls: controls, history: history, record: record, otherDailyBudgets: budgets ?? 0)
    for name in optimization.partners ?? [] {
      guard let partner = try OptimizationRow.find(name, in: workspace, connection) else {
        continue
      }
      let revision = try ControlsRow.find(partner.campaignID, in: workspace, connection).revision
      situation.partners.append(OptimizationSituation.Partner(partner, revision: revision))
    }
    return situation
  }
}
