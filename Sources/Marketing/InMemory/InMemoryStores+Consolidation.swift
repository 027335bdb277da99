import JSONRPC

extension InMemoryStores: MemoryConsolidationStore {
  package func claimConsolidation(
    _ claim: ConsolidationClaim, in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationRun? {
    try write(in: workspace) { (content) throws(StoreError) in
      (content.consolidation.claim(claim), [])
    }
  }

  package func consolidationState(
    in workspace: WorkspaceID
  ) throws(StoreError) -> ConsolidationState? {
    read(in: workspace) { content in
      let state = content.consolidation
      guard state.isKnown else { return nil }
      return ConsolidationState(
        open: state.startedAt.map {
          ConsolidationRun(startedAt: $0, place: state.place, row: state.row)
        },
        leasedUntil: state.leasedUntil, completedAt: state.completedAt)
    }
  }

  package func releaseConsolidation(
    by holder: String, completedAt: Timestamp?, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try write(in: workspace) { (content) throws(StoreError) in
      content.consolidation.release(by: holder, completedAt: completedAt)
      return ((), [])
    }
  }

  package func consolidationScopes(
    after scope: ConsolidationScope?, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [ConsolidationScope] {
    read(in: workspace) { Array($0.memory.scopes(after: scope).sorted().prefix(limit)) }
  }

  package func consolidationScopeCount(
    after scope: ConsolidationScope?, in workspace: WorkspaceID
  ) async throws(StoreError) -> Int {
    read(in: workspace) { $0.memory.scopes(after: scope).count }
  }

  package func consolidationPage(
    of scope: ConsolidationScope, after place: Int64, limit: Int, now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationPage {
    consolidationPage(after: place, limit: limit, in: workspace) {
      $0.isConsolidated(in: scope) && !$0.hasExpired(at: now)
    }
  }

  package func consolidationSummaries(
    of lead: LeadID?, after place: Int64, limit: Int, now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationPage {
    consolidationPage(after: place, limit: limit, in: workspace) {
      $0.content == .summary && $0.isConsolidated(in: .records(of: lead))
        && !$0.hasExpired(at: now)
    }
  }

  private func consolidationPage(
    after place: Int64, limit: Int, in workspace: WorkspaceID,
    where isWanted: (MemoryRecord) -> Bool
  ) -> ConsolidationPage {
    read(in: workspace) { content in
      let found = content.memory.versions.filter { $0.key > place && isWanted($0.value.record) }
        .sorted { $0.key < $1.key }
      let page = found.prefix(limit)
      return ConsolidationPage(
        memories: page.map(\.value), next: found.count > page.count ? page.last?.key : nil)
    }
  }

  package func consolidate(
    _ step: ConsolidationStep, events: @escaping @Sendable (ConsolidationEffect) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationEffect {
    try write(in: workspace) { (content) throws(StoreError) in
      guard content.consolidation.holder == step.claim.holder else { throw .otherConsolidation }
      for memory in step.stored {
        if let id = memory.record.leadID, content.leads[id] == nil { throw .noSuchLead(id) }
      }
      var changed = content.memory
      var effect = try changed.consolidate(step)
      var graph = content.graph
      effect.related = try graph.learn(step, from: changed)
      content.memory = changed
      content.graph = graph
      content.consolidation.goOn(step)
      return (effect, effect.isEmpty ? [] : events(effect))
    }
  }

  package func rememberingWorkspaces() async throws(StoreError) -> [WorkspaceID] {
    state.withLock { state in
      state.workspaces.filter { !$0.value.memory.versions.isEmpty }.keys.sorted()
    }
  }
}

/// How the consolidation of one workspace stands.
struct InMemoryConsolidation: Sendable {
  private(set) var isKnown = false
  private(set) var holder: String?
  private(set) var leasedUntil: Timestamp?
  private(set) var startedAt: Timestamp?
  private(set) var place: ConsolidationScope?
  private(set) var row: Int64?
  private(set) var completedAt: Timestamp?

  mutating func claim(_ claim: ConsolidationClaim) -> ConsolidationRun? {
    if holder != claim.holder, let leasedUntil, leasedUntil > claim.now,
      leasedUntil <= claim.latestEnd
    {
      return nil
    }
    isKnown = true
    holder = claim.holder
    leasedUntil = claim.now + claim.lease
    if claim.opensRun { startedAt = startedAt ?? claim.now }
    return ConsolidationRun(startedAt: startedAt ?? claim.now, place: place, row: row)
  }

  mutating func goOn(_ step: ConsolidationStep) {
    leasedUntil = step.claim.now + step.claim.lease
    if let place = step.place { (self.place, row) = (place, step.row) }
  }

  mutating func release(by holder: String, completedAt: Timestamp?) {
    guard self.holder == holder else { return }
    self.holder = nil
    leasedUntil = nil
    if let completedAt {
      self.completedAt = completedAt
      startedAt = nil
      (place, row) = (nil, nil)
    }
  }
}

extension InMemoryMemory {
  fileprivate func scopes(after scope: ConsolidationScope?) -> Set<ConsolidationScope> {
    var scopes: Set<ConsolidationScope> = []
    for memory in versions.values where memory.record.retractedAt == nil {
      scopes.insert(.records(of: memory.record.leadID))
      if let episode = memory.record.episode { scopes.insert(.episodes(of: episode.situation)) }
    }
    return scopes.filter { found in scope.map { $0 < found } ?? true }
  }

  fileprivate mutating func consolidate(
    _ step: ConsolidationStep
  ) throws(StoreError) -> ConsolidationEffect {
    let now = step.claim.now
    var effect = ConsolidationEffect()
    for id in step.expiring {
      guard let version = place(of: id, now) else { continue }
      change(version) { $0.expiresAt = now }
      effect.expired += 1
    }
    for merge in step.merges {
      guard let survivor = place(of: OwnedMemoryID(merge.survivor, merge.role), now) else {
        continue
      }
      var others: [MemoryRecord] = []
      for id in merge.givenUp {
        guard let version = place(of: OwnedMemoryID(id, merge.role), now),
          let other = versions[version]
        else { continue }
        others.append(other.record)
        change(version) { $0.retractedAt = now }
      }
      if others.isEmpty { continue }
      change(survivor) { $0 = $0.merging(others) }
      effect.merged += others.count
    }
    for memory in step.stored {
      do throws(StoreError) {
        if try remember(memory).isNew { effect.note(memory.record) }
      } catch {
        // Whose name another record has is not stored: a caller may have chosen it.
        guard error.code == .conflict else { throw error }
      }
    }
    return effect
  }

  /// Deletes what was summarised from erased records, and what was summarised from that: summaries hold their
  /// originals' words.
  /// - Parameter ids: the names that are gone; those of the summaries are added.
  /// - Returns: how many summaries were deleted.
  mutating func eraseSummaries(of ids: inout Set<OwnedMemoryID>) -> Int {
    var deleted = 0
    while true {
      let found = versions.filter { _, memory in
        let record = memory.record
        return record.content == .summary
          && record.derivedFrom.contains { ids.contains(original: $0, ofSummaryOf: record.role) }
      }
      if found.isEmpty { return deleted }
      for (version, memory) in found {
        delete(version)
        ids.insert(memory.record.ownedID)
        deleted += 1
      }
    }
  }

  /// Takes erased episodes out of what was concluded from them. A conclusion that rests on no others, or whose
  /// role has none of the situation any more, goes with them.
  /// - Parameter ids: the names that are gone.
  /// - Returns: the names of the conclusions that were deleted, one for each version.
  mutating func eraseConclusions(
    from erased: [MemoryRecord], _ ids: Set<OwnedMemoryID>, at now: Timestamp
  ) -> [LearnedSituation: [MemoryID]] {
    var deleted: [LearnedSituation: [MemoryID]] = [:]
    for situation in Set(erased.compactMap { $0.episode?.situation }) {
      let key = ActionPatterns.key(of: situation)
      let roles = Set(
        versions.values.map(\.record).filter {
          $0.episode?.situation == situation && $0.retractedAt == nil && !$0.hasExpired(at: now)
        }.map(\.role))
      for (version, memory) in versions where memory.record.isConclusion(key) {
        let role = memory.record.role
        let known = memory.record.derivedFrom
        let origins = known.filter { !ids.contains(OwnedMemoryID($0, role)) }
        if origins.isEmpty && !known.isEmpty || !roles.contains(role) {
          delete(version)
          deleted[LearnedSituation(situation, role: role), default: []].append(memory.record.id)
        } else if origins.count < known.count {
          change(version) { $0.derivedFrom = origins }
        }
      }
    }
    return deleted
  }

  private func place(of id: OwnedMemoryID, _ now: Timestamp) -> Int64? {
    versions(named: id.id).first {
      $0.value.record.ownedID == id && $0.value.record.retractedAt == nil
        && !$0.value.record.hasExpired(at: now)
    }?.key
  }
}

extension ConsolidationEffect {
  /// Notes that a record was stored.
  package mutating func note(_ record: MemoryRecord) {
    if record.fact != nil {
      promoted.append(record.id)
    } else {
      summaries.append(record.id)
      compressed += record.derivedFrom.count
    }
  }
}

extension MemoryRecord {
  fileprivate func isConclusion(_ key: String) -> Bool {
    leadID == nil && source.name == ActionPatterns.sourceName && fact?.key == key
  }

  fileprivate func isConsolidated(in scope: ConsolidationScope) -> Bool {
    guard retractedAt == nil else { return false }
    switch scope {
    case .records(let lead): return leadID == lead && (kind == .longTerm || kind == .episodic)
    case .episodes(let situation): return episode?.situation == situation
    }
  }
}
