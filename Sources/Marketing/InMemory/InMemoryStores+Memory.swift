import JSONRPC

extension InMemoryStores: MemoryStore {
  package func remember(
    _ memories: [AnalyzedMemory], events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [Remembered] {
    try write(in: workspace) { (content) throws(StoreError) in
      // One after the other, and on a copy: what is refused leaves no trace of those before it.
      var memory = content.memory
      var fates: [Remembered] = []
      for new in memories {
        let record = new.record
        memory.drop(record.id, expiredBy: record.recordedAt)
        if let known = memory.current(record.id) {
          guard known.record.isRepeated(by: record) else { throw .takenMemory(record.id) }
        } else if let id = record.leadID, content.leads[id] == nil {
          throw .noSuchLead(id)
        }
        fates.append(memory.remember(new))
      }
      content.memory = memory
      return (fates, fates.contains(where: \.isNew) ? events : [])
    }
  }

  package func memories(
    _ ids: [MemoryID], for reader: MemoryReader, knownAt: Timestamp, now: Timestamp,
    in workspace: WorkspaceID
  ) throws(StoreError) -> [MemoryRecord] {
    read(in: workspace) { content in
      ids.compactMap { id in
        content.memory.versions
          .filter { $0.value.record.id == id && $0.value.record.recordedAt <= knownAt }
          .max { ($0.value.record.recordedAt, $0.key) < ($1.value.record.recordedAt, $1.key) }
          .map(\.value.record)
          .flatMap { reader.sees(recordOf: $0.role) && !$0.hasExpired(at: now) ? $0 : nil }
      }
    }
  }

  package func versions(
    _ versions: [Int64], in workspace: WorkspaceID
  ) throws(StoreError) -> [Int64: MemoryRecord] {
    read(in: workspace) { content in
      var found: [Int64: MemoryRecord] = [:]
      for version in versions { found[version] = content.memory.versions[version]?.record }
      return found
    }
  }

  package func list(
    _ query: MemoryQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryPage {
    read(in: workspace) { content in
      let found = content.memory.versions.values
        .filter { query.matches($0) }.map { ($0.record, MemoryPlace(of: $0.record)) }
        .sorted { $1.1 < $0.1 }
        .filter { entry in query.after.map { entry.1 < $0 } ?? true }
      let page = found.prefix(query.limit)
      return MemoryPage(
        records: page.map(\.0), next: found.count > page.count ? page.last?.1 : nil)
    }
  }

  package func forget(
    _ ids: [MemoryID], for reader: MemoryReader,
    events: @escaping @Sendable ([MemoryID]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MemoryID] {
    try write(in: workspace) { (content) throws(StoreError) in
      var forgotten: [MemoryID] = []
      for id in ids {
        let versions = content.memory.versions.filter {
          $0.value.record.id == id && reader.sees(recordOf: $0.value.record.role)
        }
        if versions.isEmpty { continue }
        for version in versions.keys { content.memory.delete(version) }
        forgotten.append(id)
      }
      return (forgotten, forgotten.isEmpty ? [] : events(forgotten))
    }
  }

  package func noteUses(
    _ uses: [MemoryID: MemoryUse], extending lifetime: Duration?, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try write(in: workspace) { (content) throws(StoreError) in
      for (version, memory) in content.memory.versions where memory.record.retractedAt == nil {
        guard let use = uses[memory.record.id] else { continue }
        content.memory.use(version, use, extending: lifetime)
      }
      return ((), [])
    }
  }

  package func sweep(expiredBy now: Timestamp, limit: Int) async throws(StoreError) -> Int {
    state.withLock { state in
      var swept = 0
      for workspace in state.workspaces.keys {
        let versions = state.workspaces[workspace]?.memory.versions ?? [:]
        let expired = versions.filter { $0.value.record.hasExpired(at: now) }.keys
        for version in expired.sorted().prefix(limit - swept) {
          state.workspaces[workspace]?.memory.delete(version)
          swept += 1
        }
      }
      return swept
    }
  }

  package func changes(
    after place: Int64, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryChanges {
    read(in: workspace) { content in
      let later = content.memory.changes.filter { $0.value > place }.sorted { $0.value < $1.value }
      let page = later.prefix(limit)
      return MemoryChanges(
        changes: page.map { version, _ in
          content.memory.versions[version].map { .stored(version: version, $0) }
            ?? .deleted(version: version)
        }, place: page.last?.value ?? place, hasMore: later.count > page.count)
    }
  }

  package func latestChange(in workspace: WorkspaceID) throws(StoreError) -> Int64 {
    read(in: workspace) { $0.memory.latestChange }
  }
}

/// What one workspace remembers.
struct InMemoryMemory: Sendable {
  /// By a number that grows.
  private(set) var versions: [Int64: AnalyzedMemory] = [:]
  /// The place of each version's latest change.
  private(set) var changes: [Int64: Int64] = [:]
  private(set) var latestChange: Int64 = 0
  private var latestVersion: Int64 = 0
  /// How long versions live, however often their end has been put off.
  private var lifetimes: [Int64: Duration] = [:]

  /// The version of a record that is current on the record clock.
  func current(_ id: MemoryID) -> AnalyzedMemory? {
    versions.values.first { $0.record.id == id && $0.record.retractedAt == nil }
  }

  /// What has run out is not there, swept or not.
  mutating func drop(_ id: MemoryID, expiredBy now: Timestamp) {
    let expired = versions.filter {
      $0.value.record.id == id && $0.value.record.hasExpired(at: now)
    }
    for version in expired.keys { delete(version) }
  }

  mutating func remember(_ memory: AnalyzedMemory) -> Remembered {
    if let known = current(memory.record.id) {
      return Remembered(id: known.record.id, isNew: false)
    }
    var memory = memory
    var fate = Remembered(id: memory.record.id, isNew: true)
    switch memory.record.content {
    case .fact(let fact):
      let known = versions.filter {
        $0.value.record.isCurrentFact(
          fact.key, of: memory.record.leadID, role: memory.record.role,
          at: memory.record.recordedAt)
      }
      let succession = FactSuccession(
        of: memory.record,
        among: known.sorted { $0.key < $1.key }.map(\.value.record))
      if let same = succession.same { return Remembered(id: same, isNew: false) }
      for ending in succession.endings { end(ending, at: memory.record.recordedAt) }
      memory.record.validTo = succession.validTo
      fate.superseded = succession.endings.map(\.record.id)
      fate.conflicts = succession.conflicts
    case .context:
      for (version, known) in versions where known.record.isContext(like: memory.record) {
        delete(version)
      }
    default: break
    }
    insert(memory)
    return fate
  }

  /// Remembers what a row says in place of what it said before.
  /// - Returns: whether anything has changed, and whether it was all told: a memory of a lead that is not
  ///   stored says nothing; the row's reference has been told to dangle.
  mutating func tell(
    _ row: RememberedRow, of table: DatasetTable, at time: Timestamp,
    leads: some Collection<LeadID>
  ) -> (hasChanged: Bool, isWhole: Bool) {
    let before = latestChange
    var isWhole = true
    for version in versions.filter({ row.over.contains($0.value.record.id) }).keys {
      delete(version)
    }
    for memory in row.memories {
      if let id = memory.record.leadID, !leads.contains(id) {
        isWhole = false
      } else {
        replace(memory)
      }
    }
    for known in versions.values {
      if let ending = FactSuccession.Ending(of: known.record, leftOutBy: row, in: table) {
        end(ending, at: time)
      }
    }
    return (latestChange > before, isWhole)
  }

  /// Remembers a record in place of what is stored under its name.
  private mutating func replace(_ memory: AnalyzedMemory) {
    drop(memory.record.id, expiredBy: memory.record.recordedAt)
    if let known = current(memory.record.id)?.record, !known.isSaidAgain(by: memory.record) {
      for version in versions.filter({ $0.value.record.id == known.id }).keys { delete(version) }
    }
    _ = remember(memory)
  }

  mutating func delete(_ version: Int64) {
    versions[version] = nil
    lifetimes[version] = nil
    note(version)
  }

  /// Changes a version as it is and notes the change.
  mutating func change(_ version: Int64, _ body: (inout MemoryRecord) -> Void) {
    guard var memory = versions[version] else { return }
    body(&memory.record)
    versions[version] = memory
    note(version)
  }

  mutating func use(_ version: Int64, _ use: MemoryUse, extending lifetime: Duration?) {
    guard var memory = versions[version] else { return }
    memory.record.uses += use.count
    memory.record.lastUsedAt = max(memory.record.lastUsedAt ?? use.lastAt, use.lastAt)
    // Only what had not run out lives for its own time again.
    if let lifetime, memory.record.kind == .shortTerm, let end = memory.record.expiresAt,
      use.lastAt < end
    {
      let longer = use.lastAt + (lifetimes[version] ?? lifetime)
      if end < longer {
        memory.record.expiresAt = longer
        note(version)
      }
    }
    versions[version] = memory
  }

  private mutating func end(_ ending: FactSuccession.Ending, at now: Timestamp) {
    guard
      let (version, known) = versions.first(where: { $0.value.record == ending.record })
    else { return }
    versions[version]?.record.retractedAt = now
    note(version)
    if let successor = ending.successor(recordedAt: now) {
      insert(AnalyzedMemory(record: successor, text: known.text))
    }
  }

  private mutating func insert(_ memory: AnalyzedMemory) {
    latestVersion += 1
    versions[latestVersion] = memory
    lifetimes[latestVersion] = memory.record.expiresAt.map { $0 - memory.record.recordedAt }
    note(latestVersion)
  }

  private mutating func note(_ version: Int64) {
    latestChange += 1
    changes[version] = latestChange
  }
}

extension MemoryRecord {
  fileprivate func isCurrentFact(
    _ key: String, of lead: LeadID?, role: AgentRoleID?, at now: Timestamp
  ) -> Bool {
    fact?.key == key && leadID == lead && self.role == role && retractedAt == nil
      && !hasExpired(at: now)
  }

  fileprivate func isContext(like other: MemoryRecord) -> Bool {
    context != nil && conversationID == other.conversationID && role == other.role
      && leadID == other.leadID
  }
}

extension MemoryPlace: Comparable {
  package static func < (left: Self, right: Self) -> Bool {
    (left.recordedAt, left.id) < (right.recordedAt, right.id)
  }
}

extension MemoryQuery {
  fileprivate func matches(_ memory: AnalyzedMemory) -> Bool {
    let record = memory.record
    let isKnown =
      record.recordedAt <= moment.knownAt
      && (record.retractedAt.map { moment.knownAt < $0 } ?? true)
    return reader.sees(recordOf: record.role) && !record.hasExpired(at: now)
      && (includesPast ? isKnown : record.holds(at: moment))
      && (kinds.isEmpty || kinds.contains(record.kind))
      && (leadID == nil || record.leadID == leadID)
      && (conversationID == nil || record.conversationID == conversationID)
      && (factKey == nil || record.fact?.key == factKey)
      && (situation == nil || record.episode?.situation == situation)
      && Set(stems).isSubset(of: memory.text.stems)
  }
}

extension StoreError {
  /// The name of a record belongs to another one.
  package static func takenMemory(_ id: MemoryID) -> StoreError {
    StoreError(.conflict, "The name '\(id)' belongs to another record of memory")
  }
}
